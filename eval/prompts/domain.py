"""The nouns of comparing prompts: a problem, the calls of a chat model, an attempt and its score."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from eval.runs import Json
from kg.domain import Language


@dataclass(frozen=True, slots=True)
class Problem:
    """A question with what makes its answer right; ``evidence`` is shown with it where its task has any."""

    id: str
    question: str
    language: Language
    gold: tuple[str, ...]
    kind: str = ""
    cluster: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the chat model; tokens are estimates where its server does not count them."""

    purpose: str
    prompt_tokens: int
    completion_tokens: int
    estimated: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a strategy made of a problem; ``notes`` tell how (votes, steps kept, facts looked up)."""

    text: str
    calls: tuple[Call, ...]
    notes: Mapping[str, Json] = field(default_factory=dict)

    def costs(self) -> dict[str, float]:
        """Tokens that the model read and wrote and the time in it, over all calls; whether any tokens are estimates."""
        read, written = sum(c.prompt_tokens for c in self.calls), sum(c.completion_tokens for c in self.calls)
        return {
            "prompt_tokens": float(read),
            "completion_tokens": float(written),
            "tokens": float(read + written),
            "calls": float(len(self.calls)),
            "seconds": round(sum(c.seconds for c in self.calls), 3),
            "estimated": float(any(c.estimated for c in self.calls)),
        }


@dataclass(frozen=True, slots=True)
class Score:
    """How right a text is, from 0 to 1: its answer in the form asked for, and wherever it may be found.

    ``answer`` is what was read strictly, ``found`` what was read flexibly; empty where nothing was.
    """

    strict: float
    flexible: float
    answer: str
    found: str


@dataclass(frozen=True, slots=True)
class Planned:
    """The look-ups that were planned for a problem and what they found, both as lines of text."""

    lookups: tuple[str, ...]
    facts: tuple[str, ...]
    by: str
