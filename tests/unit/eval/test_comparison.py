"""Two runs are compared item by item."""

import json

import pytest
from typer.testing import CliRunner

from eval.cli import eval_commands
from eval.comparison import ComparisonVerdict, compare
from eval.errors import NotComparable
from eval.runs import EvalRuns, Item
from tests.unit.eval.runs_made import run_of

HALF = [0.0] * 30 + [1.0] * 30


def verdicts(a: list[float], b: list[float], metric: str = "recall@5") -> ComparisonVerdict:
    return compare(run_of({metric: a}), run_of({metric: b})).metrics[0].verdict


def test_a_difference_outside_the_noise_has_a_direction_and_one_inside_is_a_tie() -> None:
    assert verdicts(HALF, [1.0] * 12 + HALF[12:]) is ComparisonVerdict.BETTER
    assert verdicts([1.0] * 12 + HALF[12:], HALF) is ComparisonVerdict.WORSE
    assert verdicts(HALF, [1.0] * 2 + HALF[2:]) is ComparisonVerdict.TIE
    assert verdicts(HALF, HALF) is ComparisonVerdict.TIE


def test_less_time_is_better() -> None:
    assert verdicts([5.0 + 0.01 * n for n in range(40)], [3.0 + 0.01 * n for n in range(40)], "retrieve_ms") is (
        ComparisonVerdict.BETTER
    )


def test_a_metric_without_a_better_side_is_only_different() -> None:
    assert verdicts(HALF, [1.0] * 12 + HALF[12:], "declined") is ComparisonVerdict.DIFFERENT
    assert verdicts(HALF, [1.0] * 12 + HALF[12:], "uncited") is ComparisonVerdict.WORSE


def test_runs_that_asked_other_questions_of_one_set_are_compared_where_they_meet() -> None:
    a = run_of({"m": [1.0, 0.0]}, manifest={"questions": ["q0", "q1"]})
    assert compare(a, run_of({"m": [1.0]}, manifest={"questions": ["q0"]})).n == 1


def test_right_and_wrong_are_held_to_the_exact_test_and_shares_to_the_bootstrap() -> None:
    a = run_of({"all@5": HALF, "recall@5": [v / 2 for v in HALF]})
    found = {m.metric: m for m in compare(a, a).metrics}
    assert found["all@5"].test == "mcnemar"
    assert found["recall@5"].test == "bootstrap"


def test_items_that_only_one_run_has_are_named_and_left_out() -> None:
    a = run_of({"m": [1.0, 0.0, 1.0]}, ids=["x", "y", "z"])
    b = run_of({"m": [1.0, 0.0, 0.5]}, ids=["y", "z", "w"])
    found = compare(a, b)
    assert (found.n, found.only_a, found.only_b) == (2, ("x",), ("w",))
    assert (found.metrics[0].a, found.metrics[0].b) == (0.5, 0.5)


def test_metrics_that_only_one_run_has_are_left_out() -> None:
    found = compare(run_of({"m": [1.0], "old": [1.0]}), run_of({"m": [1.0], "new": [1.0]}))
    assert [m.metric for m in found.metrics] == ["m"]


def test_runs_of_other_suites_or_other_data_are_refused() -> None:
    a = run_of({"m": [1.0]}, manifest={"corpus": "one"})
    with pytest.raises(NotComparable, match="not the same suite"):
        compare(a, run_of({"m": [1.0]}, suite="other"))
    with pytest.raises(NotComparable, match="the corpus of s changed"):
        compare(a, run_of({"m": [1.0]}, manifest={"corpus": "two"}))
    with pytest.raises(NotComparable, match="no item in common"):
        compare(a, run_of({"m": [1.0]}, ids=["other"]))


def test_the_command_tells_means_interval_p_and_verdict(kept: EvalRuns) -> None:
    ids = []
    for system, own in (("a", HALF), ("b", [1.0] * 12 + HALF[12:])):
        items = [Item(str(n), {"all@5": v}) for n, v in enumerate(own)]
        ids.append(kept.keep("retrieval", "s", system, items, figures={}, manifest={}).id)
    done = CliRunner().invoke(eval_commands, ["compare", *ids, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)["metrics"][0]
    assert (told["a"], told["b"], told["difference"], told["verdict"]) == (0.5, 0.7, 0.2, "better")
    assert told["interval"][0] > 0
    assert told["p"] == pytest.approx(2 / 2**12, abs=1e-6)
    shown = CliRunner().invoke(eval_commands, ["compare", *ids])
    assert "better" in shown.stdout
