"""How quick a search is without the question's embedding: ``python -m eval.bench.search --json``."""

import argparse
import asyncio
import json
import time
from pathlib import Path
from statistics import median

from eval.retrieval import ecs
from eval.retrieval.metrics import percentile
from models.protocols import Embedder
from retrieval.domain import EvidencePack, Query

LIMIT_P95_MS = 15.0


async def measure(home: Path, data: Path, embedder: Embedder, *, rounds: int = 3) -> dict[str, object]:
    """Milliseconds of all ECS questions on the home of abstracts and HerbiV, each asked ``rounds`` times."""
    times: list[float] = []
    packs: list[EvidencePack] = []
    async with ecs.open_home(home, data, embedder, graphs=("herbiv",)) as opened:
        questions = ecs.questions(data, lists=True)
        texts = [await opened.retriever.embedded_text(q.text) for q in questions]
        vectors = [await asyncio.to_thread(embedder.encode_query, text) for text in texts]
        await opened.retriever.retrieve(Query(questions[0].text, k=5), vector=vectors[0])
        for _ in range(rounds):
            for question, vector in zip(questions, vectors, strict=True):
                start = time.perf_counter()
                packs.append(await opened.retriever.retrieve(Query(question.text, k=5), vector=vector))
                times.append(1000.0 * (time.perf_counter() - start))
    stages = {
        stage: round(median([p.stages_ms.get(stage, 0.0) for p in packs]), 2) for stage in sorted(packs[0].stages_ms)
    }
    p95 = percentile(times, 0.95)
    return {
        "n": len(times),
        "p50_ms": round(percentile(times, 0.5), 2),
        "p95_ms": round(p95, 2),
        "limit_p95_ms": LIMIT_P95_MS,
        "holds": p95 <= LIMIT_P95_MS,
        "stages_p50_ms": stages,
    }


def main() -> None:
    """The command."""
    from app.providers import embedder_of
    from app.settings import Settings

    parser = argparse.ArgumentParser(description="Latency of a search without the question's embedding.")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    settings = Settings()
    if settings.shared_data is None:
        parser.error("set JIANXI_SHARED_DATA to the folder of evaluation data (eval/README.md)")
    home = settings.home_path / "eval" / "homes" / "ecs-herbiv"
    figures = asyncio.run(measure(home, settings.shared_data, embedder_of(settings)))
    print(json.dumps(figures) if options.json else "\n".join(f"{k:16} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
