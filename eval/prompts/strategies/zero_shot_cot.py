"""Zero-shot chain of thought in two calls: reasons, then the answer (Kojima et al. 2022, arXiv:2205.11916)."""

from collections.abc import Mapping

from eval.prompts.ask import Asker
from eval.prompts.domain import Attempt, Problem
from eval.prompts.protocols import Task
from eval.runs import Json


class ZeroShotChainOfThought:
    """A call that thinks and one that concludes."""

    name = "zero-shot-cot"
    settings: Mapping[str, Json] = {}

    def __init__(self, task: Task) -> None:
        self._task = task

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """Let the model reason in its own form, then ask for the answer; raises models.errors."""
        from langchain_core.messages import AIMessage, HumanMessage

        words = self._task.wording(problem.language)
        thinking = words.messages("", f"{words.of(problem)}\n\n{words.think}")
        reasons = await asker.ask(thinking, "reasons")
        concluding = [*thinking, AIMessage(reasons), HumanMessage(words.conclude)]
        answer = await asker.ask(concluding, "answer")
        return asker.attempt(f"{reasons}\n{answer}")
