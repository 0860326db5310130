"""A run that was cut goes on where it stood."""

from pathlib import Path

import pytest

from eval.runs import EvalRuns, Item, Json, UnknownRun


def test_a_finished_run_is_a_run_like_any_other(tmp_path: Path) -> None:
    run = EvalRuns(tmp_path).begin("answers", "ecs", "extractive", manifest={"chat": "extractive"})
    assert EvalRuns(tmp_path).all() == []
    run.append(Item("q1", {"f1": 0.5}, {"language": "zh"}, "PM-1", {"question": "间隙？\u2028\x85"}))
    kept = run.finish({"f1": 0.5}, told={"failures": {}})
    assert EvalRuns(tmp_path).all() == [kept]
    assert kept.items == (Item("q1", {"f1": 0.5}, {"language": "zh"}, "PM-1", {"question": "间隙？\u2028\x85"}),)
    assert kept.manifest == {"chat": "extractive", "failures": {}}


def test_a_cut_run_keeps_what_was_finished_and_drops_a_half_written_line(tmp_path: Path) -> None:
    run = EvalRuns(tmp_path).begin("answers", "ecs", "extractive", manifest={})
    run.append(Item("q1", {"f1": 1.0}))
    with (tmp_path / run.id / "items.jsonl").open("ab") as file:
        file.write('{"id": "q2", "detail": {"question": "间'.encode()[:-1])
    again = EvalRuns(tmp_path).resume(run.id[:12])
    assert again.items == [Item("q1", {"f1": 1.0})]
    again.append(Item("q2", {"f1": 0.0}))
    assert [i.id for i in again.finish({}).items] == ["q1", "q2"]


def test_a_finished_or_unknown_run_is_not_resumed(tmp_path: Path) -> None:
    run = EvalRuns(tmp_path).begin("answers", "ecs", "extractive", manifest={})
    run.finish({})
    for id_ in (run.id, "nothing"):
        with pytest.raises(UnknownRun, match="no unfinished run"):
            EvalRuns(tmp_path).resume(id_)


def test_a_run_begun_alike_is_gone_on_with_and_another_is_begun(tmp_path: Path) -> None:
    manifest: dict[str, Json] = {"chat": "small", "settings": {"samples": 3}, "wording": ("en-1",)}
    cut = EvalRuns(tmp_path).begun_or_new("prompts", "gsm8k", "zero-shot", manifest=manifest)
    cut.append(Item("q1", {"strict": 1.0}))
    again = EvalRuns(tmp_path).begun_or_new("prompts", "gsm8k", "zero-shot", manifest=manifest)
    assert (again.id, again.items) == (cut.id, [Item("q1", {"strict": 1.0})])
    others = [
        EvalRuns(tmp_path).begun_or_new("prompts", "gsm8k", "few-shot", manifest=manifest),
        EvalRuns(tmp_path).begun_or_new("prompts", "gsm8k", "zero-shot", manifest={**manifest, "chat": "large"}),
    ]
    assert all(other.items == [] for other in others)
    again.finish({})
    assert EvalRuns(tmp_path).begun_or_new("prompts", "gsm8k", "zero-shot", manifest=manifest).id != cut.id


def test_of_an_item_that_was_kept_twice_the_later_counts(tmp_path: Path) -> None:
    run = EvalRuns(tmp_path).begin("prompts", "gsm8k", "zero-shot", manifest={})
    run.append(Item("q1", {"strict": 0.0}))
    run.append(Item("q1", {"strict": 1.0}))
    assert EvalRuns(tmp_path).resume(run.id).items == [Item("q1", {"strict": 1.0})]


def test_a_finished_run_holds_the_items_asked_for_in_their_order(tmp_path: Path) -> None:
    run = EvalRuns(tmp_path).begin("prompts", "gsm8k", "zero-shot", manifest={})
    for name in ("q3", "q1", "q2"):
        run.append(Item(name, {}))
    kept = run.finish({}, order=["q1", "q3"])
    assert [i.id for i in kept.items] == ["q1", "q3"]
