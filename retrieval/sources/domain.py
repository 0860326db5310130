"""The nouns of the sources: what they are asked, and what each does in a ranking."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kg.domain import EntityId, PassageId, Relation
from models.protocols import Vectors
from retrieval.domain import Mode

Slot = frozenset[EntityId]
"""The entities that one name of the question may mean."""


@dataclass(frozen=True, slots=True)
class SourceQuery:
    """What a source is asked; each reads of it what it can use.

    ``translation`` are words of another language for the question's terms, ``vector`` is the question's, None where
    nothing is embedded. ``entities`` are all senses of what the question names, ``slots`` the same by name,
    ``relations`` those of the graph at them. ``allowed`` are the passages that filters leave, None all of them. Without
    ``linking`` no name of the question leads anywhere. ``rarity`` is that of the words of ``searched``, None where
    it is not known yet.
    """

    text: str
    translation: str = ""
    mode: Mode = Mode.HYBRID
    vector: Vectors | None = None
    entities: tuple[EntityId, ...] = ()
    slots: tuple[Slot, ...] = ()
    relations: tuple[Relation, ...] = ()
    allowed: frozenset[PassageId] | None = None
    linking: bool = True
    rarity: Mapping[str, float] | None = None

    @property
    def searched(self) -> str:
        """The question's words in every language that is searched."""
        return f"{self.text} {self.translation}".strip()


class SourceRole(StrEnum):
    """What a source does in a ranking."""

    FINDS = "finds"
    """Its hits are fused with those of the others that find, by their standard scores."""
    SPREADS = "spreads"
    """It starts from the fused hits; its scores are probabilities of reaching a passage."""
    ADDS = "adds"
    """Its scores, from 0 to 1, are added to the ranking."""
