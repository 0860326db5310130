"""A claim or question and a text as one row of token ids."""

from collections.abc import Sequence
from typing import NamedTuple

from models.e5.tokenizer import E5Tokenizer

LONGEST = 256
"""Tokens of one pair; the text is cut, and the claim where it alone takes more than half."""


class Pair(NamedTuple):
    """Token ids ``<s> first </s></s> second </s>``; the second side begins at ``second_at``."""

    ids: list[int]
    second_at: int


def encoded_pairs(
    tokenizer: E5Tokenizer,
    first: Sequence[str],
    second: Sequence[str],
    roles: Sequence[str],
    *,
    longest: int = LONGEST,
) -> list[Pair]:
    """Pairs of texts as ids; ``roles`` says of each first text whether it is a ``claim`` or a ``query``."""
    left = tokenizer.ids([f"{role}: {text}" for role, text in zip(roles, first, strict=True)], "")
    right = tokenizer.ids(second, "")
    made = []
    for a, b in zip(left, right, strict=True):
        eos = a[-1]
        a = [*a[: longest // 2 - 1], eos] if len(a) > longest // 2 else a
        room = longest - len(a)
        tail = b[1:-1][: room - 2]
        made.append(Pair([*a, eos, *tail, eos], len(a) + 1))
    return made
