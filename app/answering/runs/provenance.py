"""The provenance of an answer: all that is needed to repeat its run."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from app.answering.domain import AnswerRequest, Json, JsonObject, Parameters, Policy, Turn, Usage
from app.answering.prepare import Prepared
from kg.domain import EntityId
from retrieval.domain import Filters, Mode
from retrieval.question.domain import Intent, Question


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
    """The request of a stored manifest."""
    raw = _object(manifest["request"])
    filters, parameters = _object(raw["filters"]), _object(raw["parameters"])
    return AnswerRequest(
        question=str(raw["question"]),
        history=tuple(
            Turn("user" if t["role"] == "user" else "assistant", str(t["text"]))
            for t in map(_object, _list(raw["history"]))
        ),
        mode=Mode(str(raw["mode"])),
        k=int(str(raw["k"])),
        filters=Filters(
            document_ids=tuple(map(str, _list(filters["document_ids"]))),
            year_from=_int(filters["year_from"]),
            year_to=_int(filters["year_to"]),
            language=_str(filters["language"]),
            entity_ids=tuple(EntityId(str(e)) for e in _list(filters["entity_ids"])),
            grades=tuple(map(str, _list(filters["grades"]))),
        ),
        adapter=_str(raw["adapter"]),
        language=_str(raw["language"]),
        parameters=Parameters(max_tokens=_int(parameters["max_tokens"])),
        policy=Policy(str(raw["policy"])) if raw["policy"] else None,
    )


def question_of(manifest: JsonObject) -> Question | None:
    """The parsed question of a stored manifest, None where it was made before questions were kept."""
    raw = _object(manifest.get("question"))
    if not raw:
        return None
    return Question(
        text=str(raw["text"]),
        language=str(raw["language"]),
        intent=Intent(str(raw["intent"])),
        resolved=str(raw["resolved"]),
        intents={Intent(name): float(str(share)) for name, share in _object(raw["intents"]).items()},
        detail=str(raw["detail"]),
        about=str(raw["about"]),
        about_intent=Intent(str(raw.get("about_intent", Intent.FACT.value))),
        follow_up=raw["follow_up"] is True,
        carried=tuple(EntityId(str(e)) for e in _list(raw["carried"])),
        carried_surfaces=tuple(map(str, _list(raw["carried_surfaces"]))),
        last_list=tuple(map(str, _list(raw["last_list"]))),
    )


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


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else []


def _int(value: Json) -> int | None:
    return value if isinstance(value, int) else None


def _str(value: Json) -> str | None:
    return value if isinstance(value, str) else None
