"""Text of documents in a form in which a Markdown client loads and links nothing."""

import re

_REST = r"[^\s<>()\[\]\"'。，；]{0,2000}[^\s<>()\[\]\"'。，；.,:;!?]"
_ADDRESS = re.compile(
    rf"(?:(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{{0,20}}:|(?<![\w/:]))//+(?P<bare>{_REST})|(?<![a-z0-9])mailto:(?P<mail>{_REST})|(?<![a-z0-9])(?P<www>www\.{_REST})",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)
_LINK = re.compile(r"!(?=\[)|\](?=[(:\[])")


def inert(text: str) -> str:
    """The text with addresses as code without their scheme, and with links, images and tags taken apart."""
    apart = _TAG.sub("‹", _LINK.sub(r"\g<0> ", text.replace("`", "'")))
    return _ADDRESS.sub(lambda found: f"`{found['bare'] or found['mail'] or found['www']}`", apart)
