"""A run that was cut goes on where it stood."""

from pathlib import Path

import pytest

from eval.open_runs import begin, resume
from eval.runs import EvalRuns, Item, UnknownRun


def test_a_finished_run_is_a_run_like_any_other(tmp_path: Path) -> None:
    run = begin(tmp_path, "answers", "ecs", "extractive", manifest={"chat": "extractive"})
    assert EvalRuns(tmp_path).all() == []
    run.append(Item("q1", {"f1": 0.5}, {"language": "zh"}, "PM-1", {"question": "间隙？\u2028\x85"}))
    kept = run.finish({"f1": 0.5}, told={"failures": {}})
    assert EvalRuns(tmp_path).all() == [kept]
    assert kept.items == (Item("q1", {"f1": 0.5}, {"language": "zh"}, "PM-1", {"question": "间隙？\u2028\x85"}),)
    assert kept.manifest == {"chat": "extractive", "failures": {}}


def test_a_cut_run_keeps_what_was_finished_and_drops_a_half_written_line(tmp_path: Path) -> None:
    run = begin(tmp_path, "answers", "ecs", "extractive", manifest={})
    run.append(Item("q1", {"f1": 1.0}))
    with (tmp_path / run.id / "items.jsonl").open("ab") as file:
        file.write('{"id": "q2", "detail": {"question": "间'.encode()[:-1])
    again = resume(tmp_path, run.id[:12])
    assert again.items == [Item("q1", {"f1": 1.0})]
    again.append(Item("q2", {"f1": 0.0}))
    assert [i.id for i in again.finish({}).items] == ["q1", "q2"]


def test_a_finished_or_unknown_run_is_not_resumed(tmp_path: Path) -> None:
    run = begin(tmp_path, "answers", "ecs", "extractive", manifest={})
    run.finish({})
    for id_ in (run.id, "nothing"):
        with pytest.raises(UnknownRun, match="no unfinished run"):
            resume(tmp_path, id_)
