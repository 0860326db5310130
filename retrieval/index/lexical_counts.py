"""What the lexical index counts, so that its scores are those of an index without the passages that were removed.

Tantivy goes on counting what is removed until its files are merged, and then only estimates lengths. So nothing is
removed there: removed passages are hidden, their words are counted here, and blank entries keep the mean lengths.
"""

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.domain import PassageId
from retrieval.index.lexical_fields import FIELDS

_FILE = "counts.json"
_EXACT_BELOW = 20_000


@dataclass(slots=True)
class LexicalCounts:
    """``entries`` and ``tokens`` are of all that tantivy holds, ``live_tokens`` of the passages that are found.

    ``more`` are passages beyond the first index, in the order in which they were added; ``removed`` are places of
    removed passages, and ``removed_words`` says how many of them hold a word of a field.
    """

    entries: int = 0
    tokens: Counter[str] = field(default_factory=Counter)
    live: int = 0
    live_tokens: Counter[str] = field(default_factory=Counter)
    more: list[PassageId] = field(default_factory=list)
    removed: set[int] = field(default_factory=set)
    removed_words: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in FIELDS})

    @classmethod
    def load(cls, folder: Path) -> "LexicalCounts":
        """Read what ``save`` wrote; raises what the reading of a damaged file raises."""
        stored = json.loads((folder / _FILE).read_text("utf-8"))
        words = {name: Counter(counts) for name, counts in stored["removed_words"].items()}
        return cls(
            stored["entries"], Counter(stored["tokens"]), stored["live"], Counter(stored["live_tokens"]),
            [PassageId(i) for i in stored["more"]], set(stored["removed"]), words,
        )  # fmt: skip

    def save(self, folder: Path) -> None:
        """Write as JSON."""
        stored = {
            "entries": self.entries, "tokens": self.tokens, "live": self.live, "live_tokens": self.live_tokens,
            "more": self.more, "removed": sorted(self.removed), "removed_words": self.removed_words,
        }  # fmt: skip
        (folder / _FILE).write_text(json.dumps(stored, ensure_ascii=False), "utf-8")

    def add(self, fields: Mapping[str, str]) -> None:
        """Count a passage that is added."""
        self.entries += 1
        self.live += 1
        for name, value in fields.items():
            count = len(value.split())
            self.tokens[name] += count
            self.live_tokens[name] += count

    def remove(self, place: int, fields: Mapping[str, str]) -> None:
        """Count a passage that is no longer found."""
        self.removed.add(place)
        self.live -= 1
        for name, value in fields.items():
            said = value.split()
            self.live_tokens[name] -= len(said)
            self.removed_words[name].update(set(said))

    def blanks(self) -> tuple[int, dict[str, int]]:
        """How many blank entries, with how many words in each field, give all entries the mean lengths of the live.

        The entries become a multiple of the live ones, a whole multiple where they are few, so that the means are
        equal and not only near.
        """
        sizes = [(self.entries, self.live), *((self.tokens[n], self.live_tokens[n]) for n in FIELDS)]
        shares = [all_ / live for all_, live in sizes if live]
        if not shares or max(shares) == min(shares):
            return 0, {}
        share = math.ceil(max(shares)) if self.entries < _EXACT_BELOW else max(shares)
        entries = max(self.entries + 1, math.ceil(share * self.live))
        wanted = {n: round(entries / self.live * self.live_tokens[n]) - self.tokens[n] for n in FIELDS}
        return entries - self.entries, {n: more for n, more in wanted.items() if more > 0}

    def boost(self, name: str, word: str, frequency: int) -> float:
        """What corrects tantivy's weight of a word that ``frequency`` of its entries hold; 0 where no passage does."""
        held = frequency - self.removed_words[name][word]
        if held <= 0:
            return 0.0
        return _idf(held, self.live) / _idf(frequency, self.entries) if self.entries > self.live else 1.0


def _idf(held: int, entries: int) -> float:
    """The inverse document frequency as tantivy computes it."""
    return math.log1p((entries - held + 0.5) / (held + 0.5))
