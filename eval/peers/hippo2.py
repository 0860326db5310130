"""HippoRAG 2's retrieval over given triples, an implementation of our own (Gutiérrez et al., 2025, arXiv:2502.14802).

Question to facts to entities, personalised PageRank over entities and passages; without its filter of facts by a
language model.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy import sparse

from eval.peers.domain import Corpus
from eval.peers.order import best, min_max
from eval.peers.pagerank import Floats, PageRank, with_passages
from eval.peers.string_vectors import StringVectors
from eval.peers.triples import Triple
from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.systems import Ranked
from models.protocols import Vectors

_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Hippo2Settings:
    """As published; ``synonym`` is the least cosine of two entities that are taken for one."""

    synonym: float = 0.8
    synonyms: int = 101
    facts: int = 5
    entities: int = 5
    passage_weight: float = 0.05
    damping: float = 0.5


class Hippo2:
    """Nodes are entities, then passages; rows and columns of the graph are in that order."""

    index_llm_tokens = 0

    def __init__(
        self,
        name: str,
        corpus: Corpus,
        triples: Sequence[Sequence[Triple]],
        vectors: StringVectors,
        settings: Hippo2Settings,
    ) -> None:
        self.name = name
        self.parameters = asdict(settings)
        self._settings = settings
        self._corpus = corpus
        self._ids = corpus.ids
        self._facts = sorted({t for row in triples for t in row}, key=str)
        names = sorted({end for t in self._facts for end in (t.subject, t.object)})
        self._fact_vectors = vectors.passages([str(t) for t in self._facts])
        name_vectors = vectors.passages(names)
        began = time.perf_counter()
        self._places = {name: place for place, name in enumerate(names)}
        self._ends = np.array([(self._places[t.subject], self._places[t.object]) for t in self._facts]).reshape(-1, 2)
        holds = self._holding(triples)
        self._passages_of = np.maximum(np.asarray(holds.sum(axis=1)).ravel(), 1.0)
        links = _linked(self._counted(triples), synonyms_of(names, name_vectors, settings))
        graph = with_passages(links, holds)
        self._graph = PageRank(len(names) + len(self._ids), graph, damping=settings.damping)
        self.index_s = time.perf_counter() - began

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """Passages by the walk that begins at the best facts' entities and, faintly, at every passage."""
        vector = self._corpus.asked[question.id]
        near = min_max(self._corpus.vectors @ vector)
        restart = np.concatenate([self._seeds(vector), self._settings.passage_weight * near])
        at = self._graph.ranks(restart)[len(self._places) :]
        return Ranked(tuple(self._ids[row] for row in best(at, k)))

    def _seeds(self, vector: Vectors) -> Floats:
        """Entities of the best facts: the mean of score / number of passages that hold the entity."""
        seeds = np.zeros(len(self._places))
        if not self._facts:
            return seeds
        scores = min_max(self._fact_vectors @ vector)
        facts = best(scores, self._settings.facts)
        given = np.zeros(len(self._places))
        for fact in facts:
            for entity in self._ends[fact]:
                seeds[entity] += scores[fact] / self._passages_of[entity]
                given[entity] += 1.0
        seeds /= np.maximum(given, 1.0)
        seeds[best(seeds, len(seeds))[self._settings.entities :]] = 0.0
        return seeds

    def _holding(self, triples: Sequence[Sequence[Triple]]) -> "sparse.csr_array":
        """Entity by passage, 1 where a triple of the passage names the entity."""
        pairs = {
            (self._places[end], row) for row, own in enumerate(triples) for t in own for end in (t.subject, t.object)
        }
        at = np.array(sorted(pairs), np.int64).reshape(-1, 2)
        return sparse.csr_array((np.ones(len(at)), (at[:, 0], at[:, 1])), (len(self._places), len(self._ids)))

    def _counted(self, triples: Sequence[Sequence[Triple]]) -> "sparse.csr_array":
        """Entity by entity, how often triples join them, in both directions."""
        ends = [(self._places[t.subject], self._places[t.object]) for own in triples for t in own]
        at = np.array(ends, np.int64).reshape(-1, 2)
        once = sparse.csr_array((np.ones(len(at)), (at[:, 0], at[:, 1])), (len(self._places), len(self._places)))
        return sparse.csr_array(once + once.T)


def synonyms_of(names: Sequence[str], vectors: Vectors, settings: Hippo2Settings) -> "sparse.csr_array":
    """Entity by entity, the cosine of its nearest where that reaches the threshold, found by an index."""
    import faiss

    asking = np.array([n for n, name in enumerate(names) if sum(c.isalnum() for c in name) >= _SHORTEST], np.int64)
    shape = (len(names), len(names))
    if not len(asking):
        return sparse.csr_array(shape)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    cosines, found = index.search(np.ascontiguousarray(vectors[asking]), min(settings.synonyms + 1, len(names)))
    rows = np.repeat(asking, found.shape[1])
    columns, values = found.ravel(), cosines.ravel().astype(np.float64)
    named = np.array([bool(name) for name in names])
    kept = (columns != rows) & (values >= settings.synonym) & named[columns]
    return sparse.csr_array((values[kept], (rows[kept], columns[kept])), shape)


def _linked(counted: "sparse.csr_array", synonyms: "sparse.csr_array") -> "sparse.csr_array":
    """Weights of the edges between entities; a synonym's cosine replaces the count, as in the authors' package."""
    replaced = sparse.csr_array(counted.multiply(synonyms.astype(bool)))
    return sparse.csr_array(counted - replaced + synonyms)
