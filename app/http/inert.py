"""Text of documents in a form in which a Markdown client loads and links nothing."""

import re

from retrieval.text.addresses import ADDRESS

_TAG = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)
_LINK = re.compile(r"!(?=\[)|\](?=[(:\[])")


def inert(text: str) -> str:
    """The text with addresses as code without their scheme, and with links, images and tags taken apart."""
    apart = _TAG.sub("‹", _LINK.sub(r"\g<0> ", text.replace("`", "'")))
    return ADDRESS.sub(lambda found: f"`{found['bare'] or found['mail'] or found['www']}`", apart)
