"""Figures of a ranking."""

import random

import pytest

from eval.retrieval.metrics import complete, measured, ndcg, percentile, recall, reciprocal_rank


def test_recall_counts_what_could_be_found() -> None:
    assert recall(["a", "b", "x"], {"a": 1, "c": 1}, 5) == 0.5
    assert recall(list("abcde"), dict.fromkeys("abcdefgh", 1), 5) == 1.0


def test_complete_needs_all() -> None:
    assert complete(["a", "b"], {"a": 1, "b": 1}, 5) == 1.0
    assert complete(["a"], {"a": 1, "b": 1}, 5) == 0.0


def test_ndcg_is_one_for_the_best_order_and_known_otherwise() -> None:
    assert ndcg(["a", "b"], {"a": 1, "b": 1}, 10) == pytest.approx(1.0)
    assert ndcg(["x", "a"], {"a": 1}, 10) == pytest.approx(0.6309, abs=1e-4)


def test_reciprocal_rank_is_of_the_first_gold_within_the_cut() -> None:
    assert reciprocal_rank(["x", "a", "b"], {"a": 1, "b": 1}, 10) == 0.5
    assert reciprocal_rank(["x", "a"], {"a": 1}, 1) == 0.0


def test_figures_agree_with_ir_measures_on_rankings_with_grades() -> None:
    ir_measures = pytest.importorskip("ir_measures")
    dice = random.Random(7)
    ids = [f"d{n}" for n in range(30)]
    gold = {f"q{n}": {id_: dice.randint(1, 3) for id_ in dice.sample(ids, dice.randint(1, 5))} for n in range(40)}
    found = {question: dice.sample(ids, 10) for question in gold}
    run = {q: {id_: float(10 - place) for place, id_ in enumerate(ranking)} for q, ranking in found.items()}
    ours = {"R@5": "recall@5", "R@10": "recall@10", "nDCG@10": "ndcg@10", "RR@10": "mrr@10"}
    theirs = {name: ir_measures.parse_measure(name) for name in ours}
    for told in ir_measures.iter_calc(list(theirs.values()), gold, run):
        name = next(n for n, measure in theirs.items() if measure == told.measure)
        mine = measured(found[told.query_id], gold[told.query_id])[ours[name]]
        assert mine == pytest.approx(told.value, abs=1e-6), (name, told.query_id)


def test_percentile_takes_the_nearest_rank() -> None:
    assert percentile([5.0, 1.0, 3.0, 2.0, 4.0], 0.5) == 3.0
    assert percentile(list(map(float, range(1, 101))), 0.95) == 95.0
