"""How a reader's spelling of a name is read: by sound, by its kind in English, or as the name with a letter wrong."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, pairwise

from kg.domain import EntityId
from kg.names.folding import Folded, fold_name, fold_text
from kg.names.linker import Link
from kg.names.misspellings import Misspellings
from kg.names.pinyin import SoundedName, Sounds
from kg.names.spelling import HAN_RUN
from kg.names.syllables import is_pinyin, toned_syllables
from kg.names.variants import common_words
from kg.ontology import Ontology
from kg.protocols import NamedEntity
from models.han import HAN

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
_PIECE = re.compile(rf"[^\W_{HAN}]+")
_SYMBOL = re.compile(r"(?<![a-z0-9\u0370-\u03ff])([a-z]{2,6}) (\d{1,2}[a-z]?)(?![a-z0-9\u0370-\u03ff]|\.\d|\+)")
_MOST_WORDS = 9
_MOST_WRITTEN_WORDS = 5
_SHORTEST_PINYIN = 7
_SHORTEST_TONED = 4
"""Letters of a name with tones as numbers: E3-E4 and A1-A2 are none."""
_LONGEST_HAN, _SHORTEST_HAN = 9, 3
_LONGEST = 42
_SENSES = 32


class Readings:
    """Reads what no dictionary holds as it is written; every reading tells the name that it takes it for."""

    def __init__(self, entities: Sequence[NamedEntity], types: Mapping[EntityId, str], ontology: Ontology) -> None:
        """``types`` are those of the entities by their ids."""
        self._entities = entities
        self._types = types
        self._gene_symbols = ontology.name_forms.gene_symbols
        self._kind_words = {
            id_: {fold_name(w) for w in (type_.label.en, *type_.cues, *type_.nouns) if w.isascii()}
            for id_, type_ in ontology.types.items()
        }

    def read(self, text: str, links: Sequence[Link], known: frozenset[str]) -> list[Link]:
        """The links of a question with what else it may name, in order, without overlaps."""
        folded = fold_text(text)
        spelled = (self._pinyin(folded), self._toned(folded), self._hyphenated(folded, text))
        found = _longer([*chain(*spelled), *self._homophones(folded, text, links)], links)
        kept = [link for link in links if not any(_overlap(link, f) for f in found)]
        every = [*map(self._of_all_kinds, [text] * len(kept), kept), *found]
        if not every:
            every = _longer([*self._short_homophones(folded), *self._misspelt(folded, known)], ())
        return sorted(every, key=lambda link: link.start)

    def prepare(self) -> None:
        """Build every index now, so that no question waits for one."""
        _ = self._sounds, self._misspellings, self._kinds

    @cached_property
    def _sounds(self) -> Sounds:
        return Sounds(self._entities, self._numbers)

    @cached_property
    def _numbers(self) -> dict[str, list[int]]:
        numbers: dict[str, list[int]] = defaultdict(list)
        for number, entity in enumerate(self._entities):
            for name in entity.names:
                numbers[fold_name(name.text)].append(number)
        return numbers

    @cached_property
    def _misspellings(self) -> Misspellings:
        return Misspellings(name for name in self._numbers if name not in common_words())

    @cached_property
    def _kinds(self) -> dict[str, list[int]]:
        """Entities of living kinds by the last word of their English names: licorice, of Ural Licorice."""
        kinds: dict[str, list[int]] = defaultdict(list)
        for number, entity in enumerate(self._entities):
            english = [fold_name(n.text).split() for n in entity.names if n.script == "en"]
            if any(n.script == "la" for n in entity.names):
                for word in {words[-1] for words in english if words}:
                    kinds[word].append(number)
        return kinds

    def _of_all_kinds(self, text: str, link: Link) -> Link:
        """The link with all that its word alone may mean."""
        written = fold_name(text[link.start : link.end])
        if " " in written or not written.isascii():
            return link
        types = {self._types[id_] for id_ in link.candidates}
        more = [self._entities[n].id for n in self._kinds.get(written, ()) if self._entities[n].type in types]
        return replace(link, candidates=tuple(dict.fromkeys((*link.candidates, *more)))[:_SENSES])

    def _pinyin(self, folded: Folded) -> Iterator[Link]:
        """Names of three syllables and more in pinyin, however their syllables are joined."""
        words = list(_WORD.finditer(folded.text))
        for first, word in enumerate(words):
            joined = ""
            for last in range(first, min(len(words), first + _MOST_WORDS)):
                plain = words[last][0].replace("'", "")
                if not is_pinyin(plain) or (last > first and _apart(folded.text, words[last - 1], words[last])):
                    break
                joined += plain
                if len(joined) < _SHORTEST_PINYIN:
                    continue
                if names := self._sounds.pronounced(joined):
                    yield self._link(folded, word.start(), words[last].end(), names)
                following = words[last + 1] if last + 1 < len(words) else None
                if following is not None and (names := self._of_kind(self._sounds.stems(joined), following[0])):
                    yield self._link(folded, word.start(), following.end(), names)

    def _toned(self, folded: Folded) -> Iterator[Link]:
        """Names in pinyin with a number behind each syllable, however these are joined."""
        words = list(_PIECE.finditer(folded.text))
        for first, word in enumerate(words):
            spoken: list[str] = []
            for last in range(first, min(len(words), first + _MOST_WORDS)):
                syllables = toned_syllables(words[last][0])
                if not syllables or (last > first and _apart(folded.text, words[last - 1], words[last])):
                    break
                spoken += syllables
                spellings = ("".join(spoken), " ".join(spoken))
                names = [SoundedName(s, n) for s in spellings for n in self._numbers.get(s, ())]
                if len(spoken) < 2 or len(spellings[0]) < _SHORTEST_TONED:
                    continue
                if names := names or self._sounds.pronounced(spellings[0]):
                    yield self._link(folded, word.start(), words[last].end(), names)

    def _hyphenated(self, folded: Folded, text: str) -> Iterator[Link]:
        """Symbols with a hyphen before their number, in small letters too: aqp-4."""
        for found in _SYMBOL.finditer(folded.text) if self._gene_symbols else ():
            letters, number = found.groups()
            names = [SoundedName(letters + number, n) for n in self._numbers.get(letters + number, ())]
            written = text[slice(*folded.original(*found.span()))]
            if names and letters not in common_words() and not any(c.isspace() for c in written):
                yield self._link(folded, *found.span(), names)

    def _of_kind(self, names: Iterable[SoundedName], word: str) -> list[SoundedName]:
        return [n for n in names if word in self._kind_words.get(self._entities[n.entity].type, ())]

    def _homophones(self, folded: Folded, text: str, links: Sequence[Link]) -> Iterator[Link]:
        """Names of three characters and more with a wrong character of the same sound."""
        for run in HAN_RUN.finditer(folded.text):
            for start in range(run.start(), run.end() - _SHORTEST_HAN + 1):
                for end in range(start + _SHORTEST_HAN, min(run.end(), start + _LONGEST_HAN) + 1):
                    written = folded.text[start:end]
                    names = self._sounds.homophones(written)
                    if not names:
                        continue
                    a, b = folded.original(start, end)
                    inside = [link for link in links if link.start < b and a < link.end]
                    ends_meant = any(n.text[0] == written[0] and n.text[-1] == written[-1] for n in names)
                    if all(a <= link.start and link.end <= b for link in inside) and (ends_meant or not inside):
                        yield self._link(folded, start, end, names)

    def _short_homophones(self, folded: Folded) -> Iterator[Link]:
        """Names of two characters of which one is wrong, where the two are no word."""
        import rjieba

        for run in HAN_RUN.finditer(folded.text):
            at = run.start()
            for word, following in pairwise([*rjieba.cut(run[0], False), ""]):
                if len(word) == len(following) == 1 and (names := self._sounds.homophones(word + following)):
                    yield self._link(folded, at, at + 2, names)
                at += len(word)

    def _misspelt(self, folded: Folded, known: frozenset[str]) -> Iterator[Link]:
        """Names that differ from some words in one or two letters, where a word of them is not known."""
        words = list(_PIECE.finditer(folded.text))
        for first, word in enumerate(words):
            for last in range(first, min(len(words), first + _MOST_WRITTEN_WORDS)):
                start, end = word.start(), words[last].end()
                if end - start > _LONGEST or (last > first and _apart(folded.text, words[last - 1], words[last])):
                    break
                if all(self._is_known(w[0], known) for w in (word, words[last])):
                    continue
                yield from self._near(folded, start, end)
        for run in HAN_RUN.finditer(folded.text):
            for start in range(run.start(), run.end()):
                for end in range(start + 4, min(run.end(), start + _LONGEST_HAN) + 1):
                    yield from self._near(folded, start, end)

    def _is_known(self, word: str, known: frozenset[str]) -> bool:
        return word in known or word in common_words() or word in self._numbers

    def _near(self, folded: Folded, start: int, end: int) -> Iterator[Link]:
        names = self._misspellings.near(folded.text[start:end])
        if names:
            yield self._link(folded, start, end, [SoundedName(n, e) for n in names for e in self._numbers[n]])

    def _link(self, folded: Folded, start: int, end: int, names: Sequence[SoundedName]) -> Link:
        a, b = folded.original(start, end)
        ids = tuple(dict.fromkeys(self._entities[n.entity].id for n in names))[:_SENSES]
        return Link(a, b, ids[0], ids, self._spelled(names[0]))

    def _spelled(self, name: SoundedName) -> str:
        """The name as the graph writes it."""
        own = (n.text for n in self._entities[name.entity].names if fold_name(n.text) == name.text)
        return next(own, name.text)


def _longer(found: Iterable[Link], links: Sequence[Link]) -> list[Link]:
    """The longest of the readings, without overlaps; those that some link covers as well are left out."""
    kept: list[Link] = []
    for one in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        covered = any(_overlap(one, link) and link.end - link.start >= one.end - one.start for link in links)
        if not covered and not any(_overlap(one, other) for other in kept):
            kept.append(one)
    return kept


def _overlap(a: Link, b: Link) -> bool:
    return a.start < b.end and b.start < a.end


def _apart(text: str, before: "re.Match[str]", after: "re.Match[str]") -> bool:
    return after.start() - before.end() != 1 or not text[before.end()].isspace()
