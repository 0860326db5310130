"""Sentences of one document that sum it up: the most central of each quarter, and one with a measured number."""

import asyncio
import re
from collections.abc import Sequence

import numpy as np

from kg.documents.sentences import sentences
from kg.domain import Document, Passage
from models.protocols import Embedder

_ENDS = 3
"""Passages of the beginning and of the end that are read."""

_PARTS = 4
_AMOUNT = re.compile(r"(?<![\w.-])\d+(?:\.\d+)?(?:\s?%|\s?±|\s[^\W\d_])")
_SHORTEST = 25
"""Characters under which a sentence is a heading or a remnant, by twice the width of a Chinese one."""


async def summary_sentences(
    document: Document, passages: Sequence[Passage], embedder: Embedder
) -> list[tuple[Passage, str]]:
    """A sentence of each quarter of the text, nearest to the title and to the text as a whole, in reading order.

    Where none of them holds a number, the nearest one that does is added: a finding is told by its amount.
    """
    read = passages if len(passages) <= 2 * _ENDS else (*passages[:_ENDS], *passages[-_ENDS:])
    found = [
        (passage, passage.text[start:end].strip())
        for passage in read
        for start, end in sentences(passage.text)
        if _width(passage.text[start:end].strip()) >= _SHORTEST and passage.text[start:end].strip() != document.title
    ]
    if len(found) <= _PARTS:
        return found
    return await asyncio.to_thread(_central, document, found, embedder)


def _central(document: Document, found: list[tuple[Passage, str]], embedder: Embedder) -> list[tuple[Passage, str]]:
    vectors = embedder.encode_passages([document.title, *(text for _, text in found)])
    whole = vectors[1:].mean(axis=0)
    scores = vectors[1:] @ (vectors[0] + whole / (np.linalg.norm(whole) + 1e-9))
    parts = np.array_split(np.arange(len(found)), _PARTS)
    chosen = {int(part[scores[part].argmax()]) for part in parts}
    measured = [n for n, (_, text) in enumerate(found) if _AMOUNT.search(text)]
    if measured and chosen.isdisjoint(measured):
        chosen.add(max(measured, key=lambda n: float(scores[n])))
    return [found[n] for n in sorted(chosen)]


def _width(text: str) -> int:
    return sum(1 if char.isascii() else 2 for char in text)
