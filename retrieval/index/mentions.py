"""Keeps the stored mentions of passages equal to those that the dictionary finds now."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kg.domain import EntityId, Mention, Passage, PassageId
from kg.protocols import Library

if TYPE_CHECKING:
    from kg.names.linker import Linker

_BATCH = 500


async def stored_mentions(library: Library, passages: Sequence[Passage]) -> dict[PassageId, list[Mention]]:
    """Mentions that the store holds, by passage."""
    found: dict[PassageId, list[Mention]] = {}
    for start in range(0, len(passages), _BATCH):
        for mention in await library.mentions([p.id for p in passages[start : start + _BATCH]]):
            found.setdefault(mention.passage_id, []).append(mention)
    return found


def linked_mentions(linker: "Linker", passage: Passage) -> list[Mention]:
    """The mentions of entities in a passage; its headings help to resolve homonyms."""
    links = linker.link(passage.text, context=" ".join(passage.heading_path))
    return [Mention(passage.id, link.entity_id, link.start, link.end) for link in links]


async def refresh(library: Library, passages: Sequence[Passage], linked: Mapping[PassageId, Sequence[Mention]]) -> int:
    """Store the mentions of passages where they differ; returns how many passages did."""
    stored = await stored_mentions(library, passages)
    changed = [p.id for p in passages if _keys(stored.get(p.id, ())) != _keys(linked.get(p.id, ()))]
    for start in range(0, len(changed), _BATCH):
        ids = changed[start : start + _BATCH]
        await library.replace_mentions(ids, [m for id_ in ids for m in linked[id_]])
    return len(changed)


def _keys(mentions: Sequence[Mention]) -> set[tuple[EntityId, int, int]]:
    return {(m.entity_id, m.start, m.end) for m in mentions}
