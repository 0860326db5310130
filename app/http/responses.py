"""The forms of the responses, by which they are written and described."""

from posixpath import basename
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from app.ingestion.domain import JobProgress
from app.state.domain import FeedbackEntry, RunStatus
from kg.documents.places import Place, SentencePlaces
from kg.domain import Name, Relation, RevisionRecord


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(description="Names the kind of error for programs.")
    title: str
    status: int
    detail: str = Field(description="What is wrong and what to do.")
    code: str | None = Field(default=None, description="Why a question is refused.")
    errors: list[dict[str, str]] = Field(default=[], description="The invalid fields.")


class OpenAIError(BaseModel):
    """An error as OpenAI's servers tell it."""

    message: str
    type: str
    code: str | None
    param: str | None = None


class OpenAIProblem(BaseModel):
    """An error on a path of OpenAI's protocol."""

    error: OpenAIError


class Health(BaseModel):
    """The process is running."""

    status: Literal["ok"]


class Check(BaseModel):
    """What was found of one part, in words for engineers only."""

    ok: bool
    found: str | None = None


class Ready(BaseModel):
    """Whether questions can be answered."""

    ready: bool
    checks: dict[str, Check]


class Started(BaseModel):
    """A run to poll."""

    run: str
    events: str


class RunRow(BaseModel):
    """A run in a list."""

    run: str = Field(validation_alias="id")
    question: str
    status: RunStatus
    sufficiency: str | None
    created_at: str
    finished_at: str | None


class Runs(BaseModel):
    """A page of runs."""

    runs: list[RunRow]
    next: str | None


class RunWhole(RunRow):
    """A run with its answer, which is what the event ``done`` holds, and its provenance."""

    answer: dict[str, Any] | None
    manifest: dict[str, Any] | None


class RunEvent(BaseModel):
    """A step of a run."""

    number: int
    name: str
    data: dict[str, Any]


class Events(BaseModel):
    """A page of events; ``done`` tells that there are no further ones."""

    run: str
    events: list[RunEvent]
    next: int
    done: bool


class Change(BaseModel):
    """A field that is not as it was."""

    field: str
    then: Any
    now: Any


class Replayed(BaseModel):
    """Whether the same evidence and prompt came out."""

    same: bool
    differences: list[Change]
    then: dict[str, Any]
    now: dict[str, Any]


class FeedbackPage(BaseModel):
    """A page of feedback."""

    feedback: list[FeedbackEntry]
    next: int | None


class Model(BaseModel):
    """A model that requests may name."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(BaseModel):
    """The models that requests may name."""

    object: Literal["list"]
    data: list[Model]


class Message(BaseModel):
    """The answer, with its citations."""

    role: Literal["assistant"]
    content: str
    citations: list[dict[str, Any]]
    run: str


class Choice(BaseModel):
    """The only answer."""

    index: int
    message: Message
    finish_reason: Literal["stop", "length"] = Field(description="`length` where `max_tokens` left sentences out.")
    logprobs: None


class TokenUsage(BaseModel):
    """Tokens, estimated where the model's server does not count them."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(BaseModel):
    """A chat completion."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: TokenUsage


class Result(BaseModel):
    """A passage that was found."""

    document_id: str
    source_id: str
    passage_id: str
    score: float
    text: str
    page: int | None
    title: str
    year: int | None
    heading_path: list[str]


class SearchResult(BaseModel):
    """Passages, facts and recognised names, best first."""

    query: str
    mode: str
    language: str
    results: list[Result]
    facts: list[dict[str, Any]]
    entities: list[dict[str, Any]]
    revision: int
    snapshot: str
    stages_ms: dict[str, float]


class DocumentRow(BaseModel):
    """A document."""

    id: str
    content_hash: str
    source_id: str
    title: str
    file: Annotated[str, AfterValidator(basename)] = Field(validation_alias="path")
    media_type: str
    language: str
    authors: list[str]
    year: int | None
    journal: str | None
    identifiers: dict[str, str]
    parser: str
    pages: int | None


class Documents(BaseModel):
    """A page of documents; ``total`` counts those that match."""

    documents: list[DocumentRow]
    next: str | int | None
    total: int | None = None


class PassageRow(BaseModel):
    """A passage."""

    id: str
    document_id: str
    ordinal: int
    text: str
    language: str
    heading_path: list[str]
    page: int | None


class DocumentWhole(DocumentRow):
    """A document with its passages."""

    passages: list[PassageRow]


class PassageWhole(PassageRow):
    """A passage with its document, its places, those of its sentences, and its neighbours."""

    document: DocumentRow
    boxes: list[Place]
    sentences: list[SentencePlaces]
    previous: str | None
    next: str | None


class Deleted(BaseModel):
    """A document that is no more."""

    deleted: str
    revision: int = Field(description="0 where nothing was left to purge.")
    purged: bool = Field(description="Whether it cannot be brought back.")
    answers: int = Field(description="Stored answers that lost words of a purged document.")


class JobRow(BaseModel):
    """An ingestion job."""

    id: str
    status: str
    created: str
    progress: JobProgress
    summary: dict[str, Any] | None
    error: str | None
    files: list[str] = Field(description="Names of the first hundred; `progress.files_total` counts all.")


class JobPage(BaseModel):
    """A page of jobs."""

    jobs: list[JobRow]
    next: int | None


class EntityRow(BaseModel):
    """An entity."""

    id: str
    type: str
    name: dict[str, str]
    names: list[Name]
    identifiers: dict[str, str]
    attributes: dict[str, str]
    bare: bool
    version: int


class Entities(BaseModel):
    """Entities."""

    entities: list[EntityRow]


class Relations(Entities):
    """Relations, with the entities that they connect."""

    relations: list[Relation]


class Neighbourhood(Relations):
    """A part of the graph; ``truncated`` tells that there is more."""

    truncated: bool


class Paths(BaseModel):
    """Paths between two entities."""

    paths: list[Neighbourhood]


class History(BaseModel):
    """States of an entity or a relation, oldest first."""

    history: list[dict[str, Any]]


class Revisions(BaseModel):
    """A page of revisions."""

    revisions: list[RevisionRecord]
    next: int | None
