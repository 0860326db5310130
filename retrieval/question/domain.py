"""The values of a parsed question: its intent and its context from the conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from kg.domain import Language


class Intent(StrEnum):
    """What a question asks for; each intent has its own form of answer."""

    FACT = "fact"
    NUMBER = "number"
    YES_NO = "yes_no"
    MECHANISM = "mechanism"
    COMPARISON = "comparison"
    LIST_PAPERS = "list_papers"
    GRAPH_LIST = "graph_list"
    GRAPH_COUNT = "graph_count"
    GRAPH_PROPERTY = "graph_property"
    GRAPH_PATH = "graph_path"
    COLLECTION = "collection"
    SUMMARIZE_DOCUMENT = "summarize_document"
    SERVICE = "service"
    INSTRUCTION = "instruction"
    MEDICAL_ADVICE = "medical_advice"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the conversation so far."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is parsed once and carried everywhere.

    ``resolved`` is the text to search with: the question itself, and what it takes over from the conversation where it
    is a follow-up. ``detail`` tells apart questions of one intent where their answers have different forms (what is
    asked of the service, what is to be done with the last answer); ``about`` are the last questions before it that this
    one leans on, three at most, in one text, and ``about_intent`` is the intent of the last of them. ``last_list`` are
    the items that the last answer listed. ``intents`` are probabilities; an intent that is absent has none.
    """

    text: str
    language: Language
    intent: Intent
    resolved: str
    intents: Mapping[Intent, float] = field(default_factory=dict)
    detail: str = ""
    about: str = ""
    follow_up: bool = False
    last_list: tuple[str, ...] = ()
    about_intent: Intent = Intent.FACT

    @property
    def form(self) -> Intent:
        """The intent whose form of answer is wanted: of an instruction that of the question that it is about."""
        return self.about_intent if self.intent is Intent.INSTRUCTION and self.about else self.intent

    def probability(self, *intents: Intent) -> float:
        """How probable it is that the question has one of these intents."""
        return sum(self.intents.get(intent, 0.0) for intent in intents)

    def without(self, *intents: Intent) -> "Question":
        """The question with the likeliest other intent that is searched for; itself where it has none."""
        others = {i: p for i, p in self.intents.items() if i not in (*intents, *UNSEARCHED)}
        return replace(self, intent=max(others, key=others.__getitem__)) if others else self

    @property
    def unsearched(self) -> bool:
        """Whether it is more probable than not that nothing in the library is asked for."""
        return self.intent in UNSEARCHED and self.probability(*UNSEARCHED) > 0.5


UNSEARCHED = (Intent.SERVICE, Intent.INSTRUCTION, Intent.MEDICAL_ADVICE, Intent.OFF_TOPIC)
"""Intents that are answered otherwise than by a search for their words."""

GRAPH_INTENTS = (Intent.GRAPH_LIST, Intent.GRAPH_COUNT, Intent.GRAPH_PROPERTY, Intent.GRAPH_PATH)
