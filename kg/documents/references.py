"""The list of references of a document: its heading, and the blocks below it."""

import re
from collections.abc import Iterable
from dataclasses import replace

from kg.domain import Block, BlockKind

_HEADING = re.compile(r"(?:\d+\.?\s*)?(?:references|bibliography|literature cited|参考文献)\s*[:：]?\Z", re.IGNORECASE)


def heads_references(text: str) -> bool:
    """Whether a heading opens the list of references."""
    return _HEADING.match(text) is not None


def with_references(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, with paragraphs and lists below such a heading marked as references."""
    marked: list[Block] = []
    inside = False
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            inside = heads_references(block.text)
        elif inside and block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST):
            block = replace(block, kind=BlockKind.REFERENCE)
        marked.append(block)
    return marked
