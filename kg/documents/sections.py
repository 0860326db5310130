"""The sections of a document: its blocks under their headings."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.documents.language import letters_of
from kg.domain import Block, BlockKind


@dataclass(frozen=True, slots=True)
class Group:
    """Numbers of blocks that are cut together; ``alone`` for a table or a caption, which text does not flow across."""

    blocks: tuple[int, ...]
    alone: bool


@dataclass(slots=True)
class Section:
    """The groups between two headings, with the headings above them."""

    heading_path: tuple[str, ...]
    groups: list[Group] = field(default_factory=list)


def sections(title: str, blocks: Sequence[Block]) -> list[Section]:
    """The sections in reading order; references are left out.

    The heading path begins with the title; a heading that repeats the title does not count twice.
    """
    open_heads: list[tuple[int, str]] = []
    title_letters = letters_of(title)
    current = Section(_path(title, open_heads))
    found = [current]
    skip: set[int] = set()
    for number, block in enumerate(blocks):
        if number in skip or block.kind is BlockKind.REFERENCE or not block.text.strip():
            continue
        if block.kind is BlockKind.HEADING:
            level = block.level or 1
            open_heads = [(above, text) for above, text in open_heads if above < level]
            if letters_of(block.text) != title_letters:
                open_heads.append((level, " ".join(block.text.split())))
            current = Section(_path(title, open_heads))
            found.append(current)
            continue
        if block.kind in (BlockKind.TABLE, BlockKind.CAPTION):
            together = _with_caption(number, blocks)
            skip.update(together)
            current.groups.append(Group(together, alone=True))
        else:
            current.groups.append(Group((number,), alone=False))
    return [section for section in found if section.groups]


def _with_caption(number: int, blocks: Sequence[Block]) -> tuple[int, ...]:
    """The table and its caption in any order; the caption is put before the table."""
    if number + 1 < len(blocks) and {blocks[number].kind, blocks[number + 1].kind} == {
        BlockKind.TABLE,
        BlockKind.CAPTION,
    }:
        one, two = blocks[number], blocks[number + 1]
        caption = one if one.kind is BlockKind.CAPTION else two
        if _of_table(caption.text):
            return (number, number + 1) if one is caption else (number + 1, number)
    return (number,)


def _of_table(caption: str) -> bool:
    start = caption.lstrip("*_# ").lower()
    return not start.startswith(("fig", "图", "圖", "scheme", "plate"))


def _path(title: str, heads: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(part for part in (title, *(text for _, text in heads)) if part)
