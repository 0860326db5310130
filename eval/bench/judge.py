"""How long the judge takes to rerank the passages of a question, by each of its engines, in the same run."""

import os
import time
from collections.abc import Sequence
from statistics import quantiles
from typing import TYPE_CHECKING

import numpy as np

from eval.bench.passages import QUESTIONS

if TYPE_CHECKING:
    from models.judge.cross_encoder import Engine

PASSAGES, LIMIT_MS = 12, 600.0
"""Passages of one question, and the milliseconds asked for 95 of 100 questions on two cores."""


def measure(passages: Sequence[str], *, rounds: int) -> dict[str, object]:
    """Milliseconds for ``PASSAGES`` of the passages, the engines taken in turn; ``passed`` tells it of the product's.

    ``apart`` is the largest distance between the relevances that two engines give a passage.
    """
    from models.e5 import bundled_weights
    from models.errors import WeightsMissing
    from models.judge.cross_encoder import CrossEncoderJudge, bundled_judge

    path = bundled_judge()
    if path is None:
        raise WeightsMissing("this installation has no weights of a judge; cure: pip install --force-reinstall jianxi")
    chosen = CrossEncoderJudge(path, bundled_weights())
    judges = {chosen.engine: chosen}
    wanted: tuple[Engine, ...] = ("onnx", "openvino")
    for judge in (CrossEncoderJudge(path, bundled_weights(), engine=name) for name in wanted):
        judges.setdefault(judge.engine, judge)
    for judge in judges.values():
        judge.relevance(QUESTIONS[0], passages[:PASSAGES])
    took: dict[str, list[float]] = {name: [] for name in judges}
    apart = 0.0
    for turn in range(rounds):
        question, first = QUESTIONS[turn % len(QUESTIONS)], turn * PASSAGES % (len(passages) - PASSAGES + 1)
        read = []
        for name, judge in judges.items():
            start = time.perf_counter()
            read.append(judge.relevance(question, passages[first : first + PASSAGES]))
            took[name].append((time.perf_counter() - start) * 1e3)
        apart = max(apart, float(np.ptp(read, axis=0).max()))
    times = {name: quantiles(found, n=20) for name, found in took.items()}
    return {
        "engine": chosen.engine,
        "passages": PASSAGES,
        "rounds": rounds,
        "engines": {name: {"p50_ms": round(t[9], 1), "p95_ms": round(t[18], 1)} for name, t in times.items()},
        "apart": round(apart, 4),
        "limit_ms": LIMIT_MS,
        "load_average": round(os.getloadavg()[0], 1),
        "passed": times[chosen.engine][18] <= LIMIT_MS,
    }
