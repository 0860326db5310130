"""The headline figures of a few items, counted by hand."""

import pytest

from eval.answers.figures import failures_of, figures_of
from eval.runs import Item, Json

COSTS = {"seconds": 2.0, "prompt_tokens": 10.0, "completion_tokens": 5.0, "failed": 0.0}


def item(id_: str, kind: str, language: str, *, failure: str = "", dropped: int = 0, **metrics: float) -> Item:
    detail: dict[str, Json] = {"failure": failure, "gold": {"label": "yes"}, "label": "yes"}
    return Item(
        id_, {**COSTS, "dropped_count": float(dropped), **metrics}, {"kind": kind, "language": language}, detail=detail
    )


ITEMS = [
    item("1", "numeric", "en", facts_found=1.0, wrong_refusal=0.0, declined=0.0, sentences=3.0, uncited=1 / 3),
    item("2", "kg_only", "zh", facts_found=0.5, wrong_refusal=0.0, declined=0.0, sentences=1.0, uncited=0.0,
         triples_complete=1.0),
    item("3", "kg_only", "zh", facts_found=0.0, wrong_refusal=1.0, declined=1.0, sentences=0.0, triples_complete=0.0,
         failure="declined"),
    item("4", "unanswerable", "en", right_refusal=1.0, declined=1.0, sentences=0.0),
    item("5", "unanswerable", "en", right_refusal=0.0, declined=0.0, sentences=1.0, uncited=0.0, failure="answered"),
]  # fmt: skip


def test_means_are_over_the_items_to_which_a_metric_applies() -> None:
    figures = figures_of(ITEMS)
    wanted = {
        "n": 5.0, "answerable": 3.0, "facts_found": 0.5, "facts_found zh": 0.25, "facts_found numeric": 1.0,
        "right_refusals": 0.5, "wrong_refusals": 1 / 3, "refusal_precision": 0.5, "refusal_recall": 0.5,
        "graph_complete": 1.0, "graph_questions": 2.0, "seconds_p50": 2.0, "tokens": 15.0,
    }  # fmt: skip
    assert {k: figures[k] for k in wanted} == pytest.approx(wanted)


def test_shares_of_sentences_count_sentences_and_not_answers() -> None:
    assert figures_of(ITEMS)["uncited_sentences"] == pytest.approx(1 / 5)


def test_dropped_sentences_are_a_share_of_all_that_were_written() -> None:
    items = [
        item("1", "a", "en", declined=0.0, sentences=3.0, dropped=1, wrong_refusal=0.0),
        item("2", "b", "en", declined=0.0, sentences=0.0, wrong_refusal=1.0),
    ]
    assert figures_of(items)["dropped_sentences"] == pytest.approx(1 / 4)


def test_what_fell_short_is_listed_by_reason() -> None:
    assert failures_of(ITEMS) == {"answered": ["5"], "declined": ["3"]}
