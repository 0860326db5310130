"""Runs are kept whole and found again."""

from pathlib import Path

import pytest

from eval.runs import EvalRuns, Item, UnknownRun


def test_a_kept_run_is_read_back_by_id_by_path_and_by_the_start_of_its_id(tmp_path: Path) -> None:
    runs = EvalRuns(tmp_path)
    items = [Item("q1", {"recall@5": 0.5}, {"language": "zh"}, "PM-1", {"question": "间隙？", "found": ["a"]})]
    kept = runs.keep("retrieval", "ecs", "jianxi", items, figures={"recall@5": 0.5}, manifest={"seed": 1})
    assert runs.get(kept.id) == kept
    assert runs.get(str(tmp_path / kept.id)) == kept
    assert runs.get(kept.id[:20]) == kept
    assert runs.all() == [kept]


def test_unknown_and_ambiguous_ids_are_refused_with_the_cure(tmp_path: Path) -> None:
    runs = EvalRuns(tmp_path)
    for _ in range(2):
        runs.keep("retrieval", "ecs", "jianxi", [], figures={}, manifest={})
    with pytest.raises(UnknownRun, match="more than one"):
        runs.get("2")
    with pytest.raises(UnknownRun, match="jianxi eval runs"):
        runs.get("nothing")
