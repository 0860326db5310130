"""The list of references of a document: its heading, and the blocks below it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from kg.domain import Block, BlockKind

_HEADING = re.compile(
    r"(?:第?(?:\d{1,2}|[IVX]{1,4}|[一二三四五六七八九十]{1,3})[章节]?[.．、]?\s*)?"
    r"(?:references(?: and notes)?|bibliography|literature cited|参考文献)\s*[:：]?",
    re.IGNORECASE,
)


def heads_references(text: str) -> bool:
    """Whether a heading opens the list of references."""
    return _HEADING.fullmatch(text) is not None


def with_references(blocks: Iterable[Block], heading_inside: Callable[[Block], Block] | None = None) -> list[Block]:
    """The blocks, with paragraphs, lists and formulas below such a heading marked as references.

    The next heading ends the list. ``heading_inside`` tells false ones: it gives a heading of the list as it is, or as
    a block of another kind that does not end the list.
    """
    marked: list[Block] = []
    inside = False
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            opens = heads_references(block.text)
            if inside and not opens and heading_inside is not None:
                block = heading_inside(block)
            inside = opens or block.kind is not BlockKind.HEADING
        elif inside and block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.FORMULA):
            block = replace(block, kind=BlockKind.REFERENCE)
        marked.append(block)
    return marked
