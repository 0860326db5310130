"""Sentences of the evidence that give orders to who reads it, instead of telling something.

A document may hold text for language models: what they have to answer, other rules, a page to fetch. Weights trained on
such sentences and on ordinary ones tell them apart, and they never reach a model, a judge or a reader.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from app.answering.evidence import EvidenceItem
from kg.documents.sentences import sentences
from models.arrays_file import write_arrays
from models.protocols import Embedder, Vectors
from models.recent import Recent
from retrieval.question.ngrams import ngram_vector

BUNDLED = Path(__file__).with_name("orders.npz")
_SUSPECT, _ORDER, _ALONE = 0.01, 0.15, 0.3
"""By n-grams alone a sentence is suspected from the first probability on; by n-grams and its vector it is an order
from the second on; with another embedder by n-grams alone from the third. Orders are far rarer in documents than among
the examples, and so are their near misses: of 90 written orders 81 are found, of 2,407 sentences of full texts and 562
of abstracts none is taken for one.
"""

_SURE = 0.5
"""From here on the whole passage is left out: who writes one order into it may have written the others beside it."""

_REMEMBERED = 20_000
Floats = npt.NDArray[np.float32]
_QUOTED = re.compile(
    r"""(?<![A-Za-z0-9])"[^"]{3,}"(?![A-Za-z0-9])|(?<![A-Za-z0-9])'[^']{12,}'(?![A-Za-z0-9])"""
    "|[“„][^“”„]{3,}[“”]|[‘‚][^‘’‚]{12,}[‘’]|«[^«»]{3,}»|「[^「」]{3,}」|『[^『』]{3,}』"
)
_WITHOUT = '"…"'
_LEAST_OWN = 6
"""Letters outside of quotation marks; what has fewer is a quotation as a whole."""


def readings(text: str) -> tuple[str, ...]:
    """A sentence, and where it quotes something, the sentence without the words between its quotation marks as well.

    What an order quotes, the question that it wants answered wrongly for example, hides the few words that order.
    """
    bare = _QUOTED.sub(_WITHOUT, text)
    return (text, bare) if bare != text and sum(map(str.isalnum, bare)) >= _LEAST_OWN else (text,)


@dataclass(frozen=True, slots=True)
class OrderWeights:
    """Two logistic regressions: over character n-grams, and over these and the vector of ``embedder``."""

    embedder: str
    rarity: Floats
    alone: Floats
    alone_bias: float
    ngrams: Floats
    vector: Floats
    bias: float

    def suspicion(self, text: str) -> float:
        """How probably a sentence is an order, by its n-grams alone."""
        buckets, values = ngram_vector(text, self.rarity)
        return float(expit(values @ self.alone[buckets] + self.alone_bias))

    def probability(self, text: str, vector: Vectors) -> float:
        """How probably a sentence is an order; ``vector`` is the embedder's, as of a passage."""
        buckets, values = ngram_vector(text, self.rarity)
        return float(expit(values @ self.ngrams[buckets] + vector @ self.vector + self.bias))

    def save(self, path: Path) -> None:
        """Write the weights."""
        halves = {name: getattr(self, name).astype(np.float16) for name in ("rarity", "alone", "ngrams", "vector")}
        biases = np.array([self.alone_bias, self.bias], np.float32)
        write_arrays(path, {"embedder": np.array(self.embedder), "biases": biases, **halves})


def load(path: Path = BUNDLED) -> OrderWeights:
    """Weights as they were saved."""
    with np.load(path) as stored:
        alone_bias, bias = map(float, stored["biases"])
        arrays = {name: stored[name].astype(np.float32) for name in ("rarity", "alone", "ngrams", "vector")}
        return OrderWeights(str(stored["embedder"]), alone_bias=alone_bias, bias=bias, **arrays)


@lru_cache(maxsize=1)
def bundled_orders() -> OrderWeights:
    """The weights that ``jianxi train orders`` made."""
    return load()


class Orders:
    """Finds orders in evidence. Blocks on the embedder for what is suspected, with another one goes by n-grams."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known = Recent[str](_REMEMBERED)

    def among(self, texts: Sequence[str]) -> list[float]:
        """How probably each sentence is an order; 0 where it is taken for none."""
        return [float(one) for one in self._known.read(texts, self._read)]

    def without(self, items: Sequence[EvidenceItem]) -> tuple[tuple[EvidenceItem, ...], int]:
        """The evidence without orders, renumbered where a passage is left out; and in how many pieces some were.

        A passage with a sentence that is surely an order is left out whole. A title that is an order is left out, too;
        facts of the graph are not looked at.
        """
        kept: list[EvidenceItem] = []
        found = 0
        for item in items:
            cut = item if item.passage is None else self._cut(item)
            found += cut is not item
            if cut is not None:
                number = len(kept) + 1
                kept.append(replace(cut, number=number, citation=replace(cut.citation, number=number)))
        return (tuple(kept), found) if found else (tuple(items), 0)

    def _cut(self, item: EvidenceItem) -> EvidenceItem | None:
        spans = sentences(item.text) or [(0, len(item.text))]
        texts = [item.text[start:end].strip() for start, end in spans]
        title = item.citation.title
        *orders, title_is_order = self.among([*texts, title])
        if not any(orders) and not title_is_order:
            return item
        if max(orders) >= _SURE:
            return None
        rest = " ".join(text for text, order in zip(texts, orders, strict=True) if not order)
        if not rest:
            return None
        quote = item.citation.quote if item.citation.quote in rest else rest
        citation = replace(item.citation, title="" if title_is_order else title, quote=quote)
        return replace(item, text=rest, citation=citation)

    def _read(self, texts: Sequence[str]) -> Vectors:
        read = [readings(text) for text in texts]
        owners = np.repeat(np.arange(len(texts)), [len(each) for each in read])
        probabilities = np.zeros(len(texts), np.float32)
        np.maximum.at(probabilities, owners, self._probabilities([one for each in read for one in each]))
        return probabilities

    def _probabilities(self, texts: Sequence[str]) -> Vectors:
        weights = bundled_orders()
        suspicions = np.array([weights.suspicion(text) for text in texts], np.float32)
        if weights.embedder != self._embedder.identity:
            return np.where(suspicions >= _ALONE, suspicions, 0.0).astype(np.float32)
        read = np.zeros(len(texts), np.float32)
        suspected = np.flatnonzero(suspicions >= _SUSPECT).tolist()
        if suspected:
            vectors = self._embedder.encode_passages([texts[n] for n in suspected])
            for n, vector in zip(suspected, vectors, strict=True):
                read[n] = weights.probability(texts[n], vector)
        return np.where(read >= _ORDER, read, 0.0).astype(np.float32)
