"""LinearRAG's retrieval, an implementation of our own (Zhuang et al., 2025, arXiv:2510.10114).

A graph of passages and named entities without relations: the question's entities spread through the sentences that
are nearest to it, then personalised PageRank. The entities are found by our own spans instead of spaCy's models.
"""

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from scipy import sparse

from eval.peers.domain import Corpus
from eval.peers.named_sentences import NamedSentences, named_sentences, names_asked
from eval.peers.order import best, min_max
from eval.peers.pagerank import Floats, PageRank, with_passages
from eval.peers.string_vectors import StringVectors
from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.systems import Ranked
from models.protocols import Vectors


@dataclass(frozen=True, slots=True)
class LinearSettings:
    """The defaults of the authors' program; ``rounds`` counts the seeds' own."""

    rounds: int = 3
    threshold: float = 0.4
    sentences: int = 3
    passage_ratio: float = 2.0
    passage_weight: float = 0.05
    damping: float = 0.5
    neighbours: bool = True
    """Whether texts that follow each other in the corpus are joined."""


@dataclass(frozen=True, slots=True)
class NamedCorpus:
    """What LinearRAG's index is made of, with vectors; shared by settings of it."""

    found: NamedSentences
    names: Vectors
    sentences: Vectors
    asked: Mapping[str, Vectors]
    seconds: float


def named_corpus(corpus: Corpus, vectors: StringVectors) -> NamedCorpus:
    """Find the names of a corpus and of its questions; ``seconds`` are without the vectors."""
    began = time.perf_counter()
    found = named_sentences(corpus.suite.texts)
    seconds = time.perf_counter() - began
    wanted = {q.id: names_asked(q.text) for q in corpus.suite.questions}
    every = sorted({name for names in wanted.values() for name in names})
    known = dict(zip(every, vectors.passages(every), strict=True))
    asked = {
        id_: np.array([known[n] for n in names], np.float32).reshape(len(names), corpus.vectors.shape[1])
        for id_, names in wanted.items()
    }
    return NamedCorpus(found, vectors.passages(found.names), vectors.passages(found.sentences), asked, seconds)


class Linear:
    """Nodes are entities, then passages."""

    index_llm_tokens = 0

    def __init__(self, name: str, corpus: Corpus, named: NamedCorpus, settings: LinearSettings) -> None:
        self.name = name
        self.parameters = asdict(settings)
        self._settings = settings
        self._corpus = corpus
        self._ids = corpus.ids
        self._named = named
        began = time.perf_counter()
        self._sentences_of: dict[int, list[int]] = defaultdict(list)
        for sentence, names in enumerate(named.found.names_of):
            for entity in names:
                self._sentences_of[entity].append(sentence)
        self._log_counts = sparse.csc_array(named.found.counts.log1p())
        self._graph = self._built()
        self.index_s = named.seconds + time.perf_counter() - began

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """Passages by the walk; by their vectors alone where the question names nothing."""
        vector = self._corpus.asked[question.id]
        near = self._corpus.vectors @ vector
        seeds = self._seeds(question)
        if not seeds:
            return Ranked(tuple(self._ids[row] for row in best(near, k)))
        weights, active = self._spread(seeds, vector)
        bonus = self._bonus(active)
        passages = self._settings.passage_weight * (self._settings.passage_ratio * min_max(near) + np.log1p(bonus))
        at = self._graph.ranks(np.concatenate([weights, passages]))[len(weights) :]
        return Ranked(tuple(self._ids[row] for row in best(at, k)))

    def _built(self) -> PageRank:
        """Edges of count / sum of counts between passages and the entities found in them, 1 between neighbours."""
        found, texts, names = self._named.found, len(self._ids), len(self._named.found.names)
        pairs = sorted({(row, n) for row, own in zip(found.of_text, found.names_of, strict=True) for n in own})
        at = np.array(pairs, np.int64).reshape(-1, 2)
        mask = sparse.csr_array((np.ones(len(at)), (at[:, 0], at[:, 1])), (texts, names))
        held = sparse.csr_array(mask.multiply(found.counts))
        sums = np.asarray(held.sum(axis=1)).ravel()
        shares = sparse.csr_array(sparse.diags_array(1.0 / np.where(sums > 0.0, sums, 1.0)) @ held)
        steps = sparse.diags_array(np.full(max(texts - 1, 0), float(self._settings.neighbours)), offsets=1)
        beside = sparse.csr_array(steps) if texts > 1 else sparse.csr_array((texts, texts))
        graph = with_passages(sparse.csr_array((names, names)), sparse.csr_array(shares.T), beside)
        return PageRank(names + texts, graph, damping=self._settings.damping)

    def _seeds(self, question: SuiteQuestion) -> dict[int, float]:
        """The nearest entity of each name in the question, with its cosine."""
        asked = self._named.asked[question.id]
        if not len(asked) or not len(self._named.names):
            return {}
        cosines = asked @ self._named.names.T
        return {int(row.argmax()): float(row.max()) for row in cosines}

    def _spread(self, seeds: Mapping[int, float], vector: Vectors) -> tuple[Floats, dict[int, tuple[float, int]]]:
        """Weights of the entities, and each active one's last score with the round it was reached in."""
        weights = np.zeros(len(self._named.found.names))
        for entity, score in seeds.items():
            weights[entity] = score
        active = {entity: (score, 1) for entity, score in seeds.items()}
        current = dict(active)
        used: set[int] = set()
        for tier in range(2, self._settings.rounds + 1):
            reached: dict[int, tuple[float, int]] = {}
            for entity, (score, _) in current.items():
                if score < self._settings.threshold:
                    continue
                for sentence, near in self._nearest(entity, vector, used):
                    used.add(sentence)
                    passed = score * near
                    if passed >= self._settings.threshold:
                        for other in self._named.found.names_of[sentence]:
                            weights[other] += passed
                            reached[other] = (passed, tier)
            active.update(reached)
            current = reached
        return weights, active

    def _nearest(self, entity: int, vector: Vectors, used: set[int]) -> list[tuple[int, float]]:
        """Sentences that name an entity, nearest to the question first, as many as are followed."""
        free = [s for s in self._sentences_of.get(entity, ()) if s not in used]
        if not free:
            return []
        cosines = self._named.sentences[free] @ vector
        return [(free[n], float(cosines[n])) for n in best(cosines, self._settings.sentences)]

    def _bonus(self, active: Mapping[int, tuple[float, int]]) -> Floats:
        """Of each passage, the sum over active entities of score x ln(1 + count) / round."""
        entities = sorted(active)
        worth = np.array([active[e][0] / active[e][1] for e in entities])
        bonus: Floats = self._log_counts[:, entities] @ worth
        return bonus
