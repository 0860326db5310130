"""The units that passages are packed from: sentences with their places in the blocks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.documents.language import han_count
from kg.documents.sentences import inked, sentences
from kg.documents.tokens import estimated_tokens
from kg.domain import Block, BlockKind, Span

_ENDED = re.compile(r"[.!?。！？；;:：…][\"'”’」』）)\]】]*\s*\Z")
_SOFT_BREAK = re.compile(r"(?<=[，,;、：:])(?!\d)|(?<=\s)")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, with the spans it is made of and what joins it to the unit before."""

    text: str
    spans: tuple[Span, ...]
    separator: str
    opens_paragraph: bool


def flow_units(numbers: Sequence[int], blocks: Sequence[Block], max_tokens: int) -> list[Unit]:
    """Sentences of the blocks in order; one that runs on from a block into the next (a page or column break) is one.

    A sentence of more than ``max_tokens`` is cut at a comma or a space.
    """
    units: list[Unit] = []
    for run in _runs(numbers, blocks):
        text, starts = _run_text(run, blocks)
        before, (first, last) = 0, inked(text, 0, len(text))
        whole = blocks[run[0]].kind is BlockKind.FORMULA
        for start, end in [(first, last)] if whole and first < last else bounded(text, sentences(text), max_tokens):
            spans = _spans(start, end, run, starts, blocks)
            opens = start in starts or start == first
            gap = "\n" if not before else text[before:start]
            units.append(Unit(text[start:end], spans, gap if before == 0 or "\n" not in gap else "\n", opens))
            before = end
    return units


def _runs(numbers: Sequence[int], blocks: Sequence[Block]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and _continues(blocks[runs[-1][-1]], blocks[number]):
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _continues(one: Block, two: Block) -> bool:
    if one.kind is not BlockKind.PARAGRAPH or two.kind is not BlockKind.PARAGRAPH or _ENDED.search(one.text):
        return False
    first = two.text.lstrip()[:1]
    if han_count(first):
        return bool(han_count(one.text.rstrip()[-1:]) or one.text.rstrip().endswith(("，", "、", "（")))
    return first.islower() or (first in "(," and len(one.text) > 60)


def _run_text(run: Sequence[int], blocks: Sequence[Block]) -> tuple[str, list[int]]:
    text = blocks[run[0]].text
    starts = [0]
    for number in run[1:]:
        following = blocks[number].text
        text += "" if han_count(following.lstrip()[:1]) and han_count(text.rstrip()[-1:]) else " "
        starts.append(len(text))
        text += following
    return text, starts


def bounded(text: str, parts: Iterable[tuple[int, int]], max_tokens: int) -> list[tuple[int, int]]:
    """The parts of a text, those of more than ``max_tokens`` cut where a comma or a space allows it."""
    return [
        piece
        for start, end in parts
        for piece in (
            [(start, end)] if estimated_tokens(text[start:end]) <= max_tokens else _cut(text, start, end, max_tokens)
        )
    ]


def _cut(text: str, start: int, end: int, max_tokens: int) -> list[tuple[int, int]]:
    places = [start, *(m.start() for m in _SOFT_BREAK.finditer(text, start + 1, end)), end]
    pieces: list[tuple[int, int]] = []
    at, last, size = start, start, 0
    for place in places[1:]:
        weight = estimated_tokens(text[last:place])
        if size and size + weight > max_tokens:
            pieces.append((at, last))
            at, size = last, 0
        while weight > max_tokens:
            hard = at + max(1, (place - at) * max_tokens // (weight + 1))
            pieces.append((at, hard))
            at, last = hard, hard
            weight = estimated_tokens(text[hard:place])
        size += weight
        last = place
    pieces.append((at, end))
    return [(first, last) for piece in pieces for first, last in [inked(text, *piece)] if first < last]


def _spans(
    start: int, end: int, run: Sequence[int], starts: Sequence[int], blocks: Sequence[Block]
) -> tuple[Span, ...]:
    spans = []
    for number, offset in zip(run, starts, strict=True):
        length = len(blocks[number].text)
        first, final = max(start - offset, 0), min(end - offset, length)
        if first < final:
            spans.append(Span(number, first, final))
    return tuple(spans)
