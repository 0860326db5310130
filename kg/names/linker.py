"""Finding the entities that a text names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Protocol

from kg.domain import EntityId, Name
from kg.names.folding import Folded, fold_name, fold_text, mark_words
from kg.names.spelling import is_han
from kg.names.variants import Strictness, keys_of
from kg.ontology import Ontology
from kg.protocols import NamedEntity

_WINDOW = 40


@dataclass(frozen=True, slots=True)
class Link:
    """Characters [start, end) of a text name ``entity_id``; ``candidates`` are all entities of the name, best first."""

    start: int
    end: int
    entity_id: EntityId
    candidates: tuple[EntityId, ...]


class _Sense(NamedTuple):
    """One entity that a key may mean; ``own`` tells that the key is the name itself, not a variant of it."""

    entity: int
    name: Name
    strictness: Strictness
    own: bool


class _Automaton(Protocol):
    def find_matches_as_indexes(self, haystack: str, overlapping: bool = False) -> list[tuple[int, int, int]]: ...


class Linker:
    """A dictionary of names: longest names first, whole words in scripts with blanks, homonyms told by what is near."""

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

    @classmethod
    def build(cls, named: Iterable[NamedEntity], ontology: Ontology) -> "Linker":
        """The dictionary of these entities' names."""
        from ahocorasick_rs import AhoCorasick, MatchKind

        entities: list[NamedEntity] = []
        senses: dict[str, list[_Sense]] = defaultdict(list)
        for number, entity in enumerate(named):
            entities.append(entity)
            for name in entity.names:
                own = True
                for key, strictness in keys_of(name):
                    senses[key].append(_Sense(number, name, strictness, own))
                    own = False
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
        for pattern, start, end in sorted(found, key=lambda m: (m[1] - m[2], m[1])):
            if 1 in taken[start:end]:
                continue
            senses = [s for s in self._senses[pattern] if _written_so(s, text, folded, start, end)]
            if senses:
                taken[start:end] = b"\x01" * (end - start)
                chosen.append((start, end, senses))
        chosen.sort(key=lambda c: c[0])
        return list(self._resolved(text, folded, chosen, context))

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


def _written_so(sense: _Sense, text: str, folded: Folded, start: int, end: int) -> bool:
    strictness = sense.strictness
    if strictness is Strictness.FREE:
        return True
    if strictness is Strictness.ALONE:
        beside = folded.text[max(0, start - 1) : start] + folded.text[end : end + 1]
        return not any(c.isalnum() for c in beside)
    a, b = folded.original(start, end)
    written = text[a:b]
    if strictness is Strictness.EXACT and written != sense.name.text:
        return False
    return written[:1].isupper() and not (written.isupper() and _shouted(text, a, b))


def _shouted(text: str, start: int, end: int) -> bool:
    """Whether the words around are in capitals too, as in a headline, so that capitals tell nothing."""
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
