"""Figures of a ranking."""

import random

import pytest

from eval.retrieval.metrics import measured, percentile, percentiles_ms, recall


def test_recall_counts_what_could_be_found() -> None:
    assert recall(["a", "b", "x"], {"a": 1, "c": 1}, 5) == 0.5
    assert recall(list("abcde"), dict.fromkeys("abcdefgh", 1), 5) == 1.0


def test_all_gold_must_be_found_for_all() -> None:
    assert measured(["a", "b"], {"a": 1, "b": 1})["all@5"] == 1.0
    assert measured(["a"], {"a": 1, "b": 1})["all@5"] == 0.0
    assert measured(["x", "y", "a"], {"a": 1}) | {"all@2": 0.0, "all@5": 1.0} == measured(["x", "y", "a"], {"a": 1})


def test_ndcg_weighs_places_and_grades() -> None:
    assert measured(["a", "b"], {"a": 1, "b": 1})["ndcg@10"] == pytest.approx(1.0)
    assert measured(["x", "a"], {"a": 1})["ndcg@10"] == pytest.approx(0.6309, abs=1e-4)
    graded = {"a": 1, "b": 3}
    assert measured(["b", "a"], graded)["ndcg@10"] > measured(["a", "b"], graded)["ndcg@10"]


def test_mrr_is_of_the_first_gold_within_ten() -> None:
    assert measured(["x", "a", "b"], {"a": 1, "b": 1})["mrr@10"] == 0.5
    assert measured([*(f"x{n}" for n in range(10)), "a"], {"a": 1})["mrr@10"] == 0.0
    assert measured([], {"a": 1})["mrr@10"] == 0.0


def test_figures_agree_with_ir_measures_on_rankings_with_grades() -> None:
    import ir_measures

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
    hundred = list(map(float, range(1, 101)))
    assert percentile(hundred, 0.95) == 95.0
    assert percentiles_ms(hundred, 50, 99, name="walk_") == {"walk_p50_ms": 50.0, "walk_p99_ms": 99.0}
