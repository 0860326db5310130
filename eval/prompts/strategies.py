"""Ways of prompting by name, over any task; a new one is a function here and a line in ``STRATEGIES``."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from eval.prompts.ask import Asker
from eval.prompts.domain import Attempt, Planned, Problem, Score
from eval.prompts.prompt_texts import Wording, wording

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


@dataclass(frozen=True, slots=True)
class Effort:
    """How much the strategies of many calls may spend: samples, and the width and depth of a tree."""

    samples: int = 5
    proposals: int = 3
    breadth: int = 2
    depth: int = 2
    temperature: float = 0.7


@dataclass(frozen=True, slots=True)
class Strategy:
    """A way of prompting; ``settings`` names what of the effort a run must tell to be repeated.

    ``attempt`` asks the model, once or more, and raises models.errors.
    """

    attempt: Callable[[Task, Problem, Asker, Effort], Awaitable[Attempt]]
    settings: tuple[str, ...] = ()


def one_call(prompt: Callable[[Wording, Problem], list[BaseMessage]]) -> Strategy:
    """One call that answers at once."""

    async def attempt(task: Task, problem: Problem, asker: Asker, _: Effort) -> Attempt:
        return asker.attempt(await asker.ask(prompt(wording(task.name, problem.language), problem)))

    return Strategy(attempt)


def zero_shot(words: Wording, problem: Problem) -> list[BaseMessage]:
    """An instruction and the problem."""
    return words.messages(words.direct, words.asked(problem))


def few_shot(words: Wording, problem: Problem) -> list[BaseMessage]:
    """Worked examples with their answers (Brown et al. 2020, arXiv:2005.14165)."""
    return words.messages(words.direct, words.asked(problem), lambda e: words.marked(e.answer))


def chain_of_thought(words: Wording, problem: Problem) -> list[BaseMessage]:
    """Worked examples that reason before they answer (Wei et al. 2022, arXiv:2201.11903)."""
    return words.messages(words.reasoned, words.asked(problem), lambda e: f"{e.steps}\n{words.marked(e.answer)}")


def structured_chain_of_thought(words: Wording, problem: Problem) -> list[BaseMessage]:
    """Fixed headings: given, asked, steps, check (after Li et al. 2023, arXiv:2305.06599, on code)."""
    instruction = f"{words.structured}{words.form}"
    return words.messages(
        instruction, words.asked(problem), lambda e: f"{e.structured.strip()}\n{words.marked(e.answer)}"
    )


async def zero_shot_chain_of_thought(task: Task, problem: Problem, asker: Asker, _: Effort) -> Attempt:
    """A call that thinks in its own form and one that concludes (Kojima et al. 2022, arXiv:2205.11916)."""
    words = wording(task.name, problem.language)
    thinking = words.messages("", f"{words.asked(problem)}\n\n{words.think}")
    reasons = await asker.ask(thinking)
    answer = await asker.ask([*thinking, AIMessage(reasons), HumanMessage(words.conclude)])
    return asker.attempt(f"{reasons}\n{answer}")


async def self_consistency(task: Task, problem: Problem, asker: Asker, effort: Effort) -> Attempt:
    """Sampled chains of thought, the answer that most agree on (Wang et al. 2022, arXiv:2203.11171)."""
    asked = chain_of_thought(wording(task.name, problem.language), problem)
    texts = [await asker.ask(asked, temperature=effort.temperature) for _ in range(effort.samples)]
    winner, votes = majority(texts, task.agreement)
    return asker.attempt(texts[winner], samples=texts, votes=[round(v, 3) for v in votes], taken=winner)


def majority(texts: Sequence[str], agreement: Callable[[str, str], float]) -> tuple[int, tuple[float, ...]]:
    """Which text the others agree with most, and the sum of agreement with each; a tie goes to the earliest.

    Where answers are equal or not, this is the plurality vote; a text without an answer agrees with none. Where they
    are sentences, it is the text in their middle.
    """
    votes = tuple(sum(agreement(a, b) for b in texts) for a in texts)
    return votes.index(max(votes)), votes


async def tree_of_thought(task: Task, problem: Problem, asker: Asker, effort: Effort) -> Attempt:
    """Next steps proposed, valued, the best ``breadth`` ways kept (Yao et al. 2023, arXiv:2305.10601)."""
    words = wording(task.name, problem.language)

    def told(template: str, steps: Steps) -> str:
        listed = "\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1)) or words.no_steps
        return template.format(asked=words.asked(problem), steps=listed, count=effort.proposals)

    async def proposed(steps: Steps) -> list[Steps]:
        reply = await asker.ask(words.messages("", told(words.propose, steps)))
        return [(*steps, step) for step in steps_in(reply, effort.proposals)]

    async def valued(steps: Steps) -> float:
        reply = await asker.ask(words.messages("", told(words.value, steps)), max_tokens=_VALUE_TOKENS)
        return worth(reply, words.values)

    kept: list[tuple[Steps, float]] = [((), 0.0)]
    for _ in range(effort.depth):
        grown = [way for steps, _ in kept for way in await proposed(steps)]
        kept = select([(way, await valued(way)) for way in dict.fromkeys(grown)], effort.breadth) or kept
    answer = await asker.ask(words.messages(words.reasoned, told(words.finish, kept[0][0])))
    return asker.attempt(answer, thoughts=[{"steps": list(steps), "worth": worth} for steps, worth in kept])


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


async def graph_plan(task: Task, problem: Problem, asker: Asker, _: Effort) -> Attempt:
    """Look-ups in a graph are planned and carried out first, then the question is answered with them."""
    words = wording(task.name, problem.language)
    planned = await task.planned(problem, asker)
    facts = "\n".join(f"- {fact}" for fact in planned.facts) or words.no_facts
    last = words.planned.format(asked=words.asked(problem), facts=facts)
    answer = await asker.ask(words.messages(words.reasoned, last))
    return asker.attempt(answer, planned_by=planned.by, lookups=list(planned.lookups), facts=list(planned.facts))


STRATEGIES: Mapping[str, Strategy] = {
    "zero-shot": one_call(zero_shot),
    "few-shot": one_call(few_shot),
    "chain-of-thought": one_call(chain_of_thought),
    "zero-shot-cot": Strategy(zero_shot_chain_of_thought),
    "structured-cot": one_call(structured_chain_of_thought),
    "tree-of-thought": Strategy(tree_of_thought, ("proposals", "breadth", "depth")),
    "self-consistency": Strategy(self_consistency, ("samples", "temperature")),
    "graph-plan": Strategy(graph_plan),
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
