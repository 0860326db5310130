"""Self-consistency: sampled chains of thought, the answer that most agree on (Wang et al. 2022, arXiv:2203.11171)."""

from collections.abc import Callable, Mapping, Sequence

from eval.prompts.ask import Asker
from eval.prompts.domain import Attempt, Problem
from eval.prompts.protocols import Task
from eval.prompts.strategies.chain_of_thought import reasoning_messages
from eval.runs import Json


class SelfConsistency:
    """As many calls as samples."""

    name = "self-consistency"

    def __init__(self, task: Task, *, samples: int = 5, temperature: float = 0.7) -> None:
        self._task = task
        self._samples = samples
        self._temperature = temperature

    @property
    def settings(self) -> Mapping[str, Json]:
        """Samples and their temperature."""
        return {"samples": self._samples, "temperature": self._temperature}

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """Sample, then take the text whose answer the others share most; raises models.errors."""
        messages = reasoning_messages(self._task.wording(problem.language), problem)
        texts = [
            await asker.ask(messages, f"sample {n + 1}", temperature=self._temperature) for n in range(self._samples)
        ]
        winner, votes = majority(texts, self._task.agreement)
        return asker.attempt(texts[winner], samples=texts, votes=[round(v, 3) for v in votes], taken=winner)


def majority(texts: Sequence[str], agreement: Callable[[str, str], float]) -> tuple[int, tuple[float, ...]]:
    """Which text the others agree with most, and the sum of agreement with each; a tie goes to the earliest.

    Where answers are equal or not, this is the plurality vote; a text without an answer agrees with none. Where they
    are sentences, it is the text in their middle.
    """
    votes = tuple(sum(agreement(a, b) for b in texts) for a in texts)
    return max(range(len(texts)), key=lambda n: (votes[n], -n)), votes
