"""How well a text finds an entity: one ranking for every store."""

import re
from collections.abc import Iterable

from kg.domain import Entity
from kg.names.spelling import is_han, normalise

CANDIDATES = 2000
"""How many candidates a store offers for ranking, at most."""

_WORD = re.compile(r"\w+")


def ranked(text: str, candidates: Iterable[Entity], *, limit: int) -> list[Entity]:
    """Those of the candidates that ``text`` finds, best first: id, whole name, start of a name, whole words in order,
    starts of all words, part of a name. Ties: the shorter name, then the id.
    """
    wanted = normalise(text)
    words = words_of(wanted)
    scored = [(grade, entity) for entity in candidates if (grade := _grade(text.strip(), wanted, words, entity))]
    scored.sort(key=lambda pair: (pair[0], pair[1].id))
    return [entity for _, entity in scored[:limit]]


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


def _grade(raw: str, wanted: str, words: list[str], entity: Entity) -> tuple[int, int] | None:
    if raw == entity.id:
        return (0, 0)
    if not wanted:
        return None
    if wanted == normalise(entity.id):
        return (1, 0)
    graded = [(_name_grade(wanted, words, name), len(name)) for name in findable(entity)]
    return min(((grade, length) for grade, length in graded if grade is not None), default=None)


def _name_grade(wanted: str, words: list[str], name: str) -> int | None:
    if name == wanted:
        return 2
    if name.startswith(wanted):
        return 3
    its = words_of(name)
    if words and any(its[i : i + len(words)] == words for i in range(len(its) - len(words) + 1)):
        return 4
    if words and all(any(w.startswith(word) for w in its) for word in words):
        return 5
    return 6 if wanted in name else None
