"""The nouns of answering."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from app.state.domain import Event, Json, JsonObject
from kg.documents.places import Place
from kg.domain import Language
from retrieval.domain import Filters, Mode
from retrieval.question.domain import Turn

__all__ = [
    "Answer",
    "AnswerKind",
    "AnswerRequest",
    "Answerability",
    "Citation",
    "Conflict",
    "Event",
    "Fact",
    "Json",
    "JsonObject",
    "Parameters",
    "Policy",
    "Sentence",
    "Side",
    "Turn",
    "Usage",
    "Verdict",
]

FINAL_EVENTS = frozenset({"done", "error"})


class Policy(StrEnum):
    """What happens to a sentence that its evidence does not support."""

    DROP = "drop"
    MARK = "mark"


class Answerability(StrEnum):
    """Whether the evidence can carry an answer, judged before any model is asked.

    A ``reply`` is the service's own words: nothing was asked of the evidence.
    """

    ANSWER = "answer"
    CAVEAT = "caveat"
    CONFLICT = "conflict"
    CANNOT_ANSWER = "cannot_answer"
    REPLY = "reply"


class AnswerKind(StrEnum):
    """The kind of an answer, as its badge shows it."""

    GRAPH = "graph"
    VERIFIED_TEXT = "verified_text"
    QUOTES = "quotes"
    SERVICE = "service"
    LIBRARY = "library"
    NOT_ANSWERED = "not_answered"


class Verdict(StrEnum):
    """The verdict of the evidence on one sentence."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters of generation; None leaves the choice to the model's server."""

    temperature: float | None = None
    top_p: float | None = None
    repetition_penalty: float | None = None
    beam_width: int | None = None
    max_tokens: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """A question and how it is to be answered; None takes the settings' choice."""

    question: str
    history: tuple[Turn, ...] = ()
    mode: Mode = Mode.HYBRID
    k: int = 8
    filters: Filters = field(default_factory=Filters)
    adapter: str | None = None
    language: Language | None = None
    parameters: Parameters = field(default_factory=Parameters)
    policy: Policy | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A relation of the graph as a reader sees it."""

    relation_id: str
    subject_id: str
    subject: str
    predicate: str
    label: str
    object_id: str
    object: str
    polarity: str
    grade: str | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered piece of evidence: a passage with the quoted sentence, or a fact of the graph.

    ``boxes`` are where the quote stands, line by line, and ``page`` is that of the first; a format without pages has
    neither. ``further_quotes`` are others of it that sentences of the answer rest on.
    """

    number: int
    kind: Literal["passage", "fact"]
    title: str
    quote: str
    document_id: str | None = None
    source_id: str | None = None
    passage_id: str | None = None
    page: int | None = None
    year: int | None = None
    heading_path: tuple[str, ...] = ()
    fact: Fact | None = None
    boxes: tuple[Place, ...] = ()
    further_quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """What one source says in a conflict; ``number`` is its evidence's."""

    number: int
    quote: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sources that say opposite directions of the same, or other numbers for it."""

    kind: Literal["direction", "number"]
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, without its marks; ``citations`` are numbers of evidence.

    ``item`` tells that it is an item of a list and stands on a line of its own.
    """

    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    item: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost; tokens are estimates where the model's server does not count them."""

    prompt_tokens: int
    completion_tokens: int
    estimated: bool
    ms: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer; ``notice`` says how it was made where a reader should know, and claims nothing."""

    run: str
    question: str
    language: Language
    sufficiency: Answerability
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    text: str
    notice: str = ""
    nearest: tuple[Citation, ...] = ()
    reasons: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    kind: AnswerKind = AnswerKind.VERIFIED_TEXT
