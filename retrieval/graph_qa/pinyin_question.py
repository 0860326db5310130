"""Question words in pinyin, read as the Chinese words that they sound like."""

import re
from collections.abc import Iterable

from kg.documents.language import han_count
from kg.names.pinyin import first_reading
from kg.names.syllables import is_pinyin
from retrieval.graph_qa.intent_patterns import NAME

_RUN = re.compile(r"[a-z][a-z' ]*")
_LONGEST = 24


class PinyinQuestion:
    """Reads questions whose words are pinyin; a word is one of those given, the first of those that sound alike."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[str, str] = {}
        for word in words:
            if word and all(map(han_count, word)) and all(sounds := [first_reading(c) for c in word]):
                self._words.setdefault("".join(sounds), word)

    def chinese(self, text: str) -> str:
        """The masked text in Chinese where all of its Latin words are known by their sound, else as it is."""
        plain = NAME.sub(" ", text)
        if han_count(plain) or not plain.split() or not all(is_pinyin(w.strip("'?!.,")) for w in plain.split()):
            return text
        read = [self._read(run[0].replace(" ", "").replace("'", "")) for run in _RUN.finditer(text)]
        if None in read:
            return text
        found = iter(read)
        return _RUN.sub(lambda _: next(found) or "", text)

    def _read(self, pinyin: str) -> str | None:
        """The fewest words that sound so together."""
        best: list[list[str] | None] = [[], *([None] * len(pinyin))]
        for end in range(1, len(pinyin) + 1):
            for start in range(max(0, end - _LONGEST), end):
                before, word = best[start], self._words.get(pinyin[start:end])
                if before is not None and word is not None:
                    here = best[end]
                    if here is None or len(before) + 1 < len(here):
                        best[end] = [*before, word]
        last = best[-1]
        return None if last is None else "".join(last)
