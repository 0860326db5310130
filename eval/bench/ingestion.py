"""Time of ingesting the glymphatic abstracts against the embedder's own time on the same passages, in one run."""

import asyncio
import time
from pathlib import Path
from statistics import median_high

from app.bootstrap import build
from app.settings import Settings
from eval.bench.commands import run
from kg.progress import untold
from models.e5 import BundledE5, bundled_weights
from retrieval.index.store_content import read_all

LIMIT = 1.25


async def texts_of(home: Path) -> list[str]:
    """What was embedded of every passage of a home."""
    async with build(Settings(home=home, chat="extractive")) as app:
        _, passages = await read_all(app.store, untold)
    return [p.searchable for p in passages]


def figures(data: Path, folder: Path, *, rounds: int) -> dict[str, object]:
    """All figures; embedder and ingestion take turns, and medians are compared.

    The embedder is loaded and has all texts at once: the best order it can have.
    """
    file = data / "papers/glymphatic_abstracts/corpus.jsonl"
    embedder = BundledE5(bundled_weights())
    commands, jobs, alone = [], [], []
    for number in range(rounds):
        home = folder / str(number)
        ran = run(home, "ingest", str(file), "--json")
        summary = ran.json()
        commands.append(ran.seconds)
        jobs.append(float(summary["seconds"]))
        if number == 0:
            texts = asyncio.run(texts_of(home))
        embedder.encode_query("间隙")
        began = time.perf_counter()
        embedder.encode_passages(texts)
        alone.append(time.perf_counter() - began)
    command, job, own = map(median_high, (commands, jobs, alone))
    return {
        "documents": int(summary["documents"]),
        "passages": len(texts),
        "rounds": rounds,
        "embedder_s": round(own, 2),
        "ingest_s": round(command, 2),
        "job_s": round(job, 2),
        "ratio": round(command / own, 3),
        "job_ratio": round(job / own, 3),
        "limit": LIMIT,
        "holds": command / own <= LIMIT,
    }
