"""Each format gives the same nouns."""

import json
from pathlib import Path

import pytest

from eval.answers import rgb
from eval.answers.suites import READERS, read_ecs, read_graphrag_bench, read_mirage, read_pubmedqa, read_suite
from eval.errors import EvalError

REFINE = {
    "id": 1,
    "query": "死亡人数",
    "answer": ["12人"],
    "positive": ["p1", "p2"],
    "negative": [f"n{i}" for i in range(9)],
}


def texts(question: object) -> list[str]:
    return sorted(p.text for p in question.given)  # type: ignore[attr-defined]


def written(folder: Path, name: str, rows: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text("\n".join(map(json.dumps, rows)) if isinstance(rows, list) else json.dumps(rows), "utf-8")
    return file


@pytest.fixture
def rgb_folder(tmp_path: Path) -> Path:
    fact = {
        "id": 3, "query": "Where was it?", "answer": "Tampa", "fakeanswer": "Glendale",
        "positive_wrong": ["w1", "w2", "w3"], "positive": ["p"], "negative": ["n1", "n2", "n3"],
    }  # fmt: skip
    whole = {
        "id": 2, "query": "两次的时间", "answer": ["1月3日", ["1月12日", "12日"]],
        "positive": [["a1", "a2"], ["b1"]], "negative": ["n1", "n2", "n3", "n4"],
    }  # fmt: skip
    written(tmp_path, "zh_refine.json", [REFINE])
    written(tmp_path, "zh_int.json", [whole])
    written(tmp_path, "zh_fact.json", [fact])
    written(tmp_path, "en_fact.json", [fact])
    return tmp_path


def test_rgb_deals_five_passages_with_the_ratio_of_noise(rgb_folder: Path) -> None:
    by_kind = {q.kind: q for q in rgb.read(rgb_folder, noise=0.6).questions}
    assert texts(by_kind["noise"]) == ["n0", "n1", "n2", "p1", "p2"]
    assert texts(by_kind["refusal"]) == ["n0", "n1", "n2", "n3", "n4"]
    assert not by_kind["refusal"].answerable
    assert texts(by_kind["integration"]) == ["a1", "b1", "n1", "n2", "n3"]
    assert by_kind["integration"].answers == (("1月3日",), ("1月12日", "12日"))
    assert texts(by_kind["counterfactual_en"]) == ["n1", "n2", "n3", "w1", "w2"]
    assert by_kind["counterfactual_en"].wrong == ("Glendale",)


def test_what_one_side_lacks_the_other_fills(rgb_folder: Path) -> None:
    assert texts(rgb.read(rgb_folder, noise=0.0).questions[0]) == ["n0", "n1", "n2", "p1", "p2"]


def test_rgb_is_dealt_alike_every_time(rgb_folder: Path) -> None:
    assert rgb.read(rgb_folder) == rgb.read(rgb_folder)
    assert read_suite("rgb", rgb_folder, noise=0.2) != read_suite("rgb", rgb_folder, noise=0.8)


def test_ecs_tells_what_cannot_be_answered_and_why(tmp_path: Path) -> None:
    row = {
        "id": "q1", "question": "Why so?", "language": "en", "kind": "unanswerable", "answer": "It is not so.",
        "answer_facts": ["It is otherwise"], "gold_passages": [], "gold_quotes": [], "gold_triples": [["a", "b", "c"]],
        "unanswerable_type": "false_premise",
    }  # fmt: skip
    suite = read_ecs(written(tmp_path, "q.jsonl", [row]))
    (question,) = suite.questions
    assert (question.answerable, question.false_premise, suite.knowledge) == (False, True, "ecs")
    assert question.triples == (("a", "b", "c"),)


def test_pubmedqa_gives_the_abstract_without_its_conclusion(tmp_path: Path) -> None:
    row = {"QUESTION": "Does it?", "CONTEXTS": ["One.", "Two."], "LONG_ANSWER": "It does.", "final_decision": "yes"}
    written(tmp_path, "ori_pqal.json", {"7": row, "8": row})
    written(tmp_path, "test_ground_truth.json", {"7": "yes"})
    (question,) = read_pubmedqa(tmp_path).questions
    assert (question.label, texts(question), question.sources) == ("yes", ["One.\nTwo."], ("PM-7",))


def test_graphrag_bench_reads_json_and_json_lines(tmp_path: Path) -> None:
    row = {"id": "N1", "question": "Who?", "answer": "She.", "evidence": "She came.", "question_type": "Fact Retrieval"}
    lines = read_graphrag_bench(written(tmp_path, "a.jsonl", [row, {**row, "id": "N2", "evidence": ["x", ""]}]))
    array = tmp_path / "b.json"
    array.write_text(json.dumps([row]), "utf-8")
    assert [q.id for q in lines.questions] == ["N1", "N2"]
    assert lines.questions[1].facts == ("x",)
    assert read_graphrag_bench(array).questions == lines.questions[:1]
    assert lines.questions[0].kind == "fact_retrieval"


def test_graphrag_bench_reads_the_first_files_which_have_no_evidence(tmp_path: Path) -> None:
    row = {
        "id": "Medical-1a2b3c4d", "source": "Medical", "question": "Which cells line the ventricles?",
        "answer": "Ependymal cells.", "question_type": "Fact Retrieval",
    }  # fmt: skip
    (question,) = read_graphrag_bench(written(tmp_path, "a.jsonl", [row])).questions
    assert (question.answer, question.facts) == ("Ependymal cells.", ())


def test_graphrag_bench_reads_later_files_with_lists_and_relations(tmp_path: Path) -> None:
    row = {
        "id": "Medical-5e6f7a8b", "source": "Medical", "question": "Write a note on tight junctions.",
        "answer": "A note.", "question_type": "Creative Generation",
        "evidence": ["Tight junctions seal the barrier.", "Claudins form them."],
        "evidence_relations": "claudins form tight junctions",
    }  # fmt: skip
    (question,) = read_graphrag_bench(written(tmp_path, "a.jsonl", [row])).questions
    assert question.facts == ("Tight junctions seal the barrier.", "Claudins form them.")
    assert question.kind == "creative_generation"


def test_two_questions_of_one_id_are_told_apart(tmp_path: Path) -> None:
    rows = [
        {"id": "Novel-55f0c0e2", "source": f"Novel-{n}", "question": f"Who {n}?", "answer": "She."} for n in range(3)
    ]
    read = read_graphrag_bench(written(tmp_path, "a.jsonl", rows)).questions
    assert [q.id for q in read] == ["Novel-55f0c0e2", "Novel-55f0c0e2-2", "Novel-55f0c0e2-3"]


def test_mirage_names_the_papers_that_hold_the_answer(tmp_path: Path) -> None:
    options = {"A": "yes", "B": "no"}
    rows = {"q7": {"question": "Does it?", "options": options, "answer": "A", "PMID": [30936465, 12, 12]}}
    (question,) = read_mirage(written(tmp_path, "benchmark.json", {"bioasq": rows})).questions
    assert question.sources == ("PM-30936465", "PM-12")


def test_mirage_keeps_its_data_sets_apart(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "benchmark.json",
        {"mmlu": {"a-0": {"question": "Which?", "options": {"A": "x", "B": "y"}, "answer": "B"}}},
    )
    (question,) = read_mirage(file).questions
    assert (question.id, question.kind, question.label, dict(question.options)) == (
        "mmlu-a-0", "mmlu", "B", {"A": "x", "B": "y"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("graphrag-bench", '[{"question": "Who?"}]', "entry 1: has no answer"),
        ("graphrag-bench", "[1]", "entry 1: no JSON object"),
        ("graphrag-bench", "{", "line 1: no JSON"),
        ("mirage", '{"mmlu": {"1": {"question": "?"}}}', "has no options"),
        ("mirage", '{"mmlu": {"1": {"question": "?", "options": {"A": "x"}, "answer": "Z"}}}', "none of A"),
        ("mirage", "{}", "holds no questions"),
        ("mirage", "[]", "holds no questions"),
    ],
)
def test_a_file_that_is_not_of_the_format_is_refused_by_place(
    name: str, content: str, told: str, tmp_path: Path
) -> None:
    file = tmp_path / "file.json"
    file.write_text(content, "utf-8")
    with pytest.raises(EvalError, match=told):
        READERS[name](file)


def test_suites_of_the_users_own_corpus_need_a_file(tmp_path: Path) -> None:
    for name in ("graphrag-bench", "mirage"):
        with pytest.raises(EvalError, match="--data FILE"):
            READERS[name](tmp_path)
