"""A baseline is held, or the gate says what fell."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from eval.baselines import gate, latest, read_baseline, write_baseline
from eval.cli import eval_commands
from eval.errors import BrokenBaseline
from eval.runs import EvalRun, EvalRuns, Item
from tests.unit.eval.runs_made import run_of

GOOD = [1.0] * 30 + [0.5] * 10
BAD = [0.0] * 15 + GOOD[15:]


def keep(kept: EvalRuns, values: list[float], suite: str = "s") -> EvalRun:
    items = [Item(f"问{n}", {"recall@5": v, "retrieve_ms": 3.0}, cluster=f"c{n // 2}") for n, v in enumerate(values)]
    return kept.keep("retrieval", suite, "jianxi", items, figures={"recall@5": 0.5, "p50_ms": 3.0}, manifest={})


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(eval_commands, ["gate", *map(str, arguments)])


def test_what_is_written_is_read_back_without_costs_and_detail(tmp_path: Path) -> None:
    run = run_of({"recall@5": [1.0, 0.333333], "retrieve_ms": [2.0, 3.0]}, manifest={"corpus": "c", "load": 3})
    write_baseline(tmp_path / "b.json", [run, run_of({"m": [1.0]}, suite="t")])
    first, second = read_baseline(tmp_path / "b.json")
    assert [i.metrics for i in first.items] == [{"recall@5": 1.0}, {"recall@5": 0.333333}]
    assert first.manifest == {"corpus": "c"}
    assert (second.suite, second.id) == ("t", run.id)


def test_the_same_figures_hold_and_worse_ones_do_not() -> None:
    old = run_of({"m": GOOD})
    assert gate([old], [run_of({"m": GOOD})])[0][1].holds
    assert gate([old], [run_of({"m": BAD})])[0][1].worse == ("m",)
    assert gate([run_of({"m": BAD})], [old])[0][1].holds


def test_missing_items_do_not_hold() -> None:
    assert not gate([run_of({"m": GOOD})], [run_of({"m": GOOD[:20]})])[0][1].holds


def test_the_newest_run_of_each_suite_and_system_counts() -> None:
    old, new, other = run_of({"m": [0.0]}, id_="1"), run_of({"m": [1.0]}, id_="2"), run_of({"m": [0.0]}, system="x")
    assert latest([old, other, new]) == [new, other]


def test_a_suite_without_a_run_is_told() -> None:
    with pytest.raises(BrokenBaseline, match="no run of jianxi on s"):
        gate([run_of({"m": [1.0]})], [])


@pytest.mark.parametrize("text", ["", "{}", '{"format": 9, "runs": []}', '{"format": 1, "runs": [3]}'])
def test_a_broken_baseline_is_told_with_the_cure(tmp_path: Path, text: str) -> None:
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(BrokenBaseline, match="--write"):
        read_baseline(tmp_path / "b.json")
    with pytest.raises(BrokenBaseline, match="is not there"):
        read_baseline(tmp_path / "none.json")


def test_the_command_exits_with_1_only_where_something_fell(tmp_path: Path, kept: EvalRuns) -> None:
    file = tmp_path / "baselines" / "b.json"
    first = keep(kept, GOOD)
    assert invoke("--baseline", file, "--write", "--latest").exit_code == 0
    held = invoke("--baseline", file)
    assert held.exit_code == 0, held.output
    assert "holds" in held.stdout
    fallen = keep(kept, BAD)
    told = invoke("--baseline", file, "--run", fallen.id, "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["runs"][0]["worse"] == ["recall@5"]
    assert invoke("--baseline", file, "--run", first.id).exit_code == 0
    assert "worse: recall@5" in invoke("--baseline", file, "--run", fallen.id).stdout


def test_wrong_options_are_refused(tmp_path: Path, kept: EvalRuns) -> None:
    assert "--write needs" in invoke("--baseline", tmp_path / "b", "--write").output
    assert "exclude" in invoke("--baseline", tmp_path / "b", "--run", "x", "--latest").output
