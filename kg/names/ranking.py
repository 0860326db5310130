"""How well a text finds an entity: one ranking for every store."""

import re
from collections.abc import Iterable, Sequence

from kg.domain import Entity
from kg.names.folding import fold_name
from kg.names.look_up import spellings
from kg.names.spelling import is_han, normalise

CANDIDATES = 2000
"""How many candidates a store offers for ranking, at most."""

_WORD = re.compile(r"\w+")
_WHOLE, _START, _WORDS, _STARTS, _PART = 2, 3, 4, 5, 6


def ranked(text: str, candidates: Iterable[Entity], *, limit: int) -> list[Entity]:
    """Those of the candidates that ``text`` finds, best first: id, whole name, start of a name, whole words in order,
    starts of all words, part of a name. Another spelling of the text finds names that hold its whole words. Ties: the
    text as it is written, the shorter name, then the id.
    """
    wanted = [(spelling, words_of(spelling)) for spelling in spellings(text)]
    scored = [(grade, entity) for entity in candidates if (grade := _grade(text.strip(), wanted, entity))]
    scored.sort(key=lambda pair: (pair[0], pair[1].id))
    return [entity for _, entity in scored[:limit]]


def called(text: str, candidates: Sequence[Entity]) -> list[Entity]:
    """Those of the candidates whose whole name is the text as it is written, or else another spelling of it."""
    for place, spelling in enumerate(spellings(text)):
        form = fold_name if place else normalise
        if found := [e for e in candidates if any(form(n.text) == spelling for n in e.names)]:
            return found
    return []


def words_of(normalised: str) -> list[str]:
    """Words of a normalised text; a Chinese character is one."""
    return _WORD.findall(spaced(normalised))


def spaced(normalised: str) -> str:
    """The text with blanks round Chinese characters, so that each is a word."""
    if normalised.isascii():
        return normalised
    return "".join(f" {c} " if is_han(c) else c for c in normalised)


def findable(entity: Entity) -> list[str]:
    """What finds an entity besides its id: names and identifiers, normalised, without repeats."""
    texts = (*(n.text for n in entity.names), *entity.identifiers.values())
    return [text for text in dict.fromkeys(map(normalise, texts)) if text]


def _grade(raw: str, wanted: Sequence[tuple[str, list[str]]], entity: Entity) -> tuple[int, int, int] | None:
    if raw == entity.id:
        return (0, 0, 0)
    if not wanted:
        return None
    if wanted[0][0] == normalise(entity.id):
        return (1, 0, 0)
    best: tuple[int, int, int] | None = None
    for name in findable(entity):
        folded = fold_name(name) if len(wanted) > 1 else name
        forms = ((name, words_of(name)), (folded, words_of(folded)))
        for place, (spelling, words) in enumerate(wanted):
            grade = _name_grade(spelling, words, *forms[place > 0], other_spelling=place > 0)
            if grade <= (_WORDS if place else _PART):
                found = (grade, place, len(name))
                best = found if best is None else min(best, found)
    return best


def _name_grade(wanted: str, words: list[str], name: str, its: list[str], *, other_spelling: bool) -> int:
    if name == wanted:
        return _WHOLE
    if name.startswith(wanted) and not (other_spelling and its[: len(words)] != words):
        return _START
    if words and any(its[i : i + len(words)] == words for i in range(len(its) - len(words) + 1)):
        return _WORDS
    if words and all(any(w.startswith(word) for w in its) for word in words):
        return _STARTS
    return _PART if wanted in name else _PART + 1
