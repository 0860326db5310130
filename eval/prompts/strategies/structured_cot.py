"""Structured chain of thought: reasons under fixed headings, after Li et al. 2023 (arXiv:2305.06599) on code."""

from collections.abc import Mapping

from eval.prompts.ask import Asker
from eval.prompts.domain import Attempt, Problem
from eval.prompts.protocols import Task
from eval.runs import Json


class StructuredChainOfThought:
    """One call after examples under the same headings: what is given, what is asked, the steps, a check."""

    name = "structured-cot"
    settings: Mapping[str, Json] = {}

    def __init__(self, task: Task) -> None:
        self._task = task

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """Ask for the headings and the answer; raises models.errors."""
        words = self._task.wording(problem.language)
        worked = {
            words.asked(e.question, e.evidence): f"{e.structured.strip()}\n{words.marked(e.answer)}"
            for e in words.examples
        }
        messages = words.messages(f"{words.structured}{words.form}", words.of(problem), worked)
        return asker.attempt(await asker.ask(messages, "answer"))
