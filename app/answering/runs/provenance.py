"""The provenance of an answer: all that is needed to repeat its run."""

import dataclasses
from dataclasses import dataclass
from enum import Enum

from pydantic import TypeAdapter

from app.answering.domain import AnswerRequest, Json, JsonObject, Policy, Usage
from app.answering.prepare import Prepared
from retrieval.question.domain import Question

_REQUEST, _QUESTION = TypeAdapter(AnswerRequest), TypeAdapter(Question)


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """One numbered piece of evidence by its id and the hash of its text."""

    number: int
    kind: str
    id: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """All that an answer was made with."""

    request: AnswerRequest
    language: str
    rewritten: str
    evidence: tuple[EvidenceRecord, ...]
    revision: int
    snapshot: str
    embedder: str
    reranker: str | None
    model: str
    adapter: str | None
    prompt_version: str
    prompt_hash: str
    prompt: str
    policy: Policy
    context_tokens: int
    evidence_tokens: int
    stages_ms: dict[str, float]
    usage: Usage | None = None
    dropped: tuple[str, ...] = ()
    raw: str = ""
    plan: str = ""
    question: Question | None = None


def provenance_of(
    prepared: Prepared, *, model: str, policy: Policy, context_tokens: int, evidence_tokens: int
) -> Provenance:
    """The provenance before the model is called."""
    pack, prompt = prepared.pack, prepared.prompt
    return Provenance(
        request=prepared.request,
        language=prepared.language,
        rewritten=prepared.rewritten,
        evidence=tuple(EvidenceRecord(i.number, i.citation.kind, i.key, i.text_hash) for i in prepared.items),
        revision=int(pack.revision),
        snapshot=pack.snapshot,
        embedder=pack.embedder,
        reranker=pack.reranker,
        model=model,
        adapter=prepared.request.adapter,
        prompt_version=prepared.words.version,
        prompt_hash=prompt.hash if prompt else "",
        prompt=prompt.text if prompt else "",
        policy=policy,
        context_tokens=context_tokens,
        evidence_tokens=evidence_tokens,
        stages_ms=dict(pack.stages_ms),
        plan=prepared.plan,
        question=prepared.question,
    )


def to_json(value: object) -> JsonObject:
    """A dataclass as JSON."""
    made = _plain(dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else {})
    return made if isinstance(made, dict) else {}


def request_of(manifest: JsonObject) -> AnswerRequest:
    """The request of a stored manifest; raises ValidationError."""
    return _REQUEST.validate_python(manifest["request"])


def question_of(manifest: JsonObject) -> Question | None:
    """The parsed question of a stored manifest, None where it was made before questions were kept."""
    raw = manifest.get("question")
    return _QUESTION.validate_python(raw) if raw else None


def _plain(value: object) -> Json:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return round(value, 3)
    return str(value)
