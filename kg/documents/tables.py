"""Tables as text: Markdown rows, and the pieces of one too long for a passage."""

import re
from collections.abc import Sequence

from kg.documents.sentences import inked
from kg.documents.tokens import estimated_tokens
from kg.documents.units import bounded
from kg.domain import Block, BlockKind, Span

_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+\s*")


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown pipe table, the first one the header; short rows are filled up. Empty without any cell."""
    width = max((len(row) for row in rows), default=0)
    filled = [[_cell(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    if not width or not any(cell for row in filled for cell in row):
        return ""
    lines = ["| " + " | ".join(row) + " |" for row in filled]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def table_pieces(numbers: Sequence[int], blocks: Sequence[Block], max_tokens: int) -> list[tuple[Span, ...]]:
    """The spans of each passage that a table or caption gives.

    A table too long is cut between rows, and each piece begins with its caption and its head.
    """
    if not numbers:
        return []
    table = next((n for n in numbers if blocks[n].kind is BlockKind.TABLE), None)
    whole = tuple(Span(n, *inked(blocks[n].text, 0, len(blocks[n].text))) for n in numbers)
    if table is None or sum(estimated_tokens(blocks[n].text) for n in numbers) <= max_tokens:
        return [whole]
    captions = tuple(span for span in whole if span.block != table)
    lines = [found.span() for found in re.finditer(r"[^\n]+", blocks[table].text) if found[0].strip()]
    head_count = 2 if len(lines) > 1 and _RULE.fullmatch(blocks[table].text[slice(*lines[1])]) else 1
    head = Span(table, lines[0][0], lines[head_count - 1][1])
    if estimated_tokens(blocks[table].text[head.start : head.end]) > max_tokens // 2:
        pieces = bounded(blocks[table].text, lines, max_tokens)
        return [(*captions, Span(table, *pieces[0])), *((Span(table, start, end),) for start, end in pieces[1:])]
    used = sum(estimated_tokens(blocks[s.block].text[s.start : s.end]) for s in (*captions, head))
    room = max(max_tokens - used, max_tokens // 3)
    groups: list[tuple[int, int]] = []
    size = 0
    for start, end in bounded(blocks[table].text, lines[head_count:], room):
        weight = estimated_tokens(blocks[table].text[start:end])
        if groups and size + weight <= room:
            groups[-1] = (groups[-1][0], end)
            size += weight
        else:
            groups.append((start, end))
            size = weight
    if not groups:
        return [whole]
    return [(*captions, head, Span(table, start, end)) for start, end in groups]


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))
