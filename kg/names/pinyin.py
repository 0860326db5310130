"""Chinese names by their sound: pinyin in any spacing, and characters of the same sound written for each other."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from kg.names.spelling import is_han
from kg.protocols import NamedEntity

_SHORTEST = 3
_LONGEST = 12


class SoundedName(NamedTuple):
    """A Chinese name, folded, and the number of its entity."""

    text: str
    entity: int


class Sounds:
    """The Chinese names of entities by their sound; a graph's own pinyin gives the readings of its names."""

    def __init__(self, entities: Sequence[NamedEntity], names: Mapping[str, Iterable[int]]) -> None:
        self._readings = _readings_of(entities)
        self._by_sound: dict[str, list[SoundedName]] = defaultdict(list)
        self._by_stem: dict[str, list[SoundedName]] = defaultdict(list)
        for text, numbers in names.items():
            if not 2 <= len(text) <= _LONGEST or not all(map(is_han, text)):
                continue
            sounds = [self.reading(c) for c in text]
            if not all(sounds):
                continue
            made = [SoundedName(text, number) for number in sorted(set(numbers))]
            self._by_sound["".join(sounds)] += made
            if len(text) > _SHORTEST:
                self._by_stem["".join(sounds[:-1])] += made

    def reading(self, char: str) -> str:
        """How a character is read, without its tone; empty where that is not known."""
        return self._readings.get(char) or first_reading(char)

    def pronounced(self, pinyin: str) -> list[SoundedName]:
        """Names of three characters and more that are read so, written without blanks."""
        return [n for n in self._by_sound.get(pinyin, ()) if len(n.text) >= _SHORTEST]

    def stems(self, pinyin: str) -> list[SoundedName]:
        """Names that are read so but for their last character."""
        return self._by_stem.get(pinyin, [])

    def homophones(self, written: str) -> list[SoundedName]:
        """Names with the sound of the text and most of its characters."""
        allowed = max(1, len(written) // 3)
        found = self._by_sound.get("".join(map(self.reading, written)), ())
        return [n for n in found if len(n.text) == len(written) and 0 < _differing(n.text, written) <= allowed]


def _differing(a: str, b: str) -> int:
    return sum(x != y for x, y in zip(a, b, strict=True))


def _readings_of(entities: Sequence[NamedEntity]) -> dict[str, str]:
    """The most frequent reading of each character in names with pinyin."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for entity in entities:
        spoken = [n.text.split() for n in entity.names if n.script == "pinyin"]
        for name in entity.names if spoken else ():
            for sounds in spoken:
                if name.script == "zh" and len(sounds) == len(name.text):
                    for char, sound in zip(name.text, sounds, strict=True):
                        counts[char][_plain(sound)] += 1
    return {
        char: next((sound for sound, _ in found.most_common() if sound in _possible(char)), "")
        for char, found in counts.items()
    }


def _plain(sound: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", sound.casefold()) if unicodedata.category(c) != "Mn")


@cache
def first_reading(char: str) -> str:
    """The commonest reading of a character without its tone, empty where it has none."""
    return next(iter(_possible(char)), "")


def _possible(char: str) -> list[str]:
    return [_plain(sound) for sound in _dictionary().get(ord(char), "").split(",") if sound]


@cache
def _dictionary() -> Mapping[int, str]:
    from pypinyin.pinyin_dict import pinyin_dict

    known: Mapping[int, str] = pinyin_dict
    return known
