"""What a question to the graph should be answered with, computed from the tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.graph.tables import Found, Tables, Triple


@dataclass(frozen=True, slots=True)
class Gold:
    """Triples that must be found, ids of what must be named, the number, yes or no, and texts that must be said."""

    triples: frozenset[Triple] = frozenset()
    items: frozenset[str] = frozenset()
    count: int | None = None
    yes: bool | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphQuestion:
    """One question of our own, its gold still to be computed."""

    id: str
    text: str
    language: str
    kind: str
    gold: Callable[[Tables], Gold]


def listed(found: Found) -> Gold:
    """A complete list with its number."""
    return Gold(_triples(found), frozenset(found), len(found))


def counted(found: Found) -> Gold:
    """The number, with the evidence of all that was counted."""
    return Gold(_triples(found), count=len(found))


def each(*sets: Found) -> Gold:
    """Several complete lists."""
    return Gold(
        frozenset().union(*(_triples(s) for s in sets)),
        frozenset().union(*(frozenset(s) for s in sets)),
        texts=tuple(str(len(s)) for s in sets),
    )


def says_yes(found: Found) -> Gold:
    """Yes, with the triples that tell it."""
    if not found:
        raise ValueError("the tables say no")
    return Gold(_triples(found), yes=True)


def says_no(found: Found) -> Gold:
    """No, since nothing was found."""
    if found:
        raise ValueError("the tables say yes")
    return Gold(yes=False)


def compared(tables: Tables, a: tuple[str, Found], b: tuple[str, Found]) -> Gold:
    """The one with more, both numbers, and the evidence of both."""
    winner = max(a, b, key=lambda side: len(side[1]))[0]
    return Gold(_triples(a[1]) | _triples(b[1]), texts=(winner, str(len(a[1])), str(len(b[1]))))


def most(tables: Tables, found: Found, type_: str) -> Gold:
    """Those of a set with the most neighbours, their number, and the triples that make them so."""
    measured = {id_: tables.beside([id_], type_) for id_ in found}
    best = max(len(m) for m in measured.values())
    winners = [id_ for id_ in found if len(measured[id_]) == best]
    triples = frozenset(t for id_ in winners for led in (found[id_], _triples(measured[id_])) for t in led)
    return Gold(triples, frozenset(winners), best)


def told(tables: Tables, ids: Sequence[str] | frozenset[str], key: str) -> Gold:
    """The attribute of every entity of the name that has it."""
    values = tuple(
        dict.fromkeys(tables.attributes[i][key].strip()[:24] for i in sorted(ids) if key in tables.attributes[i])
    )
    if not values:
        raise KeyError(key)
    return Gold(texts=values)


def _triples(found: Found) -> frozenset[Triple]:
    return frozenset().union(*found.values())
