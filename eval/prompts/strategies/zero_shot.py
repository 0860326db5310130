"""Zero-shot: the question and the form of the answer, nothing else."""

from collections.abc import Mapping

from eval.prompts.ask import Asker
from eval.prompts.domain import Attempt, Problem
from eval.prompts.protocols import Task
from eval.runs import Json


class ZeroShot:
    """One call."""

    name = "zero-shot"
    settings: Mapping[str, Json] = {}

    def __init__(self, task: Task) -> None:
        self._task = task

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """Ask for the answer at once; raises models.errors."""
        words = self._task.wording(problem.language)
        return asker.attempt(await asker.ask(words.messages(words.direct, words.of(problem)), "answer"))
