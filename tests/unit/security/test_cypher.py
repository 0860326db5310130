"""The payloads of Cypher and the requests that carry them."""

import csv
import json
from pathlib import Path

from tests.security.cypher_inputs import CANARY, payloads
from tests.security.cypher_requests import attacks, tables, uploads

HOST = "127.0.0.1:9"


def test_the_same_seed_gives_the_same_payloads_and_all_differ() -> None:
    made = payloads(500, seed=7, host=HOST)
    assert made == payloads(500, seed=7, host=HOST)
    assert made[:20] != payloads(20, seed=8, host=HOST)
    assert len(set(made)) == 500


def test_payloads_write_read_and_call_in_many_forms() -> None:
    text = "\n".join(payloads(500, seed=7, host=HOST))
    for part in (CANARY, "DETACH DELETE", "LOAD CSV", "apoc.", "dbms.", "UNION", "`", "'", '"', "/*", "\\u0060", "$id"):
        assert part in text, part
    assert f"http://{HOST}/" in text


def test_payloads_can_be_sent_as_text() -> None:
    for payload in payloads(500, seed=7, host=HOST):
        assert payload.strip()
        assert "\x00" not in payload
        assert payload.encode().decode() == payload


def test_a_payload_is_in_every_request() -> None:
    made = attacks("PAYLOAD", 0, "run_1")
    assert all("PAYLOAD" in attack.path + json.dumps(attack.body) for attack in made)
    assert len({attack.place for attack in made}) == len(made)


def test_a_question_without_a_word_is_expected_to_be_refused() -> None:
    def expected(payload: str, number: int) -> dict[str, tuple[int, ...]]:
        return {a.place: a.expected for a in attacks(payload, number, "run_1")}

    assert expected("((*", 0)["question"] == expected("((*", 0)["search"] == (422,)
    assert expected("((*", 1)["question in a chat"] == (400,)
    assert expected("((a", 0)["question"] == (200,)


def test_uploads_hold_a_record_and_a_file_of_each_payload() -> None:
    (name, records), *files = uploads(["a`b", 'c"d'])
    rows = [json.loads(line) for line in records.decode().splitlines()]
    assert name == "records.jsonl"
    assert [row["title"] for row in rows] == ["a`b", 'c"d']
    assert [file for file, _ in files] == ["a`b.md", 'c"d.md']


def test_tables_have_payloads_as_ids_types_and_predicates(tmp_path: Path) -> None:
    mapping = tables(tmp_path / "tables", ["a`b\n//"])
    with (mapping.parent / "entities.csv").open(newline="") as source:
        assert [row["id"] for row in csv.DictReader(source)] == ["a`b\n//", "trial:type/0"]
    with (mapping.parent / "relations.csv").open(newline="") as source:
        assert [row["predicate"] for row in csv.DictReader(source)] == ["a`b\n//"]
