"""Figures of a ranking."""

import pytest

from eval.retrieval.metrics import complete, ndcg, percentile, recall


def test_recall_counts_what_could_be_found() -> None:
    assert recall(["a", "b", "x"], {"a": 1, "c": 1}, 5) == 0.5
    assert recall(list("abcde"), dict.fromkeys("abcdefgh", 1), 5) == 1.0


def test_complete_needs_all() -> None:
    assert complete(["a", "b"], {"a": 1, "b": 1}, 5) == 1.0
    assert complete(["a"], {"a": 1, "b": 1}, 5) == 0.0


def test_ndcg_is_one_for_the_best_order_and_known_otherwise() -> None:
    assert ndcg(["a", "b"], {"a": 1, "b": 1}, 10) == pytest.approx(1.0)
    assert ndcg(["x", "a"], {"a": 1}, 10) == pytest.approx(0.6309, abs=1e-4)


def test_ndcg_agrees_with_ir_measures() -> None:
    ir_measures = pytest.importorskip("ir_measures")
    gold = {"a": 2, "b": 1, "c": 1}
    found = ["b", "x", "a", "y", "c"]
    run = {"q": {d: float(10 - place) for place, d in enumerate(found)}}
    expected = ir_measures.calc_aggregate([ir_measures.nDCG @ 10], {"q": gold}, run)[ir_measures.nDCG @ 10]
    assert ndcg(found, gold, 10) == pytest.approx(expected)


def test_percentile_takes_the_nearest_rank() -> None:
    assert percentile([5.0, 1.0, 3.0, 2.0, 4.0], 0.5) == 3.0
    assert percentile(list(map(float, range(1, 101))), 0.95) == 95.0
