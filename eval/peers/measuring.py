"""Asking a system all questions of a suite, one after another, and keeping the run."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.peers.domain import Corpus, Peer
from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.metrics import complete, ndcg, percentile, recall
from eval.runs import EvalRun, EvalRuns, Item, Json
from models.protocols import Embedder

KIND = "peers"
"""The kind of these runs."""

QUALITIES = ("recall@2", "recall@5", "recall@10", "all@5", "ndcg@10", "mrr@10")
"""The figures of a ranking, in the order of the table."""

DEPTH = 10
_WARM, _TIMED = 3, 20


@dataclass(frozen=True, slots=True)
class Costs:
    """What all systems of a table share: seconds of embedding the corpus, milliseconds of embedding a question."""

    embedding_s: float
    question_ms: float


async def measured(
    peer: Peer, corpus: Corpus, runs: EvalRuns, *, table: str, costs: Costs, machine: Mapping[str, Json]
) -> EvalRun:
    """Ask every question once, after a few that do not count; ``table`` names the runs that belong together."""
    questions = corpus.suite.questions
    for question in questions[:_WARM]:
        await peer.rank(question, DEPTH)
    items, tokens = [], 0
    for question in questions:
        began = time.perf_counter()
        ranked = await peer.rank(question, DEPTH)
        spent_ms = 1000.0 * (time.perf_counter() - began)
        tokens += ranked.llm_tokens
        items.append(_item(question, ranked.ids, spent_ms))
    times = [i.metrics["retrieve_ms"] for i in items]
    figures = {name: sum(i.metrics[name] for i in items) / len(items) for name in QUALITIES}
    figures |= {
        "p50_ms": percentile(times, 0.5),
        "p95_ms": percentile(times, 0.95),
        "index_s": peer.index_s,
        "index_llm_tokens": float(peer.index_llm_tokens),
        "query_llm_tokens": float(tokens),
        "embedding_s": costs.embedding_s,
        "question_ms": costs.question_ms,
    }
    manifest: dict[str, Json] = {
        "table": table,
        "texts": len(corpus.documents),
        "parameters": dict(peer.parameters),
        "machine": dict(machine),
    }
    return runs.keep(KIND, corpus.suite.name, peer.name, items, figures=figures, manifest=manifest)


def question_ms(questions: Sequence[SuiteQuestion], embedder: Embedder) -> float:
    """Milliseconds of embedding a question, the median of a few."""
    times = []
    for question in questions[: _WARM + _TIMED]:
        began = time.perf_counter()
        embedder.encode_query(question.text)
        times.append(1000.0 * (time.perf_counter() - began))
    return percentile(times[min(_WARM, len(times) - 1) :], 0.5)


def reciprocal_rank(found: Sequence[str], gold: Mapping[str, int]) -> float:
    """One over the place of the first that is right, 0 where none is."""
    return next((1.0 / place for place, id_ in enumerate(found, start=1) if id_ in gold), 0.0)


def _item(question: SuiteQuestion, found: Sequence[str], spent_ms: float) -> Item:
    metrics = {
        "recall@2": recall(found, question.gold, 2),
        "recall@5": recall(found, question.gold, 5),
        "recall@10": recall(found, question.gold, 10),
        "all@5": complete(found, question.gold, 5),
        "ndcg@10": ndcg(found, question.gold, 10),
        "mrr@10": reciprocal_rank(found, question.gold),
        "retrieve_ms": spent_ms,
    }
    detail: dict[str, Json] = {"question": question.text, "found": list(found), "gold": sorted(question.gold)}
    return Item(question.id, metrics, {"language": question.language}, detail=detail)
