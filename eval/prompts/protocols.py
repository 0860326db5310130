"""The seams: a task asks, looks things up and scores; a strategy attempts."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from eval.prompts.ask import Asker
from eval.prompts.domain import Attempt, Planned, Problem, Score
from eval.runs import Json


class Task(Protocol):
    """Problems of one kind and how answers to them are judged."""

    @property
    def name(self) -> str:
        """The name on the command line and in runs."""

    def problems(self) -> Sequence[Problem]:
        """All problems, in the order of their file."""

    async def shown(self, problem: Problem) -> Problem:
        """The problem with the evidence that goes with it into every prompt."""

    async def planned(self, problem: Problem, asker: Asker) -> Planned:
        """Typed look-ups in a graph for a problem and the facts they found; an empty plan finds nothing."""

    def agreement(self, a: str, b: str) -> float:
        """How far two texts give the same answer, from 0 to 1; 0 where either gives none."""

    def score(self, problem: Problem, text: str) -> Score:
        """How right a text is."""


class Strategy(Protocol):
    """A way of prompting."""

    @property
    def name(self) -> str:
        """The name on the command line and in runs."""

    @property
    def settings(self) -> Mapping[str, Json]:
        """What a run must tell to be repeated: samples, breadth, depth, temperature."""

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """Ask the model, once or more; raises models.errors."""
