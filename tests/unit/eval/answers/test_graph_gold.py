"""Triples of an answer against those of the gold."""

from eval.answers.graph_gold import match_triples

A, B, C = ("f", "formula_has_herb", "1"), ("f", "formula_has_herb", "2"), ("f", "formula_has_herb", "3")


def test_complete_needs_every_gold_triple_and_precision_minds_the_rest() -> None:
    found = match_triples([A, B, C], [A, B])
    assert found is not None
    assert (found.recall, found.precision, found.complete) == (1.0, 2 / 3, 1.0)


def test_a_part_is_not_complete() -> None:
    found = match_triples([A], [A, B])
    assert found is not None
    assert (found.recall, found.precision, found.complete) == (0.5, 1.0, 0.0)


def test_nothing_given_is_nothing_found_and_no_gold_is_no_measure() -> None:
    found = match_triples([], [A])
    assert found is not None
    assert (found.recall, found.precision) == (0.0, 0.0)
    assert match_triples([A], []) is None
