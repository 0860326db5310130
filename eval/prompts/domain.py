"""The nouns of comparing prompts: a problem, an attempt, its score, the look-ups planned for a problem."""

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
class Attempt:
    """What a strategy made of a problem; ``notes`` tell how (votes, steps kept, facts looked up).

    ``costs`` are calls, tokens, seconds in the model, and whether any tokens are estimates.
    """

    text: str
    costs: Mapping[str, float]
    notes: Mapping[str, Json] = field(default_factory=dict)


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
