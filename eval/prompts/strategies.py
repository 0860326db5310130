"""Ways of prompting by name; a new one is a class here and a line in ``STRATEGIES``."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eval.prompts.ask import Asker
from eval.prompts.domain import Attempt, Problem
from eval.prompts.prompt_texts import Shown, Wording, wording
from eval.prompts.protocols import Strategy, Task
from eval.runs import Json

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_NUMBERED = re.compile(r"^\s*(?:\d{1,2}\s*[.)、:：．]|[-*•])\s*(?P<step>\S.*?)\s*$")
_VALUE_TOKENS = 12


@dataclass(frozen=True, slots=True)
class OneCall:
    """One call: an instruction, worked examples in the strategy's way, and the problem."""

    name: str
    task: Task
    instruction: Callable[[Wording], str]
    reply: Callable[[Shown, Wording], str] | None = None
    settings: Mapping[str, Json] = field(default_factory=dict)

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """Ask for the answer; raises models.errors."""
        return asker.attempt(await asker.ask(self.messages(problem), "answer"))

    def messages(self, problem: Problem) -> "list[BaseMessage]":
        """The prompt."""
        words = wording(self.task.name, problem.language)
        examples = words.examples if self.reply else ()
        worked = {words.asked(e): self.reply(e, words) for e in examples if self.reply}
        return words.messages(self.instruction(words), words.asked(problem), worked)


def zero_shot(task: Task) -> OneCall:
    """The question and the form of the answer, nothing else."""
    return OneCall("zero-shot", task, lambda words: words.direct)


def few_shot(task: Task) -> OneCall:
    """Worked examples that show the answer alone (Brown et al. 2020, arXiv:2005.14165)."""
    return OneCall("few-shot", task, lambda words: words.direct, lambda e, words: words.marked(e.answer))


def chain_of_thought(task: Task) -> OneCall:
    """Worked examples that reason before they answer (Wei et al. 2022, arXiv:2201.11903)."""
    return OneCall(
        "chain-of-thought",
        task,
        lambda words: f"{words.reason} {words.form}",
        lambda e, words: f"{e.steps}\n{words.marked(e.answer)}",
    )


def structured_cot(task: Task) -> OneCall:
    """Reasons under fixed headings: given, asked, steps, check; after Li et al. 2023 (arXiv:2305.06599) on code."""
    return OneCall(
        "structured-cot",
        task,
        lambda words: f"{words.structured}{words.form}",
        lambda e, words: f"{e.structured.strip()}\n{words.marked(e.answer)}",
    )


@dataclass(frozen=True, slots=True)
class ZeroShotChainOfThought:
    """A call that thinks in its own form and one that concludes (Kojima et al. 2022, arXiv:2205.11916)."""

    task: Task
    name: str = "zero-shot-cot"
    settings: Mapping[str, Json] = field(default_factory=dict)

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """Let the model reason, then ask for the answer; raises models.errors."""
        from langchain_core.messages import AIMessage, HumanMessage

        words = wording(self.task.name, problem.language)
        thinking = words.messages("", f"{words.asked(problem)}\n\n{words.think}")
        reasons = await asker.ask(thinking, "reasons")
        answer = await asker.ask([*thinking, AIMessage(reasons), HumanMessage(words.conclude)], "answer")
        return asker.attempt(f"{reasons}\n{answer}")


@dataclass(frozen=True, slots=True)
class SelfConsistency:
    """Sampled chains of thought, the answer that most agree on (Wang et al. 2022, arXiv:2203.11171)."""

    task: Task
    samples: int = 5
    temperature: float = 0.7
    name: str = "self-consistency"

    @property
    def settings(self) -> Mapping[str, Json]:
        """Samples and their temperature."""
        return {"samples": self.samples, "temperature": self.temperature}

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """Sample, then take the text whose answer the others share most; raises models.errors."""
        asked = chain_of_thought(self.task).messages(problem)
        texts = [await asker.ask(asked, f"sample {n + 1}", temperature=self.temperature) for n in range(self.samples)]
        winner, votes = majority(texts, self.task.agreement)
        return asker.attempt(texts[winner], samples=texts, votes=[round(v, 3) for v in votes], taken=winner)


def majority(texts: Sequence[str], agreement: Callable[[str, str], float]) -> tuple[int, tuple[float, ...]]:
    """Which text the others agree with most, and the sum of agreement with each; a tie goes to the earliest.

    Where answers are equal or not, this is the plurality vote; a text without an answer agrees with none. Where they
    are sentences, it is the text in their middle.
    """
    votes = tuple(sum(agreement(a, b) for b in texts) for a in texts)
    return max(range(len(texts)), key=lambda n: (votes[n], -n)), votes


@dataclass(frozen=True, slots=True)
class Thought:
    """A way through the tree: its steps and the worth of the last one."""

    steps: tuple[str, ...]
    worth: float = 0.0


@dataclass(frozen=True, slots=True)
class TreeOfThought:
    """Steps proposed, valued and selected breadth first (Yao et al. 2023, arXiv:2305.10601).

    At each depth every kept thought is given next steps; the best ``breadth`` are kept, the best one is finished.
    """

    task: Task
    proposals: int = 3
    breadth: int = 2
    depth: int = 2
    name: str = "tree-of-thought"

    @property
    def settings(self) -> Mapping[str, Json]:
        """Steps proposed at a time, thoughts kept, and how deep."""
        return {"proposals": self.proposals, "breadth": self.breadth, "depth": self.depth}

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """Search, then answer from the best thought; raises models.errors."""
        words = wording(self.task.name, problem.language)
        asked = words.asked(problem)
        kept = [Thought(())]
        for _ in range(self.depth):
            grown = [t for thought in kept for t in await self._proposed(thought, asked, words, asker)]
            kept = select([await self._valued(t, asked, words, asker) for t in distinct(grown)], self.breadth) or kept
        last = words.finish.format(asked=asked, steps=_steps(kept[0], words))
        answer = await asker.ask(words.messages(f"{words.reason} {words.form}", last), "answer")
        thoughts: list[Json] = [{"steps": list(t.steps), "worth": t.worth} for t in kept]
        return asker.attempt(answer, thoughts=thoughts)

    async def _proposed(self, thought: Thought, asked: str, words: Wording, asker: Asker) -> list[Thought]:
        prompt = words.propose.format(asked=asked, steps=_steps(thought, words), count=self.proposals)
        reply = await asker.ask(words.messages("", prompt), "propose")
        return [Thought((*thought.steps, step)) for step in steps_in(reply, self.proposals)]

    async def _valued(self, thought: Thought, asked: str, words: Wording, asker: Asker) -> Thought:
        prompt = words.value.format(asked=asked, steps=_steps(thought, words))
        reply = await asker.ask(words.messages("", prompt), "value", max_tokens=_VALUE_TOKENS)
        return Thought(thought.steps, worth(reply, words.values))


def steps_in(reply: str, most: int) -> tuple[str, ...]:
    """The numbered lines of a reply; its first line where none is numbered."""
    numbered = [m["step"] for line in reply.splitlines() if (m := _NUMBERED.match(line))]
    plain = [line.strip() for line in reply.splitlines() if line.strip()]
    return tuple(dict.fromkeys((numbered or plain[:1])[:most]))


def worth(reply: str, values: Mapping[str, float]) -> float:
    """The value of the word that stands first in a reply, the longest where one holds another; 0 without any."""
    lowered = reply.lower()
    standing = [(at, -len(word), word) for word in values if (at := lowered.find(word.lower())) >= 0]
    return values[min(standing)[2]] if standing else 0.0


def distinct(thoughts: Sequence[Thought]) -> list[Thought]:
    """Thoughts that lead over different steps, in order."""
    first: dict[tuple[str, ...], Thought] = {}
    for thought in thoughts:
        first.setdefault(thought.steps, thought)
    return [*first.values()]


def select(thoughts: Sequence[Thought], breadth: int) -> list[Thought]:
    """The best thoughts; of equal ones those proposed first."""
    return sorted(thoughts, key=lambda t: -t.worth)[:breadth]


@dataclass(frozen=True, slots=True)
class GraphPlan:
    """Look-ups in a graph are planned and carried out first, then the question is answered with them."""

    task: Task
    name: str = "graph-plan"
    settings: Mapping[str, Json] = field(default_factory=dict)

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """The task's calls to plan, if it needs any, and one for the answer; raises models.errors."""
        words = wording(self.task.name, problem.language)
        planned = await self.task.planned(problem, asker)
        facts = "\n".join(f"- {fact}" for fact in planned.facts) or words.no_facts
        last = words.planned.format(asked=words.asked(problem), facts=facts)
        answer = await asker.ask(words.messages(f"{words.reason} {words.form}", last), "answer")
        return asker.attempt(answer, planned_by=planned.by, lookups=list(planned.lookups), facts=list(planned.facts))


@dataclass(frozen=True, slots=True)
class Effort:
    """How much the strategies of many calls may spend: samples, and the width and depth of a tree."""

    samples: int = 5
    proposals: int = 3
    breadth: int = 2
    depth: int = 2


STRATEGIES: Mapping[str, Callable[[Task, Effort], Strategy]] = {
    "zero-shot": lambda task, _: zero_shot(task),
    "few-shot": lambda task, _: few_shot(task),
    "chain-of-thought": lambda task, _: chain_of_thought(task),
    "zero-shot-cot": lambda task, _: ZeroShotChainOfThought(task),
    "structured-cot": lambda task, _: structured_cot(task),
    "tree-of-thought": lambda task, e: TreeOfThought(task, e.proposals, e.breadth, e.depth),
    "self-consistency": lambda task, e: SelfConsistency(task, e.samples),
    "graph-plan": lambda task, _: GraphPlan(task),
}
"""In the order of tables."""


def names_of(asked: str) -> tuple[str, ...]:
    """``all`` or names joined by commas; raises ValueError that lists the known ones."""
    names = tuple(dict.fromkeys(n.strip() for n in asked.split(",") if n.strip()))
    if names == ("all",):
        return tuple(STRATEGIES)
    unknown = [n for n in names if n not in STRATEGIES]
    if unknown or not names:
        raise ValueError(f"no strategy {', '.join(unknown) or asked!r}; `all` or some of {', '.join(STRATEGIES)}")
    return names


def _steps(thought: Thought, words: Wording) -> str:
    return "\n".join(f"{n}. {step}" for n, step in enumerate(thought.steps, 1)) or words.no_steps
