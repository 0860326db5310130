"""List questions are made from the terms of abstracts."""

import json
from pathlib import Path

from eval.retrieval.beir import read_beir
from eval.retrieval.topic_lists import topics, worded, write


def test_a_topic_is_listed_by_the_papers_that_have_its_terms() -> None:
    terms = {f"p{n}": ["Brain", "Sleep"] if n < 8 else ["Brain"] for n in range(10)}
    assert topics(terms) == {
        ("Brain",): [f"p{n}" for n in range(10)],
        ("Sleep",): [f"p{n}" for n in range(8)],
        ("Brain", "Sleep"): [f"p{n}" for n in range(8)],
    }


def test_a_term_is_worded_as_it_is_said() -> None:
    assert worded(("Neoplasms, Breast", "Sleep"), 0, plain=True) == "breast neoplasms and sleep"
    assert worded(("Sleep",), 5) == "List the papers in this collection that deal with sleep."


def test_what_is_written_is_a_suite(tmp_path: Path) -> None:
    source = tmp_path / "pubmedqa.json"
    record = {"QUESTION": "Is it so?", "CONTEXTS": ["One.", "Two."], "LONG_ANSWER": "It is.", "MESHES": ["Sleep"]}
    source.write_text(json.dumps({f"{n}": record for n in range(4)}), "utf-8")
    assert write(source, tmp_path / "lists", plain=True) == 1
    suite = read_beir("lists", tmp_path / "lists")
    assert suite.texts[0].text == "One. Two. It is."
    assert [(q.text, sorted(q.gold)) for q in suite.questions] == [("sleep", ["0", "1", "2", "3"])]
