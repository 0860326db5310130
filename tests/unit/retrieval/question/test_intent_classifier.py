"""What a question asks for, told by the bundled weights."""

from pathlib import Path

import numpy as np
import pytest

from retrieval.question.domain import UNSEARCHED, Intent
from retrieval.question.intent_classifier import NGRAMS_ONLY, WITH_VECTOR, bundled_classifier, load, save
from retrieval.question.ngrams import BUCKETS, ngram_counts
from training.question.data import FOLDER, read_questions


def test_the_weights_are_small_and_of_the_bundled_embedder() -> None:
    from models.e5.embedder import BundledE5, bundled_weights
    from retrieval.question.intent_classifier import BUNDLED

    assert bundled_classifier().embedder == BundledE5(bundled_weights()).identity
    assert BUNDLED.stat().st_size < 2**20


def test_questions_held_out_are_told_by_their_characters_alone_more_often_than_not() -> None:
    held_out = read_questions(FOLDER / "held_out.tsv")
    read = [bundled_classifier().classify(q.text, after_turns=q.leans).intent is q.intent for q in held_out]
    assert np.mean(read) > 0.55


def test_every_intent_has_questions_in_every_language() -> None:
    questions = read_questions(FOLDER / "questions.tsv")
    for intent in Intent:
        assert {q.language for q in questions if q.intent is intent} == {"zh", "en", "mixed"}


def test_no_question_is_both_trained_on_and_held_out() -> None:
    trained = {(q.text, q.leans) for q in read_questions(FOLDER / "questions.tsv")}
    assert not trained & {(q.text, q.leans) for q in read_questions(FOLDER / "held_out.tsv")}


def test_probabilities_add_up_and_a_first_question_leans_on_nothing() -> None:
    reading = bundled_classifier().classify("它的主治呢?")
    assert sum(reading.intents.values()) == pytest.approx(1.0, abs=1e-5)
    assert not reading.follow_up
    assert bundled_classifier().classify("它的主治呢?", after_turns=True).follow_up


def test_weights_come_back_as_they_were_saved(tmp_path: Path) -> None:
    before = bundled_classifier()
    save(tmp_path / "weights.npz", before)
    after = load(tmp_path / "weights.npz")
    text = "How do I upload a paper?"
    assert after.classify(text).intents == pytest.approx(before.classify(text).intents, abs=1e-3)
    assert after.models.keys() == {WITH_VECTOR, NGRAMS_ONLY}


def test_width_and_traditional_characters_make_no_difference() -> None:
    assert ngram_counts("ＡＱＰ４ 藥") == ngram_counts("aqp4 药")
    assert all(0 <= bucket < BUCKETS for bucket in ngram_counts("x" * 50))


def test_talk_with_the_service_is_not_searched_for() -> None:
    assert bundled_classifier().classify("谢谢").intent in UNSEARCHED
