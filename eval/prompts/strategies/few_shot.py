"""Few-shot: worked examples that show the answer alone (Brown et al. 2020, arXiv:2005.14165)."""

from collections.abc import Mapping

from eval.prompts.ask import Asker
from eval.prompts.domain import Attempt, Problem
from eval.prompts.protocols import Task
from eval.runs import Json


class FewShot:
    """One call after the wording's examples."""

    name = "few-shot"
    settings: Mapping[str, Json] = {}

    def __init__(self, task: Task) -> None:
        self._task = task

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """Ask for the answer at once, as in the examples; raises models.errors."""
        words = self._task.wording(problem.language)
        worked = {words.asked(e.question, e.evidence): words.marked(e.answer) for e in words.examples}
        return asker.attempt(await asker.ask(words.messages(words.direct, words.of(problem), worked), "answer"))
