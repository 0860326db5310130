"""Ways of prompting by name, over any task; a new one is a class here and a line in ``STRATEGIES``."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from eval.prompts.ask import Asker
from eval.prompts.domain import Attempt, Planned, Problem, Score
from eval.prompts.prompt_texts import Shown, Wording, wording
from eval.runs import Json

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_NUMBERED = re.compile(r"^\s*(?:\d{1,2}\s*[.)、:：．]|[-*•])\s*(?P<step>\S.*?)\s*$")
_VALUE_TOKENS = 12

Steps = tuple[str, ...]
"""A way through the tree."""


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


def chain_of_thought(task: Task) -> OneCall:
    """Worked examples that reason before they answer (Wei et al. 2022, arXiv:2201.11903)."""
    return OneCall(
        "chain-of-thought",
        task,
        lambda words: f"{words.reason} {words.form}",
        lambda e, words: f"{e.steps}\n{words.marked(e.answer)}",
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
class TreeOfThought:
    """Next steps proposed, valued, the best ``breadth`` ways kept (Yao et al. 2023, arXiv:2305.10601)."""

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
        kept: list[tuple[Steps, float]] = [((), 0.0)]
        for _ in range(self.depth):
            grown = [way for steps, _ in kept for way in await self._proposed(steps, asked, words, asker)]
            valued = [(way, await self._valued(way, asked, words, asker)) for way in dict.fromkeys(grown)]
            kept = select(valued, self.breadth) or kept
        last = words.finish.format(asked=asked, steps=_listed(kept[0][0], words))
        answer = await asker.ask(words.messages(f"{words.reason} {words.form}", last), "answer")
        return asker.attempt(answer, thoughts=[{"steps": list(steps), "worth": worth} for steps, worth in kept])

    async def _proposed(self, steps: Steps, asked: str, words: Wording, asker: Asker) -> list[Steps]:
        prompt = words.propose.format(asked=asked, steps=_listed(steps, words), count=self.proposals)
        reply = await asker.ask(words.messages("", prompt), "propose")
        return [(*steps, step) for step in steps_in(reply, self.proposals)]

    async def _valued(self, steps: Steps, asked: str, words: Wording, asker: Asker) -> float:
        prompt = words.value.format(asked=asked, steps=_listed(steps, words))
        reply = await asker.ask(words.messages("", prompt), "value", max_tokens=_VALUE_TOKENS)
        return worth(reply, words.values)


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


def select(valued: Sequence[tuple[Steps, float]], breadth: int) -> list[tuple[Steps, float]]:
    """The ways of most worth; of equal ones those proposed first."""
    return sorted(valued, key=lambda way: -way[1])[:breadth]


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


# Few-shot after Brown et al. 2020 (arXiv:2005.14165); fixed headings (given, asked, steps, check) after Li et al. 2023
# (arXiv:2305.06599) on code.
STRATEGIES: Mapping[str, Callable[[Task, Effort], Strategy]] = {
    "zero-shot": lambda task, _: OneCall("zero-shot", task, lambda w: w.direct),
    "few-shot": lambda task, _: OneCall("few-shot", task, lambda w: w.direct, lambda e, w: w.marked(e.answer)),
    "chain-of-thought": lambda task, _: chain_of_thought(task),
    "zero-shot-cot": lambda task, _: ZeroShotChainOfThought(task),
    "structured-cot": lambda task, _: OneCall(
        "structured-cot",
        task,
        lambda w: f"{w.structured}{w.form}",
        lambda e, w: f"{e.structured.strip()}\n{w.marked(e.answer)}",
    ),
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


def _listed(steps: Steps, words: Wording) -> str:
    return "\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1)) or words.no_steps
