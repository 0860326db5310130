"""The answer suites by name."""

from collections.abc import Callable, Mapping
from pathlib import Path

from eval.answers.domain import AnswerSuite
from eval.answers.readers import ecs

Reader = Callable[[Path], AnswerSuite]

READERS: Mapping[str, Reader] = {
    "ecs": ecs.read,
}
"""Each reads the folder of evaluation data, or the file that is given instead."""
