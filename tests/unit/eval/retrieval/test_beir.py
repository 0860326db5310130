"""Folders in BEIR's layout are read, and what is wrong with them is told with file and line."""

from pathlib import Path

import pytest

from eval.errors import BrokenData, MissingData, UnknownSuite
from eval.retrieval.beir import read_beir
from eval.retrieval.suites import suite_named

CORPUS = '{"_id": "a", "title": "Water", "text": "It flows."}\n{"_id": 7, "text": "人参补气。"}\n'
ASKED = {"q1": "What flows?", "q2": "什么补气？", "q3": "not judged"}
QUERIES = "".join(f'{{"_id": "{id_}", "text": "{text}"}}\n' for id_, text in ASKED.items())


def made(folder: Path, *, corpus: str = CORPUS, queries: str = QUERIES, qrels: str = "q1\ta\t1\nq2\t7\t2\n") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "corpus.jsonl").write_text(corpus, "utf-8")
    (folder / "queries.jsonl").write_text(queries, "utf-8")
    (folder / "qrels.tsv").write_text(qrels, "utf-8")
    return folder


@pytest.mark.parametrize(
    "qrels",
    [
        "q1\ta\t1\nq2\t7\t2\n",
        "query-id\tcorpus-id\tscore\r\nq1\ta\t1\r\n\r\nq2\t7\t2\r\n",
        "q1 0 a 1\nq2 0 7 2\nq3 0 a 0\n",
        "q1\tQ0\ta\t1\nq2\tQ0\t7\t2\n",
    ],
    ids=["plain", "header", "trec", "trec with tabs"],
)
def test_judgements_are_read_in_every_common_form(tmp_path: Path, qrels: str) -> None:
    suite = read_beir("tiny", made(tmp_path, qrels=qrels))
    assert {q.id: (q.gold, q.language) for q in suite.questions} == {"q1": ({"a": 1}, "en"), "q2": ({"7": 2}, "zh")}
    assert [t.id for t in suite.texts] == ["a", "7"]


def test_judgements_may_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels.tsv").rename(tmp_path / "qrels/test.tsv")
    assert len(read_beir("tiny", tmp_path).questions) == 2


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"corpus": CORPUS + "{broken\n"}, r"corpus\.jsonl, line 3: no JSON"),
        ({"corpus": CORPUS + CORPUS}, r"corpus\.jsonl, line 3: the id 'a' is on line 1 already"),
        ({"corpus": '{"title": "x", "text": "y"}\n'}, r"corpus\.jsonl, line 1: the field _id"),
        ({"corpus": '{"_id": "a", "text": null}\n'}, r"corpus\.jsonl, line 1: the fields title and text"),
        ({"queries": "[]\n"}, r"queries\.jsonl, line 1: no JSON object"),
        ({"qrels": "q1\ta\n"}, r"qrels\.tsv, line 1: 2 columns"),
        ({"qrels": "q1\ta\t1\nq1\t7\thigh\n"}, r"qrels\.tsv, line 2: the grade 'high'"),
        ({"qrels": "q1\ta\t1\nq9\ta\t1\n"}, r"qrels\.tsv, line 2: question 'q9'"),
        ({"qrels": "q1\tz\t1\n"}, r"qrels\.tsv, line 1: text 'z'"),
        ({"qrels": "q1\ta\t0\n"}, "nothing to find"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, files: dict[str, str], told: str) -> None:
    with pytest.raises(BrokenData, match=told):
        read_beir("tiny", made(tmp_path, **files))


def test_text_in_another_encoding_is_told(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "corpus.jsonl").write_bytes('{"_id": "a", "text": "人参"}\n'.encode("gb18030"))
    with pytest.raises(BrokenData, match="line 1: no UTF-8"):
        read_beir("tiny", tmp_path)


def test_missing_files_and_unknown_suites_are_told_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match=r"corpus\.jsonl is not there"):
        suite_named("beir", tmp_path)
    with pytest.raises(MissingData, match="folder of evaluation data"):
        suite_named("musique100", tmp_path)
    with pytest.raises(UnknownSuite, match="ecs, cross-language, musique100, hotpot100, scifact, rgb"):
        suite_named("nosuch", tmp_path)


def test_a_wrong_entry_of_a_named_suite_is_told_with_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "bench/musique100"
    folder.mkdir(parents=True)
    (folder / "train_corpus.json").write_text('[{"title": "A", "text": "B"}, {"title": "C"}]', "utf-8")
    with pytest.raises(BrokenData, match=r"train_corpus\.json, entry 2: lacks 'text'"):
        suite_named("musique100", tmp_path)


def test_any_name_may_be_given_to_a_folder_in_the_layout(tmp_path: Path) -> None:
    assert suite_named("ours", made(tmp_path)).name == "ours"


def test_the_named_suites_know_their_groups(shared_data: Path) -> None:
    hops = [q.hops for q in suite_named("musique100", shared_data).questions]
    assert {n: hops.count(n) for n in set(hops)} == {2: 68, 3: 27, 4: 5}
    assert {q.hops for q in suite_named("hotpot100", shared_data).questions} == {2}
    ecs = suite_named("ecs", shared_data)
    assert len(ecs.texts) == 563
    assert sum(q.kind == "list_summary" for q in ecs.questions) == 6
