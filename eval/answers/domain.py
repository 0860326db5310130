"""The nouns of an answer evaluation: a question with what a right answer holds, and what was answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

Triple = tuple[str, str, str]
"""Subject's id, predicate, object's id."""


@dataclass(frozen=True, slots=True)
class GivenPassage:
    """A passage that a question brings with it."""

    id: str
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """A question with its gold; what a suite does not tell is left empty, and then not measured.

    ``facts`` are statements that a right answer makes. ``answers`` are groups of spellings: a right answer holds one
    spelling of every group. ``sources`` are ids of documents, ``quotes`` their sentences or parts of them. ``wrong``
    are spellings that given evidence was falsified to. ``given`` are the passages that are the evidence; None asks the
    library.
    """

    id: str
    text: str
    language: str = "en"
    kind: str = ""
    answer: str = ""
    facts: tuple[str, ...] = ()
    answers: tuple[tuple[str, ...], ...] = ()
    wrong: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    sources: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    triples: tuple[Triple, ...] = ()
    answerable: bool = True
    false_premise: bool = False
    given: tuple[GivenPassage, ...] | None = None


@dataclass(frozen=True, slots=True)
class AnswerSuite:
    """Questions, and whose knowledge answers them: the ECS library, what they bring themselves, or the user's own."""

    name: str
    questions: tuple[AnswerQuestion, ...]
    knowledge: Literal["ecs", "given", "own"]

    def only(
        self, *, kinds: Sequence[str] = (), languages: Sequence[str] = (), limit: int | None = None
    ) -> "AnswerSuite":
        """The suite cut to kinds and languages; ``limit`` takes evenly from the whole, so that every kind stays."""
        kept = [
            q for q in self.questions if (not kinds or q.kind in kinds) and (not languages or q.language in languages)
        ]
        if limit is not None and limit < len(kept):
            kept = [kept[n * len(kept) // limit] for n in range(limit)]
        return replace(self, questions=tuple(kept))


@dataclass(frozen=True, slots=True)
class Evidence:
    """One numbered piece of evidence with its whole text; ``names`` are a fact's ends."""

    number: int
    kind: Literal["passage", "fact"]
    source: str
    title: str
    text: str
    quote: str = ""
    triple: Triple | None = None
    names: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of an answer with the service's own verdict."""

    text: str
    citations: tuple[int, ...]
    verdict: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What the service answered; ``evidence`` is all that it had, ``dropped`` what it left out.

    ``error`` is the code of a failed run, empty where there was an answer or a refusal.
    """

    text: str
    sentences: tuple[Said, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    sufficiency: str = ""
    reasons: tuple[str, ...] = ()
    notice: str = ""
    dropped: tuple[str, ...] = ()
    seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    run: str = ""
    model: str = ""
    error: str = ""

    @property
    def declined(self) -> bool:
        """Whether nothing was claimed."""
        return self.sufficiency == "cannot_answer" or not self.sentences

    @property
    def claimed(self) -> str:
        """The claims alone, without citation marks."""
        return "\n".join(s.text for s in self.sentences)
