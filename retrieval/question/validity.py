"""Checks that a question is valid."""

import unicodedata

from retrieval.domain import Query
from retrieval.errors import InvalidQuery

LONGEST = 2000
"""Characters of the longest question, unless the settings say otherwise."""


def check(query: Query, *, longest: int = LONGEST) -> None:
    """Raises InvalidQuery for an invalid question."""
    text = query.text.strip()
    if not text:
        raise InvalidQuery("empty", "the question is empty; write what you want to know")
    if len(text) > longest:
        raise InvalidQuery(
            "too_long", f"the question has {len(text)} characters, at most {longest} are read; shorten it"
        )
    if not any(unicodedata.category(c)[0] in "LN" for c in text):
        raise InvalidQuery("punctuation", "the question holds no word; write what you want to know")
