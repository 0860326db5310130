"""Run a retrieval suite through the product: ``python -m eval.retrieval.suite --suite NAME --json``."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.retrieval import ecs
from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.homes import open_home
from eval.retrieval.metrics import complete, ndcg, percentile, recall
from eval.retrieval.suites import names, suite_named
from models.protocols import Embedder
from retrieval.domain import Mode, Query
from retrieval.pipeline import Retriever

Progress = Callable[[str, int, int], None]

_K = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """What a suite gave; times are without the embedding of the question."""

    suite: str
    n: int
    recall_at_5: float
    all_at_5: float
    ndcg_at_10: float
    p50_ms: float
    p95_ms: float
    by_language: tuple[tuple[str, int, float], ...] = ()

    def document(self) -> dict[str, object]:
        """The figures as JSON shows them."""
        shown: dict[str, object] = {
            "suite": self.suite,
            "n": self.n,
            "recall@5": round(self.recall_at_5, 4),
            "all@5": round(self.all_at_5, 4),
            "ndcg@10": round(self.ndcg_at_10, 4),
            "p50_ms": round(self.p50_ms, 2),
            "p95_ms": round(self.p95_ms, 2),
        }
        for language, count, value in self.by_language:
            shown[f"recall@5 {language}"] = round(value, 4)
            shown[f"n {language}"] = count
        return shown


async def run_suite(
    name: str,
    *,
    data: Path,
    home: Path,
    embedder: Embedder,
    mode: Mode = Mode.HYBRID,
    progress: Progress | None = None,
) -> Figures:
    """Build the suite's home under ``home`` where it is not there yet, and ask all its questions."""
    if name == "ecs":
        async with ecs.open_home(home / "ecs", data, embedder, progress) as opened:
            return await ask_all(name, opened.retriever, embedder, ecs.questions(data), mode)
    suite = suite_named(name, data)
    async with open_home(home / suite.name, suite, embedder, progress) as opened:
        return await ask_all(suite.name, opened.retriever, embedder, suite.questions, mode)


async def ask_all(
    name: str, retriever: Retriever, embedder: Embedder, questions: Sequence[SuiteQuestion], mode: Mode
) -> Figures:
    """Figures over the questions that have gold."""
    asked = [q for q in questions if q.gold]
    rankings: list[list[str]] = []
    times: list[float] = []
    for question in asked:
        vector = await asyncio.to_thread(embedder.encode_query, await retriever.embedded_text(question.text))
        start = time.perf_counter()
        pack = await retriever.retrieve(Query(question.text, mode, _K), vector=vector)
        times.append(1000.0 * (time.perf_counter() - start))
        rankings.append(list(dict.fromkeys(p.document.source_id for p in pack.passages)))
    pairs = list(zip(rankings, asked, strict=True))
    languages = sorted({q.language for q in asked})
    by_language = tuple(
        (language, len(own), _mean([recall(found, q.gold, 5) for found, q in own]))
        for language in languages
        if (own := [(found, q) for found, q in pairs if q.language == language])
    )
    return Figures(
        suite=name,
        n=len(asked),
        recall_at_5=_mean([recall(found, q.gold, 5) for found, q in pairs]),
        all_at_5=_mean([complete(found, q.gold, 5) for found, q in pairs]),
        ndcg_at_10=_mean([ndcg(found, q.gold, 10) for found, q in pairs]),
        p50_ms=percentile(times[1:] or times, 0.5),
        p95_ms=percentile(times[1:] or times, 0.95),
        by_language=by_language if len(languages) > 1 else (),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def main() -> None:
    """The command."""
    from app.choices import embedder_of
    from app.settings import Settings

    settings = Settings()
    parser = argparse.ArgumentParser(description="Retrieval on an open suite.")
    parser.add_argument("--suite", required=True, help=f"{', '.join(names())}, ecs, or a folder in BEIR's layout")
    parser.add_argument("--mode", default="hybrid", choices=[m.value for m in Mode])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    if settings.shared_data is None:
        parser.error("set JIANXI_SHARED_DATA to the folder of evaluation data (eval/README.md)")
    figures = asyncio.run(
        run_suite(
            options.suite,
            data=settings.shared_data,
            home=settings.home_path / "eval",
            embedder=embedder_of(settings),
            mode=Mode(options.mode),
            progress=_told,
        )
    ).document()
    print(json.dumps(figures) if options.json else "\n".join(f"{k:16} {v}" for k, v in figures.items()))


def _told(stage: str, done: int, total: int) -> None:
    print(f"\r{stage} {done}/{total}   ", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
