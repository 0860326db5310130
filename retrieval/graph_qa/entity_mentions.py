"""The entity mentions of a question: its names, each with all that it may mean."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.domain import Entity, EntityId
from kg.names.linker import Link
from models.han import HAN
from retrieval.graph_qa.intent_patterns import IntentPatterns

SENSES = 32
"""Entities of one name at most."""

_OPENS = re.compile(r"\s*[(（\[]\s*")
_CLOSES = re.compile(r"(?:\s*[,，、;；/]\s*[\w.'-]+)?\s*[)）\]]")
_GOES_ON = re.compile(r"\s*[,，、;；/]\s*")
_GLOSSED_PREFIX = re.compile(rf"[{HAN}]{{1,4}}\s*[(（]\s*")


@dataclass(frozen=True, slots=True)
class EntityMention:
    """Characters [start, end) of the question and the entities that they may name, the likeliest first.

    ``read_as`` is the name that was meant where the question writes none: pinyin, or a misspelling.
    """

    start: int
    end: int
    surface: str
    senses: tuple[Entity, ...]
    read_as: str = ""

    @property
    def types(self) -> frozenset[str]:
        """Types that the name may have."""
        return frozenset(e.type for e in self.senses)

    @property
    def ids(self) -> frozenset[EntityId]:
        """All that it may mean."""
        return frozenset(e.id for e in self.senses)

    def of_types(self, types: Collection[str]) -> "EntityMention":
        """The senses of some types, all where there is none."""
        kept = tuple(e for e in self.senses if e.type in types)
        return replace(self, senses=kept) if kept else self


def places(text: str, links: Sequence[Link], intents: IntentPatterns) -> list[Link]:
    """Links of a question for its plan, without those that are but beginnings of longer words."""
    return [link for link in links if not _cut_short(text, link, links, intents)]


def mentions_in(text: str, links: Sequence[Link], entities: Mapping[EntityId, Entity]) -> tuple[EntityMention, ...]:
    """Names with their senses; one written in two languages, ``天麻素(gastrodin)``, or twice, is one name."""
    found: list[EntityMention] = []
    written: list[EntityMention] = []
    for link in links:
        ids = dict.fromkeys((link.entity_id, *link.candidates[:SENSES]))
        senses = tuple(entities[id_] for id_ in ids if id_ in entities)
        if not senses:
            continue
        this = EntityMention(link.start, link.end, text[link.start : link.end], senses, link.read_as)
        if found and _is_gloss(text, found[-1], this, written[-1]):
            found[-1] = _joined(found[-1], this)
        else:
            found.append(this)
            written.append(this)
    once: dict[frozenset[EntityId], EntityMention] = {}
    for n, mention in enumerate(found):
        following = found[n + 1].start if n + 1 < len(found) else len(text)
        once.setdefault(mention.ids, replace(mention, end=_end_of_gloss(text, mention, following)))
    return tuple(once.values())


def wanted(links: Iterable[Link]) -> list[EntityId]:
    """Ids of all senses of the links."""
    return sorted({id_ for link in links for id_ in (link.entity_id, *link.candidates[:SENSES])})


def _is_gloss(text: str, name: EntityMention, other: EntityMention, written: EntityMention) -> bool:
    """Whether the other one stands in the brackets behind the name: first, or behind a comma and of one kind with it.

    ``written`` is the name without its brackets. Herbs that stand behind their formula are no names of it.
    """
    between = text[name.end : other.start]
    if _OPENS.fullmatch(between):
        return True
    return bool(_GOES_ON.fullmatch(between)) and _is_open(text, name) and not written.types.isdisjoint(other.types)


def _is_open(text: str, mention: EntityMention) -> bool:
    said = text[mention.start : mention.end]
    return sum(said.count(c) for c in "(（[") > sum(said.count(c) for c in ")）]")


def _end_of_gloss(text: str, mention: EntityMention, following: int) -> int:
    """The end of the mention with its closing bracket, and with one more word in it that names nothing in the graph."""
    closing = _CLOSES.match(text, mention.end, following) if _is_open(text, mention) else None
    return closing.end() if closing else mention.end


def _joined(first: EntityMention, second: EntityMention) -> EntityMention:
    """Both names of one thing; of unlike things the one in brackets tells of which kind the thing is.

    Where one thing bears both names, all that either means is kept: a symbol is that of a gene and its protein.
    """
    shared = first.types & second.types
    senses = (*first.senses, *second.senses) if shared else second.senses
    kinds = shared if first.ids.isdisjoint(second.ids) else first.types | second.types
    kept = {e.id: e for e in senses if not shared or e.type in kinds}
    return EntityMention(first.start, second.end, first.surface, tuple(kept.values()), first.read_as)


def _cut_short(text: str, link: Link, links: Sequence[Link], intents: IntentPatterns) -> bool:
    """Whether the name is but the beginning of a longer word: 黄芪 in 黄芪甲苷, 天麻 in 天麻素(gastrodin)."""
    if text[link.start].isascii():
        return False
    glossed = _GLOSSED_PREFIX.match(text, link.end)
    if glossed and any(o.start == glossed.end() for o in links):
        return True
    longer = intents.longer_name.match(text, link.end)
    return longer is not None and not any(link.end <= o.start < longer.end() for o in links)
