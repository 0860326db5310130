import json
from collections import Counter
from pathlib import Path

from eval.claims.readers import is_held_out
from training.judge.recipe import is_for_calibration
from training.judge.written import written_claims, written_questions


def test_the_written_claims_have_all_labels_in_both_languages() -> None:
    counts = Counter((e.language, e.label) for e in written_claims(None))
    assert set(counts) == {(la, lb) for la in ("zh", "en") for lb in ("supported", "contradicted", "unsupported")}
    assert min(counts.values()) > 200


def test_claims_over_spans_are_there_with_the_corpus_only(tmp_path: Path) -> None:
    (tmp_path / "passages.tsv").write_text("P1\ten\tFlow rose.\n", "utf-8")
    (tmp_path / "spans.tsv").write_text("S1\t9\t7\t17\n", "utf-8")
    (tmp_path / "claims.tsv").write_text("P1\ten\ts\tparaphrase\tMore.\nS1\ten\tc\tdirection\tLess.\n", "utf-8")
    (tmp_path / "claims_reworded.tsv").write_text("S1\tzh\tu\tscope\t总是。\n", "utf-8")
    (tmp_path / "claims_paired.tsv").write_text("P1\tzh\tc\tdirection\t流量下降。\n", "utf-8")
    (tmp_path / "answers.tsv").write_text("P1\ten\ts\tparaphrase\tDid it rise?\tYes.\n", "utf-8")
    for name in ("retold", "retold_english", "long", "bound", "twins"):
        (tmp_path / f"claims_{name}.tsv").touch()
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(json.dumps({"_id": "9", "text": "Sleep. Flow fell. End."}), "utf-8")
    assert [e.claim for e in written_claims(None, tmp_path)] == ["More.", "流量下降。", "Did it rise? Yes."]
    found = [(e.claim, e.evidence, e.label, e.source) for e in written_claims(corpus, tmp_path)]
    assert found == [
        ("More.", "Flow rose.", "supported", "written"),
        ("Less.", "Flow fell.", "contradicted", "written"),
        ("总是。", "Flow fell.", "unsupported", "reworded"),
        ("流量下降。", "Flow rose.", "contradicted", "paired"),
        ("Did it rise? Yes.", "Flow rose.", "supported", "answers"),
    ]


def test_every_other_question_over_a_span_is_asked_of_the_text_under_its_title(tmp_path: Path) -> None:
    (tmp_path / "passages.tsv").write_text("P1\ten\tFlow rose.\n", "utf-8")
    (tmp_path / "spans.tsv").write_text("S1\t9\t7\t17\n", "utf-8")
    rows = ["P1\ten\tr\tfact\tA?", "S1\ten\tr\tfact\tB?", "S1\tzh\ti\tentity\tC?"]
    (tmp_path / "questions.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(json.dumps({"_id": "9", "title": "Sleep and flow.", "text": "Sleep. Flow fell. End."}), "utf-8")
    assert [e.claim for e in written_questions(None, tmp_path)] == ["A?"]
    assert [(e.claim, e.evidence, e.label) for e in written_questions(corpus, tmp_path)] == [
        ("A?", "Flow rose.", "relevant"),
        ("B?", "Sleep and flow. Flow fell.", "relevant"),
        ("C?", "Flow fell.", "irrelevant"),
    ]


def test_thresholds_are_set_on_all_labels_in_both_languages_and_on_less_than_a_quarter() -> None:
    claims = written_claims(None)
    kept = [e for e in claims if is_for_calibration(e.group)]
    assert {(e.language, e.label) for e in kept} == {(e.language, e.label) for e in claims}
    assert len(kept) < len(claims) / 4


def test_about_a_fifth_of_claim_ids_is_held_out() -> None:
    assert 150 < sum(is_held_out(str(n)) for n in range(1000)) < 250
