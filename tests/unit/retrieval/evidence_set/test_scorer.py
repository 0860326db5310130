"""Choosing passages as a set."""

from dataclasses import replace

import numpy as np
import pytest

from kg.domain import PassageId
from retrieval.domain import Hit
from retrieval.evidence_set.features import ALONE, BESIDE, FEATURES, Beside, Candidates, alone
from retrieval.evidence_set.ordering import in_order_of_a_set
from retrieval.evidence_set.scorer import SetScorer, bundled_scorer
from retrieval.index.passage_words import WordOverlap
from retrieval.sources.walk.neighbours import NameOverlap


def _candidates() -> Candidates:
    """Of a question for who founded the owner of a paper: the paper, its namesake, the owner, something far off."""
    names = np.zeros((4, 4))
    names[0, 2] = 1.0
    shared = np.diag([2.0, 2.0, 2.0, 2.0])
    shared[0, 2] = shared[2, 0] = 2.0
    return Candidates(
        fused=[Hit(PassageId(f"p{n}"), score) for n, score in enumerate((1.0, 0.9, 0.5, 0.4))],
        hits={"dense": [Hit(PassageId("p0"), 0.9), Hit(PassageId("p1"), 0.8)], "lexical": [], "walk": []},
        vectors=np.eye(4, 8, dtype=np.float32),
        vector=np.full(8, 8**-0.5, np.float32),
        rarity=np.array([3.0, 2.0]),
        words=WordOverlap(
            question=np.array([[1.0, 0], [1, 0], [0, 1], [0, 0]]),
            titles=np.zeros((4, 4)),
            title_rarity=np.ones(4),
            title_asked=np.array([1.0, 1, 0, 0]),
        ),
        names=NameOverlap(
            names=names,
            shared=shared,
            question=np.array([[1.0], [1], [0], [0]]),
            asked=np.array([1.0, 1, 0, 0]),
            same_title=np.zeros((4, 4), np.bool_),
        ),
    )


def test_a_passage_that_the_first_names_and_that_adds_words_comes_second() -> None:
    assert bundled_scorer().order(_candidates(), 2) == [0, 2]


def test_weights_decide_the_order() -> None:
    fused_only = SetScorer({name: float(name == "fused") for name in FEATURES})
    assert fused_only.order(_candidates(), 9) == [0, 1, 2, 3]


def test_words_that_are_covered_are_new_no_more() -> None:
    beside = Beside(_candidates())
    new = BESIDE.index("new_words")
    assert beside.columns()[:, new].tolist() == pytest.approx([0.6, 0.6, 0.4, 0.0])
    beside.choose(0)
    assert beside.columns()[:, new].tolist() == pytest.approx([0.0, 0.0, 0.4, 0.0])


def test_what_a_chosen_passage_names_is_seen() -> None:
    beside = Beside(_candidates())
    beside.choose(0)
    columns = dict(zip(BESIDE, beside.columns().T.tolist(), strict=True))
    assert columns["named_by"] == [0, 0, 1, 0]
    assert columns["names"] == [0, 0, 0, 0]
    assert columns["shared_part"][2] == 1.0
    assert columns["words_and_names"][2] > 0.0


def test_features_have_a_column_each() -> None:
    found = _candidates()
    assert alone(found).shape == (4, len(ALONE))
    assert Beside(found).columns().shape == (4, len(BESIDE))


def test_a_question_without_words_or_names_is_scored_as_well() -> None:
    found = _candidates()
    bare = replace(
        found,
        rarity=np.zeros(0),
        words=replace(found.words, question=np.zeros((4, 0))),
        names=replace(found.names, question=np.zeros((4, 0))),
    )
    assert sorted(bundled_scorer().order(bare, 4)) == [0, 1, 2, 3]


def test_the_ranking_keeps_its_scores_and_its_tail() -> None:
    found = _candidates()
    fused = [*found.fused, Hit(PassageId("tail"), 0.1)]
    ordered = in_order_of_a_set(found, bundled_scorer(), fused)
    assert [h.score for h in ordered] == [h.score for h in fused]
    assert {h.passage_id for h in ordered} == {h.passage_id for h in fused}
    assert ordered[1].passage_id == "p2"
    assert ordered[-1] == fused[-1]
