"""The answer suites by name."""

from collections.abc import Callable, Mapping
from pathlib import Path

from eval.answers.domain import AnswerSuite
from eval.answers.readers import ecs, graphrag_bench, mirage, pubmedqa, rgb

Reader = Callable[[Path], AnswerSuite]

READERS: Mapping[str, Reader] = {
    "ecs": ecs.read,
    "rgb": rgb.read,
    "pubmedqa": pubmedqa.read,
    "graphrag-bench": graphrag_bench.read,
    "mirage": mirage.read,
}
"""Each reads the folder of evaluation data, or the file or folder that is given instead."""


def read_suite(name: str, data: Path, *, noise: float | None = None) -> AnswerSuite:
    """A suite; ``noise`` is RGB's ratio. Raises MissingData and BrokenData."""
    return rgb.read(data, noise=noise) if name == "rgb" and noise is not None else READERS[name](data)
