"""Replies in the service's own words, without a source: about itself, and where it does not answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from app.answering.domain import Answer, Answerability, AnswerKind, Citation, Sentence, Verdict
from app.answering.messages import Messages
from kg.domain import Language
from kg.ontology import Domain
from retrieval.question.domain import Question


@dataclass(frozen=True, slots=True)
class LibraryFacts:
    """What the library and the graph hold; years are the first and the last, None where no document has one."""

    documents: int
    entities: int
    relations: int
    years: tuple[int, int] | None = None
    languages: tuple[str, ...] = ()


Facts = Callable[[], Awaitable[LibraryFacts]]
"""Counts the library as it stands."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The service's own words; ``nearest`` are places to read where it declines."""

    text: str
    sufficiency: Answerability
    nearest: tuple[Citation, ...] = ()


class Replies:
    """Fills the messages of a language with current facts."""

    def __init__(self, domain: Domain, facts: Facts, *, chat: str, embedder: str) -> None:
        self._domain = domain
        self._facts = facts
        self._models = {"model": chat, "embedder": embedder}

    async def to_service_question(self, question: Question, words: Messages, language: Language) -> Reply:
        """The reply to talk with the service itself: by the question's detail, else what the service can do."""
        name = question.detail if question.detail in words.replies else "capabilities"
        values = {**_told(await self._facts(), words), **self._models, "about": self._domain.about.in_(language)}
        return Reply(words.replies[name].format_map(values), Answerability.REPLY)

    def off_topic(self, words: Messages, language: Language) -> Reply:
        """The reply to a question outside the library's subject."""
        about = self._domain.about.in_(language)
        return Reply(words.replies["off_topic"].format(about=about), Answerability.CANNOT_ANSWER)

    def medical(self, words: Messages, nearest: tuple[Citation, ...]) -> Reply:
        """The reply to who asks for advice, with what may be read in general."""
        text = words.replies["medical_advice"]
        if nearest:
            titles = words.joined(list(dict.fromkeys(c.title for c in nearest)))
            text = f"{text}\n{words.replies['medical_reading'].format(titles=titles)}"
        return Reply(text, Answerability.CANNOT_ANSWER, nearest)

    def instruction(self, name: str, words: Messages) -> Reply:
        """The reply to an instruction that cannot be followed."""
        return Reply(words.replies[name], Answerability.REPLY)


def answer_of(reply: Reply, *, run: str, question: str, language: Language) -> Answer:
    """A reply as a finished answer: one sentence without citations, none where it declines."""
    spoken = (Sentence(reply.text, (), Verdict.SUPPORTED),) if reply.sufficiency is Answerability.REPLY else ()
    return Answer(
        run=run,
        question=question,
        language=language,
        sufficiency=reply.sufficiency,
        sentences=spoken,
        citations=(),
        text=reply.text,
        nearest=reply.nearest,
        kind=AnswerKind.SERVICE if spoken else AnswerKind.NOT_ANSWERED,
    )


def _told(facts: LibraryFacts, words: Messages) -> Mapping[str, str]:
    years = f" ({facts.years[0]}-{facts.years[1]})" if facts.years else ""
    return {
        "documents": str(facts.documents),
        "entities": str(facts.entities),
        "relations": str(facts.relations),
        "years": years,
        "languages": words.joined(list(facts.languages)) or "-",
    }
