"""The units that passages are packed from: sentences with their places in the blocks."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
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
        opening = frozenset(starts)
        for start, end in [(first, last)] if whole and first < last else bounded(text, sentences(text), max_tokens):
            spans = _spans(start, end, run, starts, blocks)
            opens = start in opening or start == first
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
    pieces = [blocks[run[0]].text]
    starts, length = [0], len(pieces[0])
    for number in run[1:]:
        before, following = pieces[-1], blocks[number].text
        gap = "" if han_count(following.lstrip()[:1]) and han_count(before.rstrip()[-1:]) else " "
        starts.append(length + len(gap))
        pieces += [gap, following]
        length += len(gap) + len(following)
    return "".join(pieces), starts


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
    pieces: list[tuple[int, int]] = []
    at, last, size = start, start, 0
    for place in _places(text, start, end, max_tokens):
        weight = estimated_tokens(text[last:place])
        if size and size + weight > max_tokens:
            pieces.append((at, last))
            at, size = last, 0
        size += weight
        last = place
    pieces.append((at, end))
    return [(first, last) for piece in pieces for first, last in [inked(text, *piece)] if first < last]


def _places(text: str, start: int, end: int, max_tokens: int) -> Iterator[int]:
    """Where a text may be cut: behind commas and spaces, and anywhere in a row without any that is too long."""
    last = start
    for place in (*(m.start() for m in _SOFT_BREAK.finditer(text, start + 1, end)), end):
        if place - last > max_tokens // 2 and estimated_tokens(text[last:place]) > max_tokens:
            yield from range(last + max(1, max_tokens // 4), place, max(1, max_tokens // 4))
        yield place
        last = place


def _spans(
    start: int, end: int, run: Sequence[int], starts: Sequence[int], blocks: Sequence[Block]
) -> tuple[Span, ...]:
    spans = []
    for at in range(bisect_right(starts, start) - 1, bisect_left(starts, end)):
        number, offset = run[at], starts[at]
        length = len(blocks[number].text)
        first, final = max(start - offset, 0), min(end - offset, length)
        if first < final:
            spans.append(Span(number, first, final))
    return tuple(spans)
