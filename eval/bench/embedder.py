"""How fast the bundled embedder is, beside its other engines and the matmul peak of the machine, in the same run.

Asked is at least .75 of the peak: OpenVINO's dense product in bf16 where the processor multiplies it natively, else in
f32.
"""

import os
import time
from collections.abc import Sequence
from statistics import quantiles
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from eval.bench.passages import QUESTIONS
from eval.memory import memory_bytes

if TYPE_CHECKING:
    from models.e5.embedder import BundledE5, Engine

Counts = npt.NDArray[np.int64]

LIMIT = 0.75
_WARM = 20


def measure(passages: Sequence[str], *, rounds: int, engines: "Sequence[Engine]") -> dict[str, object]:
    """The best of the rounds of each engine, taken in turn, so that all see the same machine.

    ``share_of_peak`` is that of the engine that the product takes here.
    """
    from models.e5 import BundledE5, bundled_weights
    from models.e5.openvino_engine import native_precision
    from models.e5.tokenizer import opened

    _, tokenizer = opened(bundled_weights())
    lengths = np.array([len(row) for row in tokenizer.ids(passages, "passage: ")])
    chosen = BundledE5(bundled_weights())
    embedders = {chosen.engine: chosen}
    for wanted in engines:
        other = BundledE5(bundled_weights(), engine=wanted)
        embedders.setdefault(other.engine, other)
    peak = matmul_peak(native_precision())
    seconds: dict[str, list[float]] = {name: [] for name in embedders}
    peaks = []
    for embedder in embedders.values():
        embedder.encode_passages(passages[:_WARM])
    for _ in range(rounds):
        for name, embedder in embedders.items():
            start = time.perf_counter()
            embedder.encode_passages(passages)
            seconds[name].append(time.perf_counter() - start)
        peaks.append(peak())
    share = _gflops(lengths, min(seconds[chosen.engine])) / max(peaks)
    return {
        "engine": chosen.engine,
        "passages": len(passages),
        "tokens_mean": round(float(lengths.mean()), 1),
        "engines": {name: _speed(embedder, lengths, min(seconds[name])) for name, embedder in embedders.items()},
        "peak_gflops": round(max(peaks), 1),
        "share_of_peak": round(share, 3),
        "limit": LIMIT,
        "rss_mb": round(memory_bytes() / 2**20),
        "load_average": round(os.getloadavg()[0], 1),
        "passed": share >= LIMIT,
    }


def _speed(embedder: "BundledE5", lengths: Counts, seconds: float) -> dict[str, float]:
    query = query_times(embedder.encode_query)
    return {
        "passages_per_s": round(len(lengths) / seconds, 1),
        "tokens_per_s": round(float(lengths.sum()) / seconds),
        "gflops": round(_gflops(lengths, seconds), 1),
        "query_ms_p50": round(query[49], 1),
        "query_ms_p95": round(query[94], 1),
    }


def _gflops(lengths: Counts, seconds: float) -> float:
    return float(operations(lengths) / seconds / 1e9)


def operations(lengths: Counts) -> float:
    """Floating point operations of the matrix products for texts of these token counts, without padding."""
    hidden, feed_forward, layers = 384, 1536, 12
    linear = 2 * (4 * hidden * hidden + 2 * hidden * feed_forward)
    attention = 4 * hidden * lengths
    return float(layers * (lengths * (linear + attention)).sum())


def matmul_peak(precision: str) -> Any:
    """A function that measures OpenVINO's own dense product in this precision, GFLOP/s, best of several."""
    import openvino as ov
    from openvino import opset13 as op

    size, depth = 2048, 1536
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((depth, depth), np.float32) / depth**0.5
    given = op.parameter([size, depth], ov.Type.f32)
    product: Any = given
    layers = 4
    for _ in range(layers):
        product = op.matmul(product, op.constant(matrix), False, True)
    options = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1}
    request = ov.Core().compile_model(ov.Model([product], [given], "peak"), "CPU", options).create_infer_request()
    inputs = [rng.standard_normal((size, depth), np.float32)]
    request.infer(inputs)

    def once() -> float:
        best = 0.0
        for _ in range(5):
            start = time.perf_counter()
            request.infer(inputs)
            best = max(best, layers * 2 * size * depth * depth / (time.perf_counter() - start) / 1e9)
        return best

    return once


def query_times(encode: Any) -> list[float]:
    """The percentiles 1 to 99 of the time of a question, ms; a first round is not counted."""
    times = []
    for question in QUESTIONS * 26:
        start = time.perf_counter()
        encode(question)
        times.append((time.perf_counter() - start) * 1e3)
    return quantiles(times[len(QUESTIONS) :], n=100)
