import json
from pathlib import Path

from training.judge.relevance import titles


def test_no_title_and_no_near_text_is_of_a_document_that_is_left_out(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    rows = [{"_id": str(n), "title": f"Title {n}", "text": f"Text {n}."} for n in range(20)]
    corpus.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    without = {str(n) for n in range(0, 20, 2)}
    ranked, near = titles(corpus, 20, 7, without=without)
    assert {r.own for r in ranked} == set(near) == {str(n) for n in range(1, 20, 2)}
