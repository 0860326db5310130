"""Finding the entities that a text names."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kg.domain import EntityId, Name
from kg.names.folding import Folded, fold_name, fold_text, mark_words
from kg.names.spelling import HAN_RUN, is_han
from kg.names.variants import Strictness, keys_of
from kg.ontology import Ontology
from kg.protocols import NamedEntity

if TYPE_CHECKING:
    from kg.names.readings import Readings

_WINDOW = 40
_SHORTEST_TRANSLATION = 7
_OPENING, _CLOSING = ("(", "（"), (")", "）")
_NUMBERED = re.compile(r"[a-z]{0,2}\d{1,2}|[a-z]")


@dataclass(frozen=True, slots=True)
class Link:
    """Characters [start, end) of a text name ``entity_id``; ``candidates`` are all entities of the name, best first.

    ``read_as`` is the name that was meant, where the text writes none: pinyin, or a misspelling.
    """

    start: int
    end: int
    entity_id: EntityId
    candidates: tuple[EntityId, ...]
    read_as: str = ""


class _Sense(NamedTuple):
    """One entity that a key may mean; ``own`` is whether the key is the name itself, not a variant of it."""

    entity: int
    name: Name
    strictness: Strictness
    own: bool


class _Automaton(Protocol):
    def find_matches_as_indexes(self, haystack: str, overlapping: bool = False) -> list[tuple[int, int, int]]: ...


class Linker:
    """A dictionary of names: longest names first, whole words in scripts with blanks, homonyms resolved by context."""

    def __init__(
        self,
        entities: Sequence[NamedEntity],
        senses: Sequence[tuple[_Sense, ...]],
        automaton: _Automaton,
        ontology: Ontology,
    ) -> None:
        self._entities = entities
        self._types = {e.id: e.type for e in entities}
        self._senses = senses
        self._automaton = automaton
        self._cues = {
            id_: tuple({fold_name(word) for word in (type_.label.zh, type_.label.en, *type_.cues)})
            for id_, type_ in ontology.types.items()
        }
        self._affinity = _affinity(ontology)
        self._ontology = ontology

    @classmethod
    def build(
        cls, named: Iterable[NamedEntity], ontology: Ontology, *, terms: Mapping[str, str] | None = None
    ) -> "Linker":
        """The dictionary of these entities' names.

        ``terms`` are Chinese terms of the field with their English words: a term names what its English names, and the
        other way round; a name inside a term of another meaning is no mention of it.
        """
        from ahocorasick_rs import AhoCorasick, MatchKind

        entities: list[NamedEntity] = []
        senses: dict[str, list[_Sense]] = defaultdict(list)
        for number, entity in enumerate(named):
            entities.append(entity)
            for name in entity.names:
                own = True
                for key, strictness in keys_of(name, ontology.name_forms):
                    senses[key].append(_Sense(number, name, strictness, own))
                    own = False
        _translate(senses, terms or {}, entities)
        patterns = mark_words("\n".join(senses)).split("\n") if senses else []
        automaton = AhoCorasick(patterns, matchkind=MatchKind.Standard, store_patterns=False)
        return cls(entities, [tuple(s) for s in senses.values()], automaton, ontology)

    def type_of(self, id_: EntityId) -> str | None:
        """The type of an entity of the dictionary."""
        return self._types.get(id_)

    def link(self, text: str, *, context: str = "") -> list[Link]:
        """Entities named in the text, in order, without overlaps; ``context`` is more text that helps to choose."""
        folded = fold_text(text)
        if not folded.text:
            return []
        found = self._automaton.find_matches_as_indexes(mark_words(folded.text), overlapping=True)
        chosen: list[tuple[int, int, list[_Sense]]] = []
        taken = bytearray(len(folded.text))
        inside = _inside_words(folded.text) if found else None
        for pattern, start, end in sorted(found, key=lambda m: (m[1] - m[2], m[1])):
            if 1 in taken[start:end]:
                continue
            if not self._senses[pattern]:
                taken[start:end] = b"\x01" * (end - start)
                continue
            senses = [s for s in self._senses[pattern] if _written_so(s, text, folded, start, end)]
            if senses and not (inside and inside(start, end)):
                taken[start:end] = b"\x01" * (end - start)
                chosen.append((start, end, senses))
        chosen.sort(key=lambda c: c[0])
        return list(self._resolved(text, folded, chosen, context))

    def link_whole(self, name: str) -> Link | None:
        """What a text as a whole names, or else the name in brackets at its end: Fresh Ginger (生姜)."""
        links = self.link(name)
        for link in links:
            if link.end - link.start == len(name):
                return link
        last = links[-1] if links else None
        if last is not None and name[last.end :] in _CLOSING and name[last.start - 1 : last.start] in _OPENING:
            return last
        return None

    def link_question(self, text: str, *, known: frozenset[str] = frozenset()) -> list[Link]:
        """As ``link``, and names that a reader writes by sound, by their English kind, or with a wrong letter.

        ``known`` are words of the text that are no misspellings.
        """
        return self._question_names.read(text, self.link(text), known)

    def prepare_questions(self) -> None:
        """Build what ``link_question`` needs beside the dictionary; without it the first question does."""
        self._question_names.prepare()

    @cached_property
    def _question_names(self) -> "Readings":
        from kg.names.readings import Readings

        return Readings(self._entities, self._types, self._ontology)

    def _resolved(
        self, text: str, folded: Folded, chosen: Sequence[tuple[int, int, list[_Sense]]], context: str
    ) -> Iterator[Link]:
        certain = {
            self._entities[senses[0].entity].type for _, _, senses in chosen if len({s.entity for s in senses}) == 1
        }
        folded_context = fold_text(context).text if context else ""
        for start, end, senses in chosen:
            a, b = folded.original(start, end)
            ids: tuple[EntityId, ...]
            if len(senses) == 1:
                ids = (self._entities[senses[0].entity].id,)
            else:
                near = folded.text[max(0, start - _WINDOW) : start] + "\n" + folded.text[end : end + _WINDOW]
                scores: dict[int, float] = {}
                for sense in senses:
                    score = self._score(sense, text[a:b], near, folded_context, certain)
                    scores[sense.entity] = max(scores.get(sense.entity, score), score)
                best = sorted(scores, key=lambda e: (-scores[e], self._entities[e].id))
                ids = tuple(self._entities[e].id for e in best)
            yield Link(a, b, ids[0], ids)

    def _score(self, sense: _Sense, written: str, near: str, context: str, certain: set[str]) -> float:
        entity = self._entities[sense.entity]
        cues = self._cues.get(entity.type, ())
        score = 2.0 * min(2, sum(cue in near for cue in cues))
        if context:
            score += 0.5 * min(2, sum(cue in context for cue in cues))
        score += sum(self._affinity.get((entity.type, other), 0.0) for other in certain)
        score += 0.5 * sense.own + 0.4 * sense.name.preferred + 0.3 * (sense.name.text == written)
        if sense.name.script in {"zh", "zh-Hant"} and any(n.script == "pinyin" for n in entity.names):
            sound = _pinyin(sense.name.text)
            score += 0.6 * any(
                fold_name(n.text).replace(" ", "") == sound for n in entity.names if n.script == "pinyin"
            )
        return score


def _translate(senses: dict[str, list[_Sense]], terms: Mapping[str, str], entities: Sequence[NamedEntity]) -> None:
    """Give each term the senses of its English words and them those of the term; block names in terms of their own."""
    own = dict(senses)
    for term, english in terms.items():
        key, foreign = fold_name(term), fold_name(english)
        if len(key) < 2:
            continue
        mine, its = own.get(key, ()), own.get(foreign, ())
        if its and not mine:
            senses[key] = [s._replace(own=False) for s in its if s.strictness is Strictness.FREE]
        elif mine and not its and (" " in foreign or len(foreign) >= _SHORTEST_TRANSLATION):
            senses[foreign] = [s._replace(own=False) for s in mine]
        elif not mine and _blocks(key, foreign, own, entities):
            senses[key] = []
    chinese = {fold_name(english): fold_name(term) for term, english in terms.items()}
    for name, found in own.items():
        head, _, number = name.rpartition(" ")
        if head in chinese and _NUMBERED.fullmatch(number):
            senses.setdefault(chinese[head] + number, [s._replace(own=False) for s in found])


def _blocks(term: str, english: str, senses: Mapping[str, Sequence[_Sense]], entities: Sequence[NamedEntity]) -> bool:
    """Whether a term holds a shorter name with other English words, or with none and not at the end of the term."""
    meant = set(english.split())
    for start in range(len(term) - 1):
        for end in range(start + 2, len(term) + (start > 0)):
            for sense in senses.get(term[start:end], ()):
                told = {w for n in entities[sense.entity].names if n.text.isascii() for w in fold_name(n.text).split()}
                if not told & meant if told else end < len(term):
                    return True
    return False


def _inside_words(text: str) -> Callable[[int, int], bool] | None:
    """Whether Han characters [start, end) of a text are inside a longer word of the language."""
    runs = [run for run in HAN_RUN.finditer(text) if len(run[0]) > 2]
    if not runs:
        return None
    import rjieba

    longer: list[tuple[int, int]] = []
    for run in runs:
        at = run.start()
        for word in rjieba.cut(run[0], False):
            if len(word) > 2:
                longer.append((at, at + len(word)))
            at += len(word)
    return lambda start, end: any(a <= start and end <= b and end - start < b - a for a, b in longer)


def _written_so(sense: _Sense, text: str, folded: Folded, start: int, end: int) -> bool:
    strictness = sense.strictness
    if strictness is Strictness.FREE:
        return True
    if strictness is Strictness.ALONE:
        beside = folded.text[max(0, start - 1) : start] + folded.text[end : end + 1]
        return not any(c.isalnum() for c in beside)
    a, b = folded.original(start, end)
    written = text[a:b]
    if strictness is Strictness.AS_WRITTEN:
        return written == sense.name.text and folded.text[max(0, start - 1) : start] != "'"
    if strictness is Strictness.EXACT and written != sense.name.text:
        return False
    return written[:1].isupper() and not (written.isupper() and _shouted(text, a, b))


def _shouted(text: str, start: int, end: int) -> bool:
    """Whether the words around are in capitals too, as in a headline, so that capitals mean nothing."""
    around = text[max(0, start - 30) : start] + text[end : end + 30]
    return around.isupper() and sum(c.isalpha() and not is_han(c) for c in around) >= 8


def _affinity(ontology: Ontology) -> Mapping[tuple[str, str], float]:
    """How telling one type is of another near it: by the predicates that join them, narrow ones more."""
    affinity: dict[tuple[str, str], float] = defaultdict(float)
    for predicate in ontology.predicates.values():
        pairs = len(predicate.domain) * len(predicate.range)
        for a in predicate.domain:
            for b in predicate.range:
                affinity[a, b] += 1 / pairs
                affinity[b, a] += 1 / pairs
    return affinity


@cache
def _pinyin(text: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(text)).casefold()
