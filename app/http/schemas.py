"""Schemas of request bodies."""

from dataclasses import fields
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.answering.domain import AnswerRequest, Parameters, Policy, Turn
from app.answering.messages import languages
from app.errors import InvalidRequest
from app.http.parameters import Text
from app.state.domain import FeedbackKind
from app.years import check_years
from kg.ontology import Ontology
from retrieval.domain import Filters, Mode


class _Schema(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FiltersIn(_Schema):
    """Conditions that evidence must meet."""

    document_ids: tuple[Text, ...] = Field(default_factory=tuple, max_length=1000)
    year_from: int | None = Field(default=None, ge=0, le=3000)
    year_to: int | None = Field(default=None, ge=0, le=3000)
    language: Literal["zh", "en"] | None = None
    entity_ids: tuple[Text, ...] = Field(default_factory=tuple, max_length=100)
    grades: tuple[Text, ...] = Field(default_factory=tuple, max_length=10)

    def check(self, ontology: Ontology) -> None:
        """Refuse years and grades that no evidence can have; raises InvalidRequest."""
        check_years(self.year_from, self.year_to, field="body.filters.year_from")
        if unknown := [grade for grade in self.grades if grade not in ontology.grades]:
            why = f"filters.grades: no grade {unknown[0]!r}; known are {', '.join(ontology.grades)}"
            raise InvalidRequest("unknown_grade", why, field="body.filters.grades")

    def to_domain(self) -> Filters:
        """The filters as a value of retrieval."""
        return Filters(**self.model_dump())


class TurnIn(_Schema):
    """One turn of the conversation so far."""

    role: Literal["user", "assistant"]
    text: Text = Field(max_length=20_000)


def _known_language(value: str) -> str:
    if value not in languages():
        raise ValueError(f"must be one of {', '.join(sorted(languages()))}")
    return value


class AnswerIn(_Schema):
    """A question."""

    question: Text = Field(max_length=100_000)
    history: list[TurnIn] = Field(default_factory=list, max_length=50)
    mode: Mode = Mode.HYBRID
    k: int = Field(default=8, ge=1, le=50)
    filters: FiltersIn = FiltersIn()
    adapter: Text | None = Field(default=None, max_length=200)
    language: Annotated[Text, AfterValidator(_known_language)] | None = Field(
        default=None, description="The language to answer in; by default that of the question."
    )
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    repetition_penalty: float | None = Field(default=None, gt=0, le=2)
    beam_width: int | None = Field(default=None, ge=1, le=16)
    max_tokens: int | None = Field(default=None, ge=1, le=8192)
    seed: int | None = Field(default=None, ge=0, lt=2**32)
    unsupported: Policy | None = None
    stream: bool = Field(default=True, description="An event stream, or 202 with a run to poll.")

    def to_domain(self, owner: str | None) -> AnswerRequest:
        """The request as a value of answering."""
        return AnswerRequest(
            question=self.question,
            history=tuple(Turn(t.role, t.text) for t in self.history),
            mode=self.mode,
            k=self.k,
            filters=self.filters.to_domain(),
            adapter=self.adapter,
            language=self.language,
            parameters=Parameters(**self.model_dump(include={field.name for field in fields(Parameters)})),
            policy=self.unsupported,
            owner=owner,
        )


class SearchIn(_Schema):
    """A search."""

    query: Text = Field(max_length=100_000)
    mode: Mode = Mode.HYBRID
    k: int = Field(default=10, ge=1, le=100)
    filters: FiltersIn = FiltersIn()


class FeedbackIn(_Schema):
    """A reader's feedback on an answer or on one of its sentences (counted from 0)."""

    run: Text = Field(max_length=100)
    kind: FeedbackKind
    sentence: int | None = Field(default=None, ge=0, le=10_000)
    comment: Text = Field(default="", max_length=4000)
