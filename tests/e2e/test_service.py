import asyncio
import re
from pathlib import Path

import pytest

from app.answering.messages import messages_in
from app.http.access import ROLES
from app.http.documents import safe_name
from app.http.problems import STATUS
from app.settings import Settings
from app.state.domain import Role
from tests.e2e.conftest import Service


async def test_health_ready_and_metrics_tell_how_it_is(service: Service) -> None:
    assert (await service.client.get("/health")).json() == {"status": "ok"}
    ready = (await service.client.get("/ready")).json()
    assert ready["ready"] is True, ready
    metrics = (await service.client.get("/metrics")).text
    assert 'jianxi_knowledge{kind="documents"} 2.0' in metrics
    assert 'route="/health"' in metrics


async def test_search_gives_passages_and_facts(service: Service) -> None:
    found = (await service.client.post("/v1/search", json={"query": "丹参含有哪些成分?", "k": 3})).json()
    facts = [(f["subject"]["id"], f["predicate"], f["object"]["id"]) for f in found["facts"]]
    assert ("t:danshen", "herb_has_compound", "t:tan2a") in facts
    passages = (await service.client.post("/v1/search", json={"query": "aquaporin-4 endfeet"})).json()["results"]
    assert passages[0]["source_id"] == "PM-1"


async def test_a_passage_opens_with_its_document(service: Service) -> None:
    found = (await service.client.post("/v1/search", json={"query": "aquaporin-4 endfeet"})).json()["results"][0]
    passage = (await service.client.get(f"/v1/passages/{found['passage_id']}")).json()
    assert passage["text"] == found["text"]
    assert passage["document"]["source_id"] == "PM-1"
    assert "/" not in passage["document"]["file"]


async def test_the_graph_can_be_read(service: Service) -> None:
    client = service.client
    herb = (await client.get("/v1/graph/entities", params={"q": "丹參"})).json()["entities"][0]
    assert herb["id"] == "t:danshen"
    relations = (await client.get("/v1/graph/entities/t:danshen/relations")).json()
    assert [r["object"] for r in relations["relations"]] == ["t:tan2a"]
    around = (await client.get("/v1/graph/entities/t:danshen/neighbourhood")).json()
    assert {e["id"] for e in around["entities"]} == {"t:danshen", "t:tan2a"}
    paths = (await client.get("/v1/graph/paths", params={"from": "t:danshen", "to": "t:tan2a"})).json()
    assert len(paths["paths"]) == 1
    history = (await client.get("/v1/graph/entities/t:danshen/history")).json()["history"]
    assert history[0]["author"] == "test"
    assert (await client.get("/v1/graph/stats")).json()["documents"] == 2
    assert (await client.get("/v1/graph/entities/nothing")).status_code == 404


async def test_an_uploaded_document_is_found_and_a_deleted_one_is_not(service: Service) -> None:
    client = service.client
    text = "---\ntitle: Tortuosity\n---\n# Tortuosity\n\nThe tortuosity of cortex is about 1.6 for small molecules.\n"
    job = (await client.post("/v1/documents", files={"files": ("../../up.md", text.encode())})).json()
    assert job["files"] == ["up.md"]
    for _ in range(200):
        job = (await client.get(f"/v1/jobs/{job['id']}")).json()
        if job["status"] not in ("waiting", "running"):
            break
        await asyncio.sleep(0.05)
    assert job["status"] == "succeeded", job
    found = (await client.post("/v1/search", json={"query": "tortuosity of cortex"})).json()["results"]
    assert found[0]["title"] == "Tortuosity"
    assert (await client.delete(f"/v1/documents/{found[0]['document_id']}")).status_code == 200
    after = (await client.post("/v1/search", json={"query": "tortuosity of cortex"})).json()["results"]
    assert all(r["document_id"] != found[0]["document_id"] for r in after)


async def test_a_file_over_the_limit_is_refused(service: Service) -> None:
    response = await service.client.post("/v1/documents", files={"files": ("big.txt", b"x" * (6 * 2**20))})
    assert response.status_code == 413


async def test_lists_are_paged(service: Service) -> None:
    first = (await service.client.get("/v1/documents", params={"limit": 1})).json()
    second = (await service.client.get("/v1/documents", params={"limit": 1, "after": first["next"]})).json()
    assert len({d["id"] for d in first["documents"] + second["documents"]}) == 2


async def test_documents_are_filtered_by_their_records(service: Service) -> None:
    title = (await service.client.get("/v1/documents", params={"limit": 1})).json()["documents"][0]["title"]
    found = (await service.client.get("/v1/documents", params={"title": title})).json()
    assert [d["title"] for d in found["documents"]] == [title]
    assert found["total"] == 1
    nobody = (await service.client.get("/v1/documents", params={"author": "Nobody Known"})).json()
    assert (nobody["total"], nobody["next"]) == (0, None)


async def test_a_page_of_another_site_may_not_ask_where_no_key_is_needed(service: Service) -> None:
    other = await service.client.get("/v1/documents", headers={"Origin": "http://evil.example"})
    rebound = await service.client.get("/v1/documents", headers={"Host": "evil.example"})
    assert (other.status_code, rebound.status_code) == (403, 403)


async def test_every_route_holds_to_its_role(service: Service) -> None:
    state = await service.app.state()
    secrets = {role: (await state.keys.create(role.value, role)).secret for role in Role}
    for (method, path), needed in ROLES.items():
        target = path.replace("{id}", "nothing").replace("{run}", "nothing").replace("{name}", "page.css")
        bare = await service.client.request(method, target)
        if needed == "open":
            assert bare.status_code < 400, (method, path)
            continue
        assert bare.status_code == 401, (method, path, bare.status_code)
        wrong = await service.client.request(method, target, headers={"Authorization": "Bearer jx_000000000000_wrong"})
        assert wrong.status_code == 401, (method, path)
        for role, secret in secrets.items():
            got = await service.client.request(method, target, headers={"Authorization": f"Bearer {secret}"})
            denied = got.status_code in (401, 403)
            assert denied is not role.includes(Role(needed)), (method, path, role, got.status_code)


async def test_one_reader_does_not_see_what_another_asked(service: Service) -> None:
    state = await service.app.state()
    first, second = [(await state.keys.create(n, Role.READER)).secret for n in ("first", "second")]
    asked = await service.client.post(
        "/v1/answers",
        json={"question": "What did mice lacking aquaporin-4 show?", "stream": False},
        headers={"Authorization": f"Bearer {first}"},
    )
    run = asked.json()["run"]
    for path in (f"/v1/answers/{run}", f"/v1/answers/{run}/events"):
        assert (await service.client.get(path, headers={"Authorization": f"Bearer {first}"})).status_code == 200
        assert (await service.client.get(path, headers={"Authorization": f"Bearer {second}"})).status_code == 404
    mine = (await service.client.get("/v1/answers", headers={"Authorization": f"Bearer {second}"})).json()
    assert mine["runs"] == []


async def test_the_page_loads_nothing_from_elsewhere(service: Service) -> None:
    page = await service.client.get("/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for name in ("page.css", "page.js"):
        assert (await service.client.get(f"/page/{name}")).status_code == 200
        assert f"/page/{name}" in page.text
    assert "://" not in page.text
    assert (await service.client.get("/page/..%2fapi.py")).status_code == 404


async def test_the_reference_of_the_api_loads_nothing_from_elsewhere(service: Service) -> None:
    docs = await service.client.get("/docs")
    assert docs.status_code == 200
    assert "://" not in docs.text
    for name in ("docs.js", "docs.css", "page.css"):
        assert f"/page/{name}" in docs.text
        assert (await service.client.get(f"/page/{name}")).status_code == 200


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\\b\\c.pdf", "c.pdf"),
        ("", "unnamed"),
        ("..", "unnamed"),
        ("论文\x00.pdf", "论文_.pdf"),
        ("half\ud800.pdf", "half_.pdf"),
        ("电针研究.md".encode("gbk").decode("latin-1"), "电针研究.md"),
        ("Größe résumé.md", "Größe résumé.md"),
    ],
)
def test_names_of_uploads_lose_folders_and_control_characters(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_another_address_is_refused_without_keys(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from app.cli.main import root

    result = CliRunner().invoke(root, ["serve", "--host", "0.0.0.0"], env={"JIANXI_HOME": str(tmp_path)})
    assert result.exit_code == 1
    assert "jianxi keys create" in result.output
    assert Settings(home=tmp_path).host == "127.0.0.1"


def test_every_reason_why_a_reader_gets_no_answer_has_chinese_words() -> None:
    causes = messages_in("zh").causes
    codes = {"empty", "punctuation", "too_long", "history", "adapter", "interrupted"}
    kinds = {name for status, name in STATUS.values() if status in (503, 507)}
    for name in codes | kinds:
        assert re.search("[一-鿿]", causes.get(name, "")), name
