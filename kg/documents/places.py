"""Where the sentences of a passage stand on the pages of its document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.documents.sentences import inked, sentences
from kg.domain import Block, Box, Passage


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle on a page; the box is None where only the page is known."""

    page: int | None
    box: Box | None


@dataclass(frozen=True, slots=True)
class SentencePlaces:
    """Characters [start, end) of a passage's text, with a place for each line that they stand on."""

    start: int
    end: int
    places: tuple[Place, ...]


def sentence_places(passage: Passage, blocks: Sequence[Block]) -> tuple[SentencePlaces, ...]:
    """Every sentence of the passage and every row of a table with its places."""
    parts = [part for start, end in sentences(passage.text) for part in _rows(passage.text, start, end)]
    return tuple(SentencePlaces(start, end, places_of(passage, blocks, start, end)) for start, end in parts)


def _rows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for row in text[start:end].splitlines(keepends=True):
        first, last = inked(text, at, at + len(row))
        at += len(row)
        if first < last:
            yield first, last


def places_of(passage: Passage, blocks: Sequence[Block], start: int, end: int) -> tuple[Place, ...]:
    """Where characters [start, end) of a passage's text stand, line by line."""
    first = _ink(passage.text[:start])
    return _places(passage, blocks, first, first + _ink(passage.text[start:end]))


def places_of_quote(passage: Passage, blocks: Sequence[Block], quote: str) -> tuple[Place, ...]:
    """Where a quote stands on pages, or its sentences, whatever their white space; else where the passage does."""
    text, whole = "".join(passage.text.split()), "".join(quote.split())
    pieces = [whole] if whole in text else ["".join(quote[start:end].split()) for start, end in sentences(quote)]
    found = [(text.find(piece), len(piece)) for piece in pieces if piece and piece in text] or [(0, len(text))]
    places = dict.fromkeys(place for at, size in found for place in _places(passage, blocks, at, at + size))
    return tuple(place for place in places if place.page is not None)


def _places(passage: Passage, blocks: Sequence[Block], first: int, last: int) -> tuple[Place, ...]:
    """Where the inked characters [first, last) of a passage stand."""
    return tuple(
        Place(blocks[number].page, box)
        for number, left, right in _parts(passage, blocks, first, last)
        for box in blocks[number].boxes(left, right) or (None,)
    )


def _parts(passage: Passage, blocks: Sequence[Block], first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """The parts of blocks that hold the inked characters [first, last) of a passage: block, start, end."""
    seen = 0
    for span in passage.spans:
        if span.block >= len(blocks):
            continue
        inked = [n for n in range(span.start, span.end) if not blocks[span.block].text[n : n + 1].isspace()]
        left, right = max(first - seen, 0), min(last - seen, len(inked))
        if left < right:
            yield span.block, inked[left], inked[right - 1] + 1
        seen += len(inked)


def _ink(text: str) -> int:
    return sum(1 for character in text if not character.isspace())
