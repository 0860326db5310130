"""Passages that join a graph between two builds: by names that it knows, their titles and their entities."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kg.domain import PassageId
from retrieval.sources.walk.names import ENTITY, WalkPassage
from retrieval.sources.walk.spans import Gazetteer, title_key
from retrieval.text.tokens import tokens_of


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A passage with its names; ``own`` is its title as a name."""

    id: PassageId
    own: str
    names: Sequence[str]


def newcomers(passages: Sequence[WalkPassage], known: Gazetteer) -> list[Newcomer]:
    """The names of passages among the known ones, their own titles and their entities."""
    titles = {p.title: title_key(p.title) for p in passages}
    gazetteer = known.extended(titles.values())
    return [_newcomer(p, titles[p.title], gazetteer) for p in passages]


def _newcomer(passage: WalkPassage, own: str, gazetteer: Gazetteer) -> Newcomer:
    tokens = tokens_of(f"{passage.title}\n{passage.text}")
    names = {own, *gazetteer.found(tokens), *(f"{ENTITY}{e}" for e in passage.entities)} - {""}
    return Newcomer(passage.id, own, sorted(names))


def named_by(added: Collection[Newcomer]) -> list[str]:
    """All their names, each once."""
    return list(dict.fromkeys(name for newcomer in added for name in newcomer.names))
