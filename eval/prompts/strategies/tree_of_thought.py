"""Tree of thought: steps proposed, valued and selected by breadth-first search (Yao et al. 2023, arXiv:2305.10601)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.prompts.ask import Asker
from eval.prompts.domain import Attempt, Problem
from eval.prompts.prompt_texts import Wording
from eval.prompts.protocols import Task
from eval.runs import Json

_NUMBERED = re.compile(r"^\s*(?:\d{1,2}\s*[.)、:：．]|[-*•])\s*(?P<step>\S.*?)\s*$")
_VALUE_TOKENS = 12


@dataclass(frozen=True, slots=True)
class Thought:
    """A way through the tree: its steps and the worth of the last one."""

    steps: tuple[str, ...]
    worth: float = 0.0


class TreeOfThought:
    """At each depth every kept thought is given next steps; the best ``breadth`` are kept, the best one finished."""

    name = "tree-of-thought"

    def __init__(self, task: Task, *, proposals: int = 3, breadth: int = 2, depth: int = 2) -> None:
        self._task = task
        self._proposals = proposals
        self._breadth = breadth
        self._depth = depth

    @property
    def settings(self) -> Mapping[str, Json]:
        """Steps proposed at a time, thoughts kept, and how deep."""
        return {"proposals": self._proposals, "breadth": self._breadth, "depth": self._depth}

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """Search, then answer from the best thought; raises models.errors."""
        words = self._task.wording(problem.language)
        asked = words.of(problem)
        kept = [Thought(())]
        for _ in range(self._depth):
            grown = [t for thought in kept for t in await self._proposed(thought, asked, words, asker)]
            kept = select([await self._valued(t, asked, words, asker) for t in distinct(grown)], self._breadth) or kept
        last = words.finish.format(asked=asked, steps=_shown(kept[0], words))
        answer = await asker.ask(words.messages(f"{words.reason} {words.form}", last), "answer")
        thoughts: list[Json] = [{"steps": list(t.steps), "worth": t.worth} for t in kept]
        return asker.attempt(answer, thoughts=thoughts)

    async def _proposed(self, thought: Thought, asked: str, words: Wording, asker: Asker) -> list[Thought]:
        prompt = words.propose.format(asked=asked, steps=_shown(thought, words), count=self._proposals)
        reply = await asker.ask(words.messages("", prompt), "propose")
        return [Thought((*thought.steps, step)) for step in steps_in(reply, self._proposals)]

    async def _valued(self, thought: Thought, asked: str, words: Wording, asker: Asker) -> Thought:
        prompt = words.value.format(asked=asked, steps=_shown(thought, words))
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


def _shown(thought: Thought, words: Wording) -> str:
    return "\n".join(f"{n}. {step}" for n, step in enumerate(thought.steps, 1)) or words.no_steps
