"""Requests that carry a text wherever a request may hold one, each with the statuses that the service may answer."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

ENTITY = "jx:protein/aqp4"
_MODES = ("hybrid", "lexical", "dense", "graph")
_MAPPING = """name: trial
entities:
  - file: entities.csv
    id: id
    type: {column: type}
    names: [{column: name, script: en, preferred: true}]
relations:
  - file: relations.csv
    subject: subject
    predicate: {column: predicate}
    object: object
    evidence: {source: ["{source}"]}
    missing: report
"""


@dataclass(frozen=True, slots=True)
class Attack:
    """A request; ``expected`` are the statuses that are right."""

    place: str
    method: str
    path: str
    expected: tuple[int, ...]
    body: Mapping[str, Any] | None = None


def attacks(payload: str, number: int, run: str) -> list[Attack]:
    """Requests with the payload in every text; ``run`` is one that feedback may be on, ``number`` alternates forms."""
    return [*_graph(payload), *_library(payload), *_runs(payload), *_bodies(payload, number, run)]


def _graph(payload: str) -> list[Attack]:
    coded, plain, known = quote(payload, safe=""), quote(payload, safe="/"), quote(ENTITY, safe="")
    entities = "/v1/graph/entities"
    return [
        Attack("name sought", "GET", _with(entities, q=payload[:200]), (200,)),
        Attack("entity type", "GET", _with(entities, q="AQP4", type=payload[:100]), (200,)),
        Attack("entity id", "GET", f"{entities}/{coded}", (404,)),
        Attack("entity id, plain slash", "GET", f"{entities}/{plain}", (404,)),
        Attack("entity id of relations", "GET", f"{entities}/{coded}/relations", (404,)),
        Attack("entity id of neighbourhood", "GET", f"{entities}/{coded}/neighbourhood", (404,)),
        Attack("entity id of history", "GET", f"{entities}/{coded}/history", (404,)),
        Attack("relation type", "GET", _with(f"{entities}/{known}/relations", predicate=payload), (200,)),
        Attack("start of paths", "GET", _with("/v1/graph/paths", **{"from": payload, "to": ENTITY}), (404,)),
        Attack("end of paths", "GET", _with("/v1/graph/paths", **{"from": ENTITY, "to": payload}), (404,)),
        Attack("name of a parameter", "GET", _with("/v1/graph/stats", **{payload: payload}), (200,)),
        Attack("revision", "GET", _with("/v1/revisions", after=payload), (422,)),
    ]


def _library(payload: str) -> list[Attack]:
    coded, listed = quote(payload, safe=""), "/v1/documents"
    return [
        Attack("title and author", "GET", _with(listed, title=payload, author=payload), (200,)),
        Attack("journal", "GET", _with(listed, journal=payload), (200,)),
        Attack("language of documents", "GET", _with(listed, language=payload[:20]), (200,)),
        Attack("identifier", "GET", _with(listed, identifier=payload), (200,)),
        Attack("document after", "GET", _with(listed, after=payload[:100]), (200,)),
        Attack("document id", "GET", f"{listed}/{coded}", (404,)),
        Attack("document id to delete", "DELETE", f"{listed}/{coded}", (404,)),
        Attack("passage id", "GET", f"/v1/passages/{coded}", (404,)),
        Attack("job id", "GET", f"/v1/jobs/{coded}", (404,)),
        Attack("job id to cancel", "POST", f"/v1/jobs/{coded}/cancel", (404,)),
        Attack("model id", "GET", f"/v1/models/{coded}", (404,)),
        Attack("part of the page", "GET", f"/page/{coded}", (404,)),
    ]


def _runs(payload: str) -> list[Attack]:
    here = f"/v1/answers/{quote(payload, safe='')}"
    return [
        Attack("run id", "GET", here, (404,)),
        Attack("run id of events", "GET", f"{here}/events", (404,)),
        Attack("run id to cancel", "POST", f"{here}/cancel", (404,)),
        Attack("run id to replay", "POST", f"{here}/replay", (404,)),
        Attack("runs before", "GET", _with("/v1/answers", before=payload[:100]), (200,)),
    ]


def _bodies(payload: str, number: int, run: str) -> list[Attack]:
    search, ask, chat = "/v1/search", "/v1/answers", "/v1/chat/completions"
    said = [{"role": "user", "content": payload}]
    filters = {"document_ids": [payload], "entity_ids": [payload, ENTITY], "grades": [payload]}
    remark = {"run": run, "kind": "wording", "comment": payload}
    # A text without a letter or digit asks nothing, and is refused.
    asks = any(sign.isalnum() for sign in payload)
    made = [
        Attack(
            "search", "POST", search, (200 if asks else 422,), {"query": payload, "mode": _MODES[number % len(_MODES)]}
        ),
        Attack("filter by entity", "POST", search, (200,), {"query": "AQP4", "filters": {"entity_ids": [payload]}}),
        Attack("filter by document", "POST", search, (200,), {"query": "AQP4", "filters": {"document_ids": [payload]}}),
        Attack("filter by grade", "POST", search, (200,), {"query": "AQP4", "filters": {"grades": [payload]}}),
        Attack("filter by language", "POST", search, (422,), {"query": "AQP4", "filters": {"language": payload}}),
        Attack("mode", "POST", search, (422,), {"query": "AQP4", "mode": payload}),
        Attack("name of a field", "POST", search, (422,), {"query": "AQP4", payload: payload}),
        Attack("name of a filter", "POST", search, (422,), {"query": "AQP4", "filters": {payload: payload}}),
        Attack("adapter", "POST", ask, (422,), {"question": "AQP4?", "adapter": payload[:200]}),
        Attack("language of the answer", "POST", ask, (422,), {"question": "AQP4?", "language": payload}),
        Attack("model", "POST", chat, (404,), {"model": payload[:200], "messages": said}),
        Attack("comment", "POST", "/v1/feedback", (201,), remark),
        Attack("run of feedback", "POST", "/v1/feedback", (404,), {**remark, "run": payload[:100]}),
        Attack("kind of feedback", "POST", "/v1/feedback", (422,), {**remark, "kind": payload}),
    ]
    if number % 2:
        made.append(
            Attack("question in a chat", "POST", chat, (200 if asks else 400,), {"model": "jianxi", "messages": said})
        )
    else:
        made.append(Attack("question", "POST", ask, (200 if asks else 422,), {"question": payload}))
    if number % 5 == 0:
        history = [{"role": role, "text": payload} for role in ("user", "assistant")]
        asked = {"question": "What does aquaporin-4 do?", "history": history, "filters": filters}
        made.append(Attack("history and filters of a question", "POST", ask, (200,), asked))
    return made


def uploads(payloads: Sequence[str]) -> list[tuple[str, bytes]]:
    """Files to upload: a record for each payload with it in all its fields, and a Markdown file of that name."""
    rows = [
        {
            "paper_id": payload,
            "title": payload,
            "abstract": f"Aquaporin-4 was measured. {payload}",
            "authors": [payload],
            "journal": payload,
            "doi": payload,
            "pmid": payload,
            "keywords": [payload],
            "year": 2001,
            payload: payload,
        }
        for payload in payloads
    ]
    records = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    texts = [(f"{payload}.md", f"# {payload}\n\nAQP4 {number}. {payload}\n") for number, payload in enumerate(payloads)]
    return [("records.jsonl", records.encode()), *((name, text.encode()) for name, text in texts)]


def tables(folder: Path, payloads: Sequence[str]) -> Path:
    """Tables with payloads as ids and names of genes, as types, and as predicates; gives their mapping."""
    folder.mkdir()
    genes = [(payload, "Gene", payload) for payload in payloads]
    typed = [(f"trial:type/{number}", payload, "a name") for number, payload in enumerate(payloads)]
    related = [(ENTITY, payload, ENTITY, "pmid:1") for payload in payloads]
    for name, head, rows in (
        ("entities", ("id", "type", "name"), [*genes, *typed]),
        ("relations", ("subject", "predicate", "object", "source"), related),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as sink:
            csv.writer(sink).writerows([head, *rows])
    mapping = folder / "mapping.yaml"
    mapping.write_text(_MAPPING, "utf-8")
    return mapping


def _with(path: str, **parameters: str) -> str:
    return f"{path}?{urlencode(parameters)}"
