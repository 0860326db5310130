"""Intervals and tests of differences."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.statistics import Interval, binary, mcnemar, mean_interval, paired_difference, wilson

values = st.floats(0, 1).map(lambda v: round(v, 3))
pairs = st.lists(st.tuples(values, values), min_size=1, max_size=40)
FEW = 400


@settings(max_examples=40, deadline=None)
@given(st.lists(values, min_size=1, max_size=40))
def test_an_interval_holds_its_mean_and_stays_among_the_values(given_values: list[float]) -> None:
    interval = mean_interval(given_values, resamples=FEW)
    assert min(given_values) - 1e-9 <= interval.low <= interval.high <= max(given_values) + 1e-9
    assert interval.mean == pytest.approx(sum(given_values) / len(given_values))


@settings(max_examples=40, deadline=None)
@given(pairs)
def test_swapping_the_runs_turns_the_difference_round(given_pairs: list[tuple[float, float]]) -> None:
    a, b = (list(side) for side in zip(*given_pairs, strict=True))
    there, back = paired_difference(a, b, resamples=FEW), paired_difference(b, a, resamples=FEW)
    assert there.mean == pytest.approx(-back.mean)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.p == pytest.approx(back.p)


@settings(max_examples=40, deadline=None)
@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_the_items_does_not_matter(given_pairs: list[tuple[float, float]], dice: random.Random) -> None:
    mixed = list(given_pairs)
    dice.shuffle(mixed)
    means = []
    for order in (given_pairs, mixed):
        a, b = (list(side) for side in zip(*order, strict=True))
        means.append(paired_difference(a, b, resamples=FEW).mean)
    assert means[0] == pytest.approx(means[1])


@settings(max_examples=40, deadline=None)
@given(st.lists(values, min_size=1, max_size=40))
def test_a_run_against_itself_differs_in_nothing(given_values: list[float]) -> None:
    found = paired_difference(given_values, given_values, resamples=FEW)
    assert (found.mean, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)


def test_the_same_seed_gives_the_same_interval() -> None:
    data = [0.1 * (n % 7) for n in range(50)]
    assert mean_interval(data, seed=3) == mean_interval(data, seed=3)
    assert mean_interval(data, seed=3) != mean_interval(data, seed=4)


def test_groups_of_any_size_count_alike() -> None:
    found = mean_interval([1.0] * 30 + [0.0, 1.0] * 5, groups=["many"] * 30 + ["few"] * 10, resamples=FEW)
    assert found.mean == 0.75
    assert 0.5 < found.low < 0.75 < found.high < 1


def test_items_that_depend_on_each_other_widen_the_interval() -> None:
    data = [float(n % 2) for n in range(40) for _ in range(5)]
    clusters = [str(n) for n in range(40) for _ in range(5)]
    alone, tied = mean_interval(data), mean_interval(data, clusters)
    assert tied.high - tied.low > 1.8 * (alone.high - alone.low)


def test_an_interval_has_the_width_of_theory() -> None:
    data = [float(n % 2) for n in range(400)]
    interval = mean_interval(data)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * 0.5 / 20, rel=0.06)


def test_a_clear_difference_is_found_and_a_slight_one_is_noise() -> None:
    a = [0.0] * 50 + [1.0] * 50
    better = [1.0] * 20 + a[20:]
    slight = [1.0] * 2 + a[2:]
    assert paired_difference(a, better).p < 0.01
    assert paired_difference(a, slight).p > 0.05


def test_few_items_that_differ_are_never_sure() -> None:
    a, b = [0.0] * 3, [1.0] * 3
    assert paired_difference(a, b).p == 0.25
    tied = paired_difference([0.0] * 100, [1.0] * 100, ["one"] * 100)
    assert tied.p == 1.0


def test_coverage_of_the_intervals_is_near_what_they_promise() -> None:
    dice = random.Random(5)
    held = 0
    for seed in range(200):
        data = [dice.gauss(0.5, 0.2) for _ in range(40)]
        interval = mean_interval(data, resamples=500, seed=seed)
        held += interval.low <= 0.5 <= interval.high
    assert 0.89 <= held / 200 <= 0.985


def test_mcnemar_is_sure_only_where_one_side_gains_clearly() -> None:
    a, gained = [0.0] * 12, [1.0] * 8 + [0.0] * 4
    assert mcnemar(a, gained) == pytest.approx(2 / 2**8)
    assert mcnemar(gained, a) == mcnemar(a, gained)
    assert mcnemar([0.0, 1.0], [1.0, 0.0]) == mcnemar(a, a) == 1.0


def bounds(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high


def test_the_interval_of_a_few_is_wide_even_where_all_or_none_are_right() -> None:
    assert bounds(wilson(0.0, 10)) == pytest.approx((0, 0.278), abs=1e-3)
    assert bounds(wilson(1.0, 10)) == pytest.approx((0.722, 1), abs=1e-3)
    assert bounds(wilson(0.5, 1000)) == pytest.approx((0.469, 0.531), abs=1e-3)
    with pytest.raises(ValueError, match="at least one"):
        wilson(0.5, 0)


def test_values_that_are_no_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="2 and 1 values"):
        paired_difference([1.0, 0.0], [1.0])
    with pytest.raises(ValueError, match="no values"):
        mean_interval([])
    with pytest.raises(ValueError, match="3 clusters for 1"):
        mean_interval([1.0], ["a", "b", "c"])
    with pytest.raises(ValueError, match="2 groups for 1"):
        mean_interval([1.0], groups=["a", "b"])
    with pytest.raises(ValueError, match="0 or 1"):
        mcnemar([0.5], [1.0])
    assert not binary([0.5])
