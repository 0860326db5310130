"""What is known of the candidates of a question: each for itself, and each beside those that are chosen already.

A question of several hops names its last subject only through the first ("the director of the film"). The passage of
the second hop is then like the question in few words, but the first passage names it and it holds words of the question
that the first does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.protocols import Vectors
from retrieval.arrays import Floats
from retrieval.domain import Hit
from retrieval.fusion import standard_scores
from retrieval.index.passage_words import WordOverlap
from retrieval.sources.walk.neighbours import NameOverlap

ALONE = ("dense", "cosine", "lexical", "walk", "fused", "named", "title_asked")
"""Features of a candidate alone, relative to the question's other candidates."""

BESIDE = (
    "words", "new_words", "new_names", "named_by", "names", "shared_names", "shared_part", "nearest", "nearness",
    "with_question", "title_words", "title_part", "same_title", "words_beside", "words_and_names", "words_and_title",
)  # fmt: skip
"""Features of a candidate beside the chosen ones."""

FEATURES = (*ALONE, *BESIDE)

_LEAST = 1e-9
_COSINES = 20.0
_NEARNESS = 10.0
_USUAL_COSINE = 0.8


@dataclass(frozen=True, slots=True)
class Candidates:
    """The best passages of the fused ranking, best first, with all that the features are made of.

    ``hits`` are each source's own; ``vectors`` are the candidates' in their order; ``rarity`` is of the words of
    ``words.question`` in their order.
    """

    fused: Sequence[Hit]
    hits: Mapping[str, Sequence[Hit]]
    vectors: Vectors
    vector: Vectors
    rarity: Floats
    words: WordOverlap
    names: NameOverlap

    def __len__(self) -> int:
        return len(self.fused)


def alone(found: Candidates) -> Floats:
    """A row a candidate, the columns of ``ALONE``."""
    cosine = found.vectors @ found.vector.reshape(-1)
    walk = np.log(np.maximum(_scores(found, "walk", _LEAST), _LEAST))
    fused = np.array([h.score for h in found.fused])
    return np.stack(
        [
            _standard(found, "dense"),
            _COSINES * (cosine - cosine.max()),
            _standard(found, "lexical"),
            (walk - walk.max()) / 3.0,
            10.0 * (fused - fused.max()),
            found.names.asked,
            found.words.title_asked / np.maximum(found.words.title_rarity, _LEAST),
        ],
        axis=1,
    )


class Beside:
    """The columns of ``BESIDE``, which change with every passage that is chosen."""

    def __init__(self, found: Candidates) -> None:
        count = len(found)
        self._weights = found.words.question * found.rarity
        self._total = max(float(found.rarity.sum()), _LEAST)
        self._left = np.ones(len(found.rarity))
        self._has = found.words.question
        self._cosines = found.vectors @ found.vectors.T
        asked = found.vectors @ found.vector.reshape(-1)
        both = (asked[None] + self._cosines) / np.sqrt(np.maximum(2.0 + 2.0 * asked, _LEAST))[:, None]
        self._both = both.astype(np.float64)
        self._names = found.names
        self._name_total = max(float(found.names.question.max(axis=0, initial=0.0).sum()), _LEAST)
        self._names_left = np.ones(found.names.question.shape[1])
        self._shared = np.log1p(found.names.shared)
        part = found.names.shared / np.maximum(np.diag(found.names.shared), _LEAST)[None]
        titles = np.where(found.names.same_title, 0.0, found.words.titles)
        self._titles = np.log1p(titles)
        title_part = titles / np.maximum(found.words.title_rarity, _LEAST)[None]
        self._rows = (found.names.names, found.names.names.T, self._shared, part, self._titles, title_part)
        self._title_part = title_part
        self._best = np.zeros((len(self._rows), count))
        self._same = np.zeros(count)
        self._nearest = np.full(count, -np.inf)
        self._near = np.zeros(count)
        self._with = np.full(count, -np.inf)
        self._products = np.zeros((3, count))
        self._chosen = 0

    def choose(self, candidate: int) -> None:
        """Count a candidate among the chosen."""
        has = self._has[candidate]
        new = self._weights @ (1.0 - has) / self._total
        self._left = self._left * (1.0 - has)
        self._names_left = self._names_left * (self._names.question[candidate] == 0.0)
        for best, rows in zip(self._best, self._rows, strict=True):
            np.maximum(best, rows[candidate], out=best)
        np.maximum(self._same, self._names.same_title[candidate], out=self._same)
        np.maximum(self._nearest, self._cosines[candidate], out=self._nearest)
        np.maximum(self._with, self._both[candidate], out=self._with)
        self._near += self._cosines[candidate]
        for product, beside in zip(
            self._products, (1.0, self._shared[candidate], self._title_part[candidate]), strict=True
        ):
            np.maximum(product, new * beside, out=product)
        self._chosen += 1

    def columns(self) -> Floats:
        """A row a candidate."""
        if self._chosen:
            nearest = _NEARNESS * (self._nearest - _USUAL_COSINE)
            nearness = _NEARNESS * (self._near / self._chosen - _USUAL_COSINE)
            with_question = _COSINES * (self._with - self._with.max())
        else:
            nearest = nearness = with_question = np.zeros(len(self._same))
        named_by, names, shared, part, titles, title_part = self._best
        return np.stack(
            [
                self._weights.sum(axis=1) / self._total,
                self._weights @ self._left / self._total,
                self._names.question @ self._names_left / self._name_total,
                named_by, names, shared, part, nearest, nearness, with_question, titles, title_part, self._same,
                *self._products,
            ],
            axis=1,
        )  # fmt: skip


def _scores(found: Candidates, source: str, absent: float) -> Floats:
    own = {h.passage_id: h.score for h in found.hits.get(source, ())}
    return np.array([own.get(h.passage_id, absent) for h in found.fused])


def _standard(found: Candidates, source: str) -> Floats:
    """A source's scores in standard deviations of all its hits; what it did not find stands with its last."""
    hits = found.hits.get(source, ())
    if not hits:
        return np.zeros(len(found))
    scores = standard_scores([h.score for h in hits])
    own = dict(zip((h.passage_id for h in hits), scores.tolist(), strict=True))
    least = float(scores.min())
    return np.array([own.get(h.passage_id, least) for h in found.fused])
