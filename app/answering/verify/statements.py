"""What a text states: an address of the web supports nothing but itself, and a line of one word says nothing."""

from functools import lru_cache

from retrieval.text.addresses import ADDRESS
from retrieval.text.words import words

_LEAST_WORDS = 2


def addresses_in(text: str) -> frozenset[str]:
    """The addresses of a text, without the stop or comma that follows."""
    return frozenset(found[0] for found in ADDRESS.finditer(text))


def without_addresses(text: str) -> str:
    """The text without them; what follows one stays. Empty where no letter or digit is left."""
    rest = ADDRESS.sub("", text)
    return rest if any(map(str.isalnum, rest)) else ""


@lru_cache(maxsize=512)
def statements_of(text: str) -> str:
    """The text of evidence without addresses and without lines of one word: texts of links, names of files, marks.

    Items behind a line that ends with a colon stay.
    """
    kept, introduced = [], False
    for line in without_addresses(text).splitlines(keepends=True):
        alone = len(frozenset(words(line))) < _LEAST_WORDS
        introduced = introduced if alone else line.rstrip().endswith((":", "："))
        if introduced or not alone:
            kept.append(line)
    return "".join(kept)
