"""The algebra of graph questions: expressions for sets of entities, and the operations on them."""

from dataclasses import dataclass

from kg.domain import EntityId, Polarity
from kg.protocols import Direction


@dataclass(frozen=True, slots=True)
class Named:
    """All entities of one name of the question; ``surface`` is how the question writes it."""

    surface: str
    ids: frozenset[EntityId]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The neighbours of entities, limited to given types and predicates.

    ``direction`` is seen from ``of``. A polarity or grades keep only relations that have them.
    """

    of: "Things"
    types: frozenset[str] = frozenset()
    predicates: frozenset[str] = frozenset()
    direction: Direction = "both"
    polarity: Polarity | None = None
    grades: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Intersect:
    """The intersection of the sets."""

    of: tuple["Things", ...]


@dataclass(frozen=True, slots=True)
class Union:
    """The union of the sets."""

    of: tuple["Things", ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first set without the others."""

    of: "Things"
    minus: tuple["Things", ...]


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first of the sets that holds anything: a narrow set before a wide one."""

    of: tuple["Things", ...]


@dataclass(frozen=True, slots=True)
class Having:
    """The things of a set whose attribute has a value that the words say, or has none of them.

    ``keys`` are parts of the key of the attribute; ``values`` are the values that the words say, once they are read.
    """

    of: "Things"
    keys: tuple[str, ...]
    words: frozenset[str]
    negated: bool = False
    values: tuple[str, ...] = ()


Things = Named | Neighbours | Intersect | Union | Difference | FirstOf | Having


@dataclass(frozen=True, slots=True)
class Part:
    """A set with the names it is about; ``without`` are names that its things must not stand beside."""

    names: tuple[str, ...]
    things: Things
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """All things of each part; ``counts`` tells that their number is asked, ``any`` that one name suffices."""

    parts: tuple[Part, ...]
    types: frozenset[str]
    counts: bool = False
    any: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """Whether every part holds anything; ``scope`` is the set in which a thing was looked for."""

    parts: tuple[Part, ...]
    scope: Part | None
    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Attribute:
    """Attributes of named things, by parts of their keys, and the relations that tell the same."""

    of: tuple[Named, ...]
    keys: tuple[str, ...]
    told_by: Things | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """The shortest ways between two named things."""

    a: Named
    b: Named
    most_hops: int = 4


@dataclass(frozen=True, slots=True)
class Compare:
    """Which of the parts holds the most things, or the fewest."""

    parts: tuple[Part, ...]
    types: frozenset[str]
    least: bool = False


@dataclass(frozen=True, slots=True)
class Most:
    """Which things of a set have the most neighbours of some types, or the fewest; ``every``: the number of each."""

    of: Part
    types: frozenset[str]
    by: frozenset[str]
    least: bool = False
    every: bool = False


Plan = Listing | Check | Attribute | Path | Compare | Most
