"""Which sentences of the evidence a sentence of the answer rests on.

The start is RAGFlow's rule (a hybrid of words and vectors, the best and those next to it are cited, at most four);
vectors are first put on a scale whose zero is how near unrelated sentences lie, because embedders differ in that.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.answering.evidence import EvidenceItem
from kg.documents.language import language_of
from kg.documents.sentences import sentences
from models.protocols import Embedder, Vectors
from retrieval.text.glossary import bundled_glossary
from retrieval.text.words import latin_words, words

_STOP_TWICE = re.compile(r"(?<!\.)([.。])\1$")
"""What is left of "so. [1].", which is no ellipsis."""

_BRACKETED = re.compile(
    r"(?<!\s)\s*+[\[【]\s*(?:evidence\s*|证据\s*)?(?P<numbers>\d{1,3}(?:\s*[,，、;\-–]\s*\d{1,3})*)\s*[\]】]",
    re.IGNORECASE,
)
_UNRELATED = (
    "The city council opened a new railway station next to the football ground.",
    "She bought three red apples and a loaf of bread at the market.",
    "市政府在足球场旁边新建了一座火车站。",
    "她在集市上买了三个红苹果和一条面包。",
)
_NEAR_BEST = 0.97
_MOST = 4
_QUOTED, _NOT_QUOTED = 0.95, 0.7


@dataclass(frozen=True, slots=True)
class EvidenceSentence:
    """One sentence of one item, with its words."""

    number: int
    text: str
    words: frozenset[str]
    english: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """How near a sentence of the answer is to one sentence of the evidence.

    ``wording`` is the share of its words found there, ``meaning`` the embedder's similarity from 0 (unrelated) to 1.
    """

    sentence: EvidenceSentence
    wording: float
    meaning: float

    @property
    def score(self) -> float:
        """Both together."""
        return max(self.wording, 0.35 * self.wording + 0.65 * self.meaning)


def split_marks(text: str, known: Sequence[int]) -> tuple[str, tuple[int, ...]]:
    """The sentence without citation marks, and the valid numbers that stood in them, in order."""
    found: list[int] = []
    for match in _BRACKETED.finditer(text):
        found += [int(n) for n in re.findall(r"\d+", match["numbers"])]
    plain = re.sub(r"(?<!\s)\s++([.,;。,;])", r"\1", _BRACKETED.sub("", text)).strip()
    return _STOP_TWICE.sub(r"\1", plain) if found else plain, tuple(n for n in dict.fromkeys(found) if n in set(known))


class Matcher:
    """Matches against the evidence of one answer; holds its sentences and their vectors."""

    def __init__(self, items: Sequence[EvidenceItem], embedder: Embedder) -> None:
        self._embedder = embedder
        self.items = {item.number: item for item in items}
        self.sentences = tuple(
            EvidenceSentence(item.number, piece, frozenset(words(piece)), language_of(piece) == "en")
            for item in items
            for piece in _sentences_of(item)
        )
        texts = [s.text for s in self.sentences]
        vectors = embedder.encode_passages([*texts, *_UNRELATED]) if texts else np.zeros((0, 1), np.float32)
        self._vectors: Vectors = vectors[: len(texts)]
        self._unrelated: Vectors = vectors[len(texts) :]

    def match(self, text: str) -> tuple[Match, ...]:
        """Every sentence of the evidence, the nearest first; blocks on the embedder.

        A Chinese text meets English evidence by the glossary's English words for it, where those come nearer.
        """
        if not self.sentences:
            return ()
        matches = self._matches(text)
        english = bundled_glossary().english(text) if language_of(text) == "zh" else ""
        if english:
            latin = " ".join(latin_words(text))
            across = self._matches(f"{english} {latin}".strip())
            matches = [
                b if b.sentence.english and b.score > a.score else a for a, b in zip(matches, across, strict=True)
            ]
        return tuple(sorted(matches, key=lambda m: (-m.score, m.sentence.number)))

    def _matches(self, text: str) -> list[Match]:
        vector = self._embedder.encode_passages([text])[0]
        floor = float(np.mean(self._unrelated @ vector))
        meaning = np.clip((self._vectors @ vector - floor) / max(1e-6, 1 - floor), 0.0, 1.0)
        mine = frozenset(words(text))
        return [
            Match(s, len(mine & s.words) / len(mine) if mine else 0.0, float(m))
            for s, m in zip(self.sentences, meaning, strict=True)
        ]


def cited(matches: Sequence[Match], marks: Sequence[int], *, least: float) -> tuple[Match, ...]:
    """The matches that a sentence cites: the model's own marks where they hold, else the best and its near ties.

    A sentence that one source holds word for word cites that one, whatever its mark says.
    """
    best_of: dict[int, Match] = {}
    for match in matches:
        best_of.setdefault(match.sentence.number, match)
    own = [best_of[n] for n in marks if n in best_of and best_of[n].score >= least]
    quoted = max(matches, key=lambda m: m.wording)
    if own and quoted.wording >= _QUOTED and max(m.wording for m in own) < _NOT_QUOTED:
        return (quoted,)
    if own:
        return tuple(own[:_MOST])
    near = [m for m in best_of.values() if m.score >= least and m.score >= _NEAR_BEST * matches[0].score]
    return tuple(near[:_MOST])


def _sentences_of(item: EvidenceItem) -> list[str]:
    if item.passage is None:
        return [item.text]
    text = item.passage.passage.text
    title = item.passage.document.title
    pieces = [text[a:b] for a, b in sentences(text)] or [text]
    return pieces if title in pieces or not title else [*pieces, title]
