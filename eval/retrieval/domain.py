"""The nouns of a retrieval evaluation: a corpus, its questions and what should be found."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SuiteText:
    """A text of a suite's corpus; ``id`` is the suite's own."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SuiteQuestion:
    """A question with the ids of the texts that answer it and their grades."""

    id: str
    text: str
    gold: Mapping[str, int]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Suite:
    """A corpus with questions; one passage a text, as the suite cut it."""

    name: str
    texts: tuple[SuiteText, ...]
    questions: tuple[SuiteQuestion, ...]
