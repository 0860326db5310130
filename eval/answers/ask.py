"""A question put to the service as its readers put it, and the answer with its evidence as evaluation sees it."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from pydantic import BaseModel, TypeAdapter

from app.answering.domain import Answer, AnswerRequest, Citation, Usage
from app.answering.service import AnswerService
from eval.answers.domain import Answered, AnswerQuestion, Evidence, Said
from kg.domain import PassageId

Texts = Callable[[Sequence[PassageId]], Awaitable[Mapping[PassageId, str]]]
"""The whole texts of passages."""

_ANSWER, _CITATIONS = TypeAdapter(Answer), TypeAdapter(tuple[Citation, ...])


class _Manifest(BaseModel):
    """What evaluation keeps of how an answer was made."""

    model: str | None = None
    dropped: tuple[str, ...] = ()
    usage: Usage | None = None


async def ask(answering: AnswerService, request: AnswerRequest, texts: Texts | None = None) -> Answered:
    """Ask and wait for the end; a run that failed is an answer with an error, not an exception.

    Without ``texts`` the text of a passage is its quote.
    """
    started = time.perf_counter()
    found: dict[int, Citation] = {}
    answer, manifest, error = None, _Manifest(), ""
    async for event in answering.ask(request):
        if event.name == "judgement":
            found = {c.number: c for c in _CITATIONS.validate_python(event.data["evidence"])}
        elif event.name == "done":
            answer = _ANSWER.validate_python({**event.data, "text": event.data["answer"]})
            manifest = _Manifest.model_validate(event.data["manifest"])
            found |= {c.number: c for c in answer.citations}
        elif event.name == "error":
            error = str(event.data.get("code") or "error")
    seconds = time.perf_counter() - started
    read = await texts([PassageId(c.passage_id) for c in found.values() if c.passage_id]) if texts else {}
    evidence = tuple(_evidence(c, read) for _, c in sorted(found.items()))
    if answer is None:
        return Answered("", evidence=evidence, sufficiency="cannot_answer", seconds=seconds, error=error)
    return Answered(
        text=answer.text,
        sentences=tuple(Said(s.text, s.citations, s.verdict.value, s.reasons) for s in answer.sentences),
        evidence=evidence,
        sufficiency=answer.sufficiency.value,
        reasons=answer.reasons,
        notice=answer.notice,
        dropped=manifest.dropped,
        seconds=seconds,
        prompt_tokens=manifest.usage.prompt_tokens if manifest.usage else 0,
        completion_tokens=manifest.usage.completion_tokens if manifest.usage else 0,
        run=answer.run,
        model=manifest.model or "",
        error=error,
    )


def asked_text(question: AnswerQuestion) -> str:
    """The question with its options, one a line, where it has any."""
    return "\n".join(filter(None, [question.text, options_text(question)]))


def options_text(question: AnswerQuestion) -> str:
    """The options, one a line; empty without any."""
    return "\n".join(f"{letter}. {text}" for letter, text in question.options.items())


def _evidence(cited: Citation, texts: Mapping[PassageId, str]) -> Evidence:
    number, source, title, quote = cited.number, cited.source_id or "", cited.title, cited.quote
    if fact := cited.fact:
        triple, names = (fact.subject_id, fact.predicate, fact.object_id), (fact.subject, fact.object)
        return Evidence(number, "fact", source, title, quote, quote, triple, names)
    return Evidence(number, "passage", source, title, texts.get(PassageId(cited.passage_id or ""), quote), quote)
