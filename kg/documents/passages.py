"""Cutting a document's blocks into passages of whole sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.documents.identity import passage_id
from kg.documents.language import language_of
from kg.documents.sections import Group, Section, sections
from kg.documents.tables import table_pieces
from kg.documents.tokens import estimated_tokens
from kg.documents.units import Unit, flow_units
from kg.domain import Block, BlockKind, Document, Passage, Span

KEPT_WHOLE = 1.75
"""A section of at most so many times the target stays one passage."""


@dataclass(frozen=True, slots=True)
class _Draft:
    text: str
    spans: tuple[Span, ...]
    heading_path: tuple[str, ...]


def split(document: Document, blocks: Sequence[Block], *, target_tokens: int = 200) -> tuple[Passage, ...]:
    """Passages of about ``target_tokens`` in reading order.

    A passage never crosses a section; a section up to 1.75 times the target stays whole and a longer one is cut into
    even pieces, at the ends of paragraphs where they are near. Tables with captions are own passages, references are
    left out. Each passage's ``spans`` point at the characters of the blocks that its text is made of.
    """
    drafts = [
        draft
        for section in sections(document.title, blocks)
        for draft in _section_drafts(section, blocks, target_tokens)
    ]
    if not drafts:
        drafts = list(_headings_alone(blocks))
    return tuple(
        Passage(
            id=passage_id(document.id, ordinal),
            document_id=document.id,
            ordinal=ordinal,
            text=draft.text,
            language=language_of(draft.text),
            heading_path=draft.heading_path,
            page=blocks[draft.spans[0].block].page,
            spans=draft.spans,
        )
        for ordinal, draft in enumerate(drafts)
    )


def _section_drafts(section: Section, blocks: Sequence[Block], target: int) -> Iterator[_Draft]:
    flow: list[int] = []
    for group in section.groups:
        if group.alone:
            yield from _packed(flow_units(flow, blocks, 2 * target), section.heading_path, blocks, target)
            flow = []
            captions = tuple(n for n in group.blocks if blocks[n].kind is not BlockKind.TABLE)
            if captions == group.blocks or sum(estimated_tokens(blocks[n].text) for n in captions) > target:
                yield from _packed(flow_units(captions, blocks, 2 * target), section.heading_path, blocks, target)
                group = Group(tuple(n for n in group.blocks if n not in captions), alone=True)
            for spans in table_pieces(group.blocks, blocks, 2 * target):
                yield _Draft(_joined(spans, blocks), spans, section.heading_path)
        else:
            flow.extend(group.blocks)
    yield from _packed(flow_units(flow, blocks, 2 * target), section.heading_path, blocks, target)


def _packed(units: Sequence[Unit], path: tuple[str, ...], blocks: Sequence[Block], target: int) -> Iterator[_Draft]:
    weights = [estimated_tokens(unit.text) for unit in units]
    left, total = sum(weights), sum(weights)
    parts = 1 if total <= KEPT_WHOLE * target else max(2, round(total / target))
    at = 0
    while at < len(units):
        goal = left / max(parts, 1)
        end = at + 1
        size = weights[at]
        while end < len(units) and _takes_next(size, weights[end], goal, units[end].opens_paragraph, last=parts <= 1):
            size += weights[end]
            end += 1
        chosen = units[at:end]
        text = chosen[0].text + "".join(unit.separator + unit.text for unit in chosen[1:])
        yield _Draft(text, _merged([span for unit in chosen for span in unit.spans], blocks), path)
        left -= size
        parts -= 1
        at = end


def _takes_next(size: int, weight: int, goal: float, at_paragraph: bool, *, last: bool) -> bool:
    if last:
        return size + weight <= 2 * goal + 1
    if at_paragraph and size >= 0.75 * goal:
        return False
    return size + weight / 2 <= goal


def _merged(spans: Sequence[Span], blocks: Sequence[Block]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last and last.block == span.block and not blocks[span.block].text[last.end : span.start].strip():
            merged[-1] = Span(span.block, last.start, span.end)
        else:
            merged.append(span)
    return tuple(merged)


def _joined(spans: Sequence[Span], blocks: Sequence[Block]) -> str:
    return "\n".join(blocks[span.block].text[span.start : span.end] for span in spans)


def _headings_alone(blocks: Sequence[Block]) -> Iterator[_Draft]:
    spans = tuple(
        Span(number, 0, len(block.text))
        for number, block in enumerate(blocks)
        if block.kind is BlockKind.HEADING and block.text
    )
    if spans:
        yield _Draft(_joined(spans, blocks), spans, ())
