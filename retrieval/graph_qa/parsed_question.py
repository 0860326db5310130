"""A question to the graph, parsed: the kind of answer, the names and the types that it asks for."""

from dataclasses import dataclass
from enum import StrEnum

from kg.domain import Polarity
from kg.protocols import Direction


class Form(StrEnum):
    """What kind of answer is wanted."""

    LIST = "list"
    COUNT = "count"
    CHECK = "check"
    ATTRIBUTE = "attribute"
    PATH = "path"
    COMPARE = "compare"
    MOST = "most"
    TALLY = "tally"


class Combine(StrEnum):
    """How the neighbours of several names are combined."""

    ALL = "all"
    ANY = "any"
    EACH = "each"


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A parsed question; names are given by their number. ``rest`` are the words that the parse does not explain.

    ``having`` are attributes of which the asked things must have a value that ``rest`` says, or must not.
    ``only_without``: the things of a list are those that stand beside none of the names.
    """

    form: Form
    about: tuple[int, ...]
    without: tuple[int, ...] = ()
    asked: frozenset[str] = frozenset()
    through: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset()
    combine: Combine = Combine.ALL
    shared: bool = False
    names_first: bool = False
    least: bool = False
    attributes: tuple[str, ...] = ()
    having: tuple[str, ...] = ()
    having_not: bool = False
    only_without: bool = False
    predicates: frozenset[str] = frozenset()
    direction: Direction = "both"
    polarity: Polarity | None = None
    grades: frozenset[str] = frozenset()
    contains: bool = False
    alone: bool = False
    graph_named: bool = False
    rest: tuple[str, ...] = ()
