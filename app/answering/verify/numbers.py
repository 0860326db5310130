"""Whether the evidence has the numbers of a claim: the same value after conversion, in the same role."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import permutations

from app.answering.verify.quantities import Placed, Quantity, placed_quantities, same
from kg.documents.language import language_of
from models.han import HAN

_TOKEN = re.compile(rf"[{HAN}]|[^\W\d_]+")
_REACH = 6
_CLEARLY = 0.25
_NOT_QUITE = 1.000001
_RATIOS = frozenset({"", "share", "ratio"})

Context = Mapping[tuple[str, bool], float]
"""By word and side (True: behind the number), how near it stands."""


@dataclass(frozen=True, slots=True)
class NumberProblem:
    """A number of a claim that its evidence does not give.

    ``instead`` is the evidence's number in its place, empty where it gives none of the kind. ``derivable`` says that
    arithmetic on the evidence's numbers gives it.
    """

    text: str
    instead: str = ""
    derivable: bool = False


def number_problems(claim: str, evidence: str, *, known: str = "") -> tuple[NumberProblem, ...]:
    """The numbers of a claim that are absent from the evidence or have another role there.

    Numbers in ``known``, as a rule the question, may be repeated. Small numbers in words (two groups) are no figures.
    """
    given = placed_quantities(evidence)
    repeated = [p.quantity for p in placed_quantities(known)]
    alike = language_of(claim) == language_of(evidence)
    return tuple(
        problem
        for placed in placed_quantities(claim)
        if not _in_words(placed.quantity, claim) and not any(same(placed.quantity, k) for k in repeated)
        for problem in _problems(placed, given, roles=alike)
    )


def _problems(placed: Placed, given: Sequence[Placed], *, roles: bool) -> Iterator[NumberProblem]:
    equal = [g for g in given if any(_gives(one, placed.quantity) for one in _readings(g.quantity))]
    others = [g for g in given if g not in equal and g.quantity.kind == placed.quantity.kind]
    if not equal:
        nearest = max(others, key=lambda g: _likeness(placed, g)[0], default=None)
        in_place = nearest is not None and (not roles or _likeness(placed, nearest)[0] > 0)
        instead = nearest.quantity.text if nearest and in_place else ""
        yield NumberProblem(placed.quantity.text, instead, _derivable(placed.quantity, given))
        return
    if not roles or not others:
        return
    mine = max(_likeness(placed, g) for g in equal)
    other = max(others, key=lambda g: _likeness(placed, g))
    sided, plain = _likeness(placed, other)
    if sided > mine[0] + _CLEARLY and plain >= mine[1]:
        yield NumberProblem(placed.quantity.text, other.quantity.text)


def _readings(quantity: Quantity) -> Iterator[Quantity]:
    """A number of the evidence, and its size where it is negative: a change of -2.46 is a fall by 2.46."""
    yield quantity
    if quantity.value < 0:
        yield replace(quantity, value=-quantity.value)


def _gives(exact: Quantity, written: Quantity) -> bool:
    return same(written, exact) or _rounds_to(exact, written)


def _derivable(number: Quantity, given: Sequence[Placed]) -> bool:
    """Whether one step of arithmetic on two numbers of the evidence gives the number: sum, difference, ratio, share."""
    return any(
        _rounds_to(Quantity(value, number.kind, ""), number)
        for a, b in permutations((p.quantity for p in given), 2)
        for value in _results(a, b, number.kind)
    )


def _results(a: Quantity, b: Quantity, kind: str) -> Iterator[float]:
    if a.kind == b.kind == kind:
        yield from (a.value + b.value, a.value - b.value)
    if a.kind == b.kind and b.value and kind in _RATIOS:
        yield from (a.value / b.value, 1 - a.value / b.value)


def _rounds_to(exact: Quantity, written: Quantity) -> bool:
    """Whether a number is another one as it is written with fewer digits."""
    return exact.kind == written.kind and abs(exact.value - written.value) <= 0.5 * written.step * _NOT_QUITE


def _likeness(one: Placed, other: Placed) -> tuple[float, float]:
    """How alike the surroundings of two numbers are, with and without regard to the side that a word stands on."""
    mine, theirs = _context(one), _context(other)
    sided = sum(min(weight, theirs.get(key, 0.0)) for key, weight in mine.items())
    plain = sum(
        min(weight, max(theirs.get((word, True), 0.0), theirs.get((word, False), 0.0)))
        for (word, _), weight in mine.items()
    )
    return sided, plain


@lru_cache(maxsize=512)
def _context(placed: Placed) -> Context:
    before = _TOKEN.findall(placed.before.lower())[-_REACH:]
    behind = _TOKEN.findall(placed.behind.lower())[:_REACH]
    context: dict[tuple[str, bool], float] = {}
    for side, tokens in ((False, before[::-1]), (True, behind)):
        for distance, token in enumerate(tokens, 1):
            context.setdefault((token, side), 1 / distance)
    return context


def _in_words(quantity: Quantity, claim: str) -> bool:
    """Whether a bare small number is written in words."""
    return not quantity.kind and quantity.value <= 10 and quantity.text not in unicodedata.normalize("NFKC", claim)
