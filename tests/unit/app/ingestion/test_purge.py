"""A deleted document over all places that may hold its sentences, asked for as a reader asks: over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.answering.domain import (
    Answer,
    Answerability,
    AnswerKind,
    Citation,
    Conflict,
    Fact,
    JsonObject,
    Sentence,
    Side,
    Verdict,
)
from app.answering.draft import event_of
from app.answering.runs.gone import forgetting, gone_evidence
from app.answering.runs.provenance import to_json
from app.bootstrap import App
from app.http.api import create_api
from app.state.database import now
from app.state.domain import Event, Run, RunStatus
from kg.domain import (
    DocumentId,
    Entity,
    EntityId,
    Evidence,
    Name,
    ParsedDocument,
    Passage,
    Relation,
    RelationId,
    relation_id,
)
from kg.errors import Purged
from kg.ledger.changes import RetractRelation
from kg.stores.sqlite.rows import archive_bytes, blocks_bytes
from tests.contracts.parts import apply, document, entity, load, passage_id, relation

SECRET = "The tortuosity of the cortex of tree shrews is 1.50 in every layer."
OTHER = "Ice floats on water because it is less dense."
FACT = relation_id("t:danshen", "herb_has_compound", "t:tan2a")


@pytest.fixture
async def client(app: App) -> AsyncIterator[httpx.AsyncClient]:
    api = create_api(app.settings, app=app)
    api.state.app, api.state.jobs = app, await app.open_jobs()
    transport = httpx.ASGITransport(app=api, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


async def filled(app: App, folder: Path) -> tuple[Passage, Passage]:
    """A library of two papers, a fact that both support, one that the first supports, and answers that cite them."""
    (folder / "secret.md").write_text(f"---\nid: LAB-7\n---\n# Measure\n\n{SECRET}\n")
    (folder / "other.md").write_text(f"# Ice\n\n{OTHER}\n")
    jobs = await app.open_jobs()
    await jobs.start("a test")
    job = await jobs.finished(await jobs.submit([folder / "secret.md", folder / "other.md"]))
    assert job.status == "succeeded"
    content = await app.store.content([d.id for d in await app.store.list_documents()])
    (secret,) = [p for _, passages in content for p in passages if p.text == SECRET]
    (other,) = [p for _, passages in content for p in passages if p.text == OTHER]
    quotes = (Evidence("LAB-7", secret.id, SECRET), Evidence("Ice", other.id, OTHER))
    ends = [
        Entity(EntityId(id_), type_, (Name(id_, "en"),))
        for id_, type_ in (("t:danshen", "Herb"), ("t:tan2a", "Compound"), ("t:tan1", "Compound"))
    ]
    relations = [
        Relation(FACT, EntityId("t:danshen"), "herb_has_compound", EntityId("t:tan2a"), evidence=quotes),
        Relation(
            relation_id("t:danshen", "herb_has_compound", "t:tan1"),
            EntityId("t:danshen"),
            "herb_has_compound",
            EntityId("t:tan1"),
            evidence=quotes[:1],
        ),
    ]
    await app.store.load([ends], [relations], author="test", reason="facts")
    await stored_answer(app, "run_1", secret, other)
    await stored_answer(app, "run_2", other, other, history=f"{SECRET}[1] {OTHER}[2]")
    return secret, other


async def stored_answer(app: App, run: str, first: Passage, second: Passage, *, history: str = "") -> None:
    found = [
        Citation(n, "passage", "T", p.text, p.document_id, "S", p.id, further_quotes=(p.text[:20],))
        for n, p in ((1, first), (2, second))
    ]
    said = [Sentence(c.quote, (c.number,), Verdict.SUPPORTED) for c in found]
    answer = Answer(
        run, "Q?", "en", Answerability.ANSWER, tuple(said), tuple(found),
        f"{first.text}[1] {second.text}[2]", nearest=(found[0],),
        conflicts=(Conflict("number", tuple(Side(c.number, c.quote) for c in found)),), kind=AnswerKind.QUOTES,
    )  # fmt: skip
    records: list[JsonObject] = [{"number": c.number, "kind": "passage", "id": str(c.passage_id)} for c in found]
    turns: list[JsonObject] = [{"role": "assistant", "text": history}] if history else []
    manifest: JsonObject = {
        "request": {"question": "Q?", "history": turns}, "language": "en", "evidence": records,
        "prompt": f"[1] {first.text} [2] {second.text}", "raw": first.text, "dropped": [first.text],
    }  # fmt: skip
    done = event_of(answer, manifest)
    evidence = [to_json(c) for c in found]
    turned = [{**evidence[1], "number": 1}, {**evidence[0], "number": 2}]
    runs = (await app.state()).runs
    await runs.start(Run(run, "Q?", RunStatus.RUNNING, now(), "host:1:a", 0.0))
    told: list[tuple[str, JsonObject]] = [
        ("retrieval", {"language": "en", "evidence": turned}),
        ("judgement", {"evidence": evidence}),
        ("thinking", {"text": f"It says {first.text}"}),
        ("citation", evidence[0]),
    ]
    for n, sentence in enumerate(said):
        told.append(("text", {"sentence": n, "text": sentence.text, "citations": [n + 1], "item": False}))
    await runs.append({run: [Event(n, name, data) for n, (name, data) in enumerate(told, 1)]})
    last = Event(len(told) + 1, "done", done)
    await runs.finish(run, RunStatus.DONE, last=last, sufficiency="answer", answer=done, manifest=manifest)


async def everything_a_reader_gets(client: httpx.AsyncClient, passage: Passage) -> dict[str, Any]:
    asked = [
        client.get("/v1/answers/run_1"),
        client.get("/v1/answers/run_1/events"),
        client.get("/v1/answers/run_1/events", headers={"Accept": "text/event-stream"}),
        client.get(f"/v1/graph/entities/{FACT}/history"),
        client.get("/v1/graph/entities/t:danshen/relations"),
        client.get(f"/v1/passages/{passage.id}"),
        client.get("/v1/documents/LAB-7"),
        client.post("/v1/search", json={"query": "tortuosity of tree shrews"}),
    ]
    return {str(r.request.url): r for r in [await each for each in asked]}


async def test_a_reader_gets_no_sentence_of_a_deleted_document_until_it_is_brought_back(
    app: App, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    secret, _ = await filled(app, tmp_path)
    assert all(
        SECRET in r.text for r in (await everything_a_reader_gets(client, secret)).values() if r.status_code == 200
    )

    deleted = (await client.delete("/v1/documents/LAB-7")).json()

    assert deleted == {"deleted": secret.document_id, "revision": 4, "purged": False, "answers": 0}
    got = await everything_a_reader_gets(client, secret)
    assert [url for url, r in got.items() if SECRET in r.text] == []
    answer = (await client.get("/v1/answers/run_1")).json()["answer"]
    told = "[This sentence rested on a document that has been deleted.]"
    assert answer["answer"] == f"{told}[1] {OTHER}[2]"
    assert [(c["quote"], c.get("gone", False)) for c in answer["citations"]] == [("", True), (OTHER, False)]
    assert [s["text"] for s in answer["sentences"]] == [told, OTHER]
    facts = (await client.get("/v1/graph/entities/t:danshen/relations")).json()["relations"]
    assert [fact["id"] for fact in facts] == [FACT]

    await app.store.undo(await app.store.head(), author="test", reason="it was right")
    assert (await client.get("/v1/answers/run_1")).json()["answer"]["sentences"][0]["text"] == SECRET


async def test_nothing_of_a_purged_document_is_left_in_the_home(
    app: App, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    secret, _ = await filled(app, tmp_path)
    upload = app.settings.inbox_path / "x1" / "000" / "secret.md"
    upload.parent.mkdir(parents=True)
    upload.write_bytes((tmp_path / "secret.md").read_bytes())
    vector = app.embedder.encode_passages([secret.searchable])[0].tobytes()
    found = {place.split("/")[0].removesuffix("-wal") for place in places_of(app, SECRET.encode())}
    assert found >= {"knowledge.db", "state.db", "files", "inbox"}
    assert places_of(app, vector)
    ((blocks, passages),) = await app.store.content([secret.document_id])
    (kept,) = await app.store.documents([secret.document_id])
    parsed = ParsedDocument(kept, tuple(blocks), tuple(passages), tuple(await app.store.mentions([secret.id])))
    packed = blocks_bytes(blocks), archive_bytes(parsed)
    await app.delete_documents(["LAB-7"], author="test")
    assert places_of(app, packed[1])
    await app.store.undo(await app.store.head(), author="test", reason="it was right")
    assert places_of(app, packed[0])

    purged = (await client.delete("/v1/documents/LAB-7", params={"purge": True})).json()

    assert purged == {"deleted": secret.document_id, "revision": 6, "purged": True, "answers": 2}
    got = await everything_a_reader_gets(client, secret)
    assert [url for url, r in got.items() if SECRET in r.text] == []
    assert places_of(app, SECRET.encode()) == []
    assert [place for each in (vector, *packed) for place in places_of(app, each)] == []
    assert places_of(app, OTHER.encode())
    answer = (await client.get("/v1/answers/run_1")).json()["answer"]
    assert [(c["quote"], c.get("gone", False)) for c in answer["citations"]] == [("", True), (OTHER, False)]
    with pytest.raises(Purged, match="cannot be undone"):
        await app.store.undo(await app.store.head(), author="test", reason="too late")
    again = (await client.delete(f"/v1/documents/{secret.document_id}", params={"purge": True})).json()
    assert (again["revision"], again["answers"]) == (0, 0)
    assert (await client.delete("/v1/documents/LAB-8", params={"purge": True})).status_code == 404


async def test_a_document_that_was_deleted_before_is_purged_by_its_id(app: App, tmp_path: Path) -> None:
    secret, _ = await filled(app, tmp_path)
    await app.delete_documents(["LAB-7"], author="test")
    removal = await app.store.head()
    done = await app.purge_documents([secret.document_id], author="test")
    assert (done.ids, done.answers) == ([secret.document_id], 2)
    assert places_of(app, SECRET.encode()) == []
    with pytest.raises(Purged, match="purged; ingest their files again"):
        await app.store.undo(removal, author="test", reason="too late")


async def test_a_fact_is_gone_from_an_answer_with_its_document_but_not_when_an_expert_retracts_it(app: App) -> None:
    quote = (Evidence("PM-d1", passage_id("d1", 0), SECRET),)
    await app.store.put([document("d1", SECRET)], author="test", reason="come")
    await load(app.store, [entity("a"), entity("b"), entity("c")])
    await load(app.store, [], [relation("a", "b", evidence=quote), relation("a", "c")])
    facts = [Fact(f"a|treats|{end}", "a", "A", "treats", "treats", end, end, "none") for end in "bc"]
    cited = [Citation(n, "fact", "Graph", f"A treats {fact.object}", fact=fact) for n, fact in enumerate(facts, 1)]
    said = tuple(Sentence(c.quote, (c.number,), Verdict.SUPPORTED) for c in cited)
    answer = Answer("r", "Q?", "zh", Answerability.ANSWER, said, tuple(cited), "A treats b[1]\nA treats c[2]")
    run = Run("r", "Q?", RunStatus.DONE, now(), "host:1:a", 0.0, answer=event_of(answer, {}))
    assert (await gone_evidence(app.store, run)).run(run) == run
    await app.store.remove([DocumentId("d1")], author="test", reason="gone")
    await apply(app.store, RetractRelation(RelationId("a|treats|c"), 1))
    left = (await gone_evidence(app.store, run)).run(run).answer or {}
    assert left["answer"] == "［此句所依据的文献已被删除。］[1]\nA treats c[2]"


def run_of(id_: str, *said: str, owner: str = "a", earlier: str = "", text: str = "") -> Run:
    """A run whose sentences cite the document d1, after a turn of the conversation."""
    cited = Citation(1, "passage", "T", SECRET, DocumentId("d1"), "S", passage_id("d1", 0))
    sentences = tuple(Sentence(each, (1,), Verdict.SUPPORTED) for each in said)
    answer = Answer(id_, "Q?", "en", Answerability.ANSWER, sentences, (cited,) if said else (), text or "".join(said))
    manifest: JsonObject = {"request": {"history": [{"role": "assistant", "text": earlier}]}, "language": "en"}
    run = Run(id_, "Q?", RunStatus.DONE, now(), "host:1:a", 0.0, owner=owner)
    return replace(run, answer=event_of(answer, {}), manifest=manifest)


def earlier_turn(run: Run) -> str:
    manifest: Any = run.manifest
    return str(manifest["request"]["history"][0]["text"])


def test_only_the_same_owner_s_conversations_lose_words_and_none_that_are_common() -> None:
    change = forgetting([DocumentId("d1")])
    change(run_of("r1", "Yes.", "The cortex of shrews is tortuous."), ())
    told = "Yes.[1] The cortex[1] of shrews is tortuous."
    assert earlier_turn(change(run_of("r2", earlier=told), ())[0]) == ""
    for other in (run_of("r3", earlier=told, owner="b"), run_of("r4", earlier="Yes. Ice floats.")):
        assert change(other, ())[0] == other


def test_the_text_of_a_graph_answer_loses_a_sentence_with_marks_inside() -> None:
    run = run_of("r1", "A treats 1 disease: B.", text="A treats 1 disease: B[1].")
    left = forgetting([DocumentId("d1")])(run, ())[0].answer or {}
    assert left["answer"] == "[This sentence rested on a document that has been deleted.][1]"


def test_quotes_of_papers_that_stay_are_left_where_a_list_of_all_that_was_found_has_other_numbers() -> None:
    run = run_of("r1", SECRET)
    kept = to_json(Citation(1, "passage", "T", OTHER, DocumentId("d2"), "S", passage_id("d2", 0)))
    (event,) = forgetting([DocumentId("d1")])(run, [Event(1, "retrieval", {"evidence": [kept]})])[1]
    assert event.data == {"evidence": [kept]}


async def test_a_fact_is_gone_from_an_answer_when_the_ingestion_of_its_document_is_undone(app: App) -> None:
    await app.store.put([document("d1", SECRET)], author="test", reason="come")
    come = await app.store.head()
    await load(app.store, [entity("a"), entity("b")])
    await load(app.store, [], [relation("a", "b", evidence=(Evidence("PM-d1", passage_id("d1", 0), SECRET),))])
    fact = Fact("a|treats|b", "a", "A", "treats", "treats", "b", "b", "none")
    cited = Citation(1, "fact", "Graph", "A treats b", fact=fact)
    said = Sentence(cited.quote, (1,), Verdict.SUPPORTED)
    answer = Answer("r", "Q?", "en", Answerability.ANSWER, (said,), (cited,), "A treats b[1]")
    run = Run("r", "Q?", RunStatus.DONE, now(), "host:1:a", 0.0, answer=event_of(answer, {}))
    await app.store.undo(come, author="test", reason="wrong")
    assert (await gone_evidence(app.store, run)).keys == {"a|treats|b"}


def places_of(app: App, words: bytes) -> list[str]:
    """The files of the home that hold these bytes."""
    home = app.settings.home_path
    return [str(p.relative_to(home)) for p in sorted(home.rglob("*")) if p.is_file() and words in p.read_bytes()]
