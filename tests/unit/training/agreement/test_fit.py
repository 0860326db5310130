"""Fitting how probably a sentence is right, from labelled sentences of a model."""

import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from app.answering.verify.agreed import bundled_weights
from training.agreement.fit import auc, figures, fitted, left_out, table_of
from training.agreement.sentences import Labelled, evidence_of, labelled
from training.answers.papers import Paper

PAPERS = {"1-1": {"A": Paper("p", "Sleep and the space", "2013", ("It grows by 60%.", "Mice were used."))}}
ROW = Labelled(
    packet="1-1",
    lang="en",
    question="By how much does it grow?",
    evidence=("1-1A:1,2",),
    replies=("It grows by 60% [1].", "It grows by 60% [1].", "It halves [1]."),
    sentences=(("It grows by 60%.", True), ("It halves.", False)),
)


def test_evidence_is_told_as_the_model_read_it() -> None:
    (piece,) = evidence_of(ROW, PAPERS, {})
    assert (piece.number, piece.text, piece.title) == (
        1,
        "It grows by 60%. Mice were used.",
        "Sleep and the space, 2013",
    )
    chinese = ROW.model_copy(update={"chinese": True})
    assert evidence_of(chinese, PAPERS, {("1-1", "A1"): "增大60%。"})[0].text.startswith("增大60%。")


def test_right_sentences_become_likelier_than_wrong_ones() -> None:
    rows = [ROW.model_copy(update={"packet": f"{n}-1", "evidence": ("1-1A:1,2",)}) for n in range(1, 9)]
    table = table_of(rows, PAPERS, {})
    p = fitted(table).probabilities(table.features)
    assert p[table.right].min() > p[~table.right].max()
    assert figures(table, left_out(table), (0.5,))["all"]["auc"] == 1.0


def test_the_area_under_the_curve_counts_pairs() -> None:
    assert auc(np.array([0.9, 0.1, 0.5]), np.array([True, False, False])) == 1
    assert auc(np.array([0.1, 0.9, 0.1]), np.array([True, False, False])) == pytest.approx(0.25)


def test_the_bundled_weights_believe_what_replies_agree_on_and_evidence_holds() -> None:
    agreed, once, unheld = bundled_weights().probabilities(
        np.array([[1.0, 1.0, 0, 0], [0.1, 1.0, 0, 0], [0.1, 0.1, 0, 0]])
    )
    assert agreed > 0.8 > once > unheld


def test_the_labelled_sentences_can_be_read_and_a_broken_row_is_told(tmp_path: Path) -> None:
    rows = labelled()
    assert {row.lang for row in rows} == {"en", "zh"}
    assert all(row.replies and row.sentences for row in rows)
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({"packet": "1-1"}))
    with pytest.raises(ValidationError, match="question"):
        labelled(file)
