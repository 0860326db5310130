import json
from pathlib import Path
from random import Random

from models.scripted import HashingEmbedder
from training.judge.examples import Example
from training.judge.relevance import among_near, parted_by_answer, titles


def test_no_title_and_no_near_text_is_of_a_document_that_is_left_out(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    rows = [{"_id": str(n), "title": f"Title {n}", "text": f"Text {n}."} for n in range(20)]
    corpus.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    without = {str(n) for n in range(0, 20, 2)}
    ranked, near = titles(corpus, 20, 7, without=without)
    assert {r.own for r in ranked} == set(near) == {str(n) for n in range(1, 20, 2)}


def test_the_sentence_that_holds_the_answer_is_kept_and_those_without_it_are_apart() -> None:
    text = "甘草产于内蒙古。它的根入药。花期在六月。"
    for seed in range(8):
        around, apart = parted_by_answer(text, "内蒙古", text.index("内蒙古"), Random(seed))
        assert around.startswith("甘草产于内蒙古。")
        assert apart == ["它的根入药。", "花期在六月。"]


def test_a_question_stands_among_its_own_text_and_the_eight_nearest_others() -> None:
    texts = {"own": "Flow rose in sleep.", **{f"n{n}": f"Flow fell in age {n}." for n in range(8)}, "away": "Apples."}
    question = Example("Does flow rise in sleep?", texts["own"], "relevant", "fact", "en", "questions", "own")
    ((first, *others),) = among_near([question], texts, HashingEmbedder())
    assert first == question
    assert {e.evidence for e in others} == {texts[f"n{n}"] for n in range(8)}
    assert {e.label for e in others} == {"irrelevant"}
