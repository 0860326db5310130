"""Chain of thought: worked examples that reason before they answer (Wei et al. 2022, arXiv:2201.11903)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from eval.prompts.ask import Asker
from eval.prompts.domain import Attempt, Problem
from eval.prompts.prompt_texts import Wording
from eval.prompts.protocols import Task
from eval.runs import Json

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage


class ChainOfThought:
    """One call after examples with their steps."""

    name = "chain-of-thought"
    settings: Mapping[str, Json] = {}

    def __init__(self, task: Task) -> None:
        self._task = task

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """Ask for steps and answer; raises models.errors."""
        words = self._task.wording(problem.language)
        return asker.attempt(await asker.ask(reasoning_messages(words, problem), "answer"))


def reasoning_messages(words: Wording, problem: Problem) -> "list[BaseMessage]":
    """The prompt of a chain of thought."""
    worked = {words.asked(e.question, e.evidence): f"{e.steps}\n{words.marked(e.answer)}" for e in words.examples}
    return words.messages(f"{words.reason} {words.form}", words.of(problem), worked)
