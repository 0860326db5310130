import numpy as np
import pytest

from training.judge.examples import Example, Label
from training.judge.figures import figures, support_auc
from training.judge.thresholds import Thresholds, balanced_accuracy, calibrated, labels_of, least_relevance

LABELS: list[Label] = ["supported", "contradicted", "unsupported"]


def example(label: Label) -> Example:
    return Example("Flow rose.", "Flow rose.", label, "number", "en", "written", "p1")


def test_a_claim_passes_from_the_threshold_on_unless_contradicted_is_likelier() -> None:
    p = np.array([[0.5, 0.3, 0.2], [0.49, 0.3, 0.21], [0.4, 0.5, 0.1], [0.2, 0.3, 0.5]])
    assert labels_of(p, Thresholds(0.5, 1.0)).tolist() == [0, 1, 1, 2]
    assert labels_of(p, Thresholds(0.4, 0.5)).tolist() == [0, 0, 1, 1]


def test_calibration_lets_through_at_most_15_percent_of_the_wrong_claims() -> None:
    examples = [example("supported")] * 20 + [example("contradicted")] * 20 + [example("unsupported")] * 20
    support = np.concatenate([np.linspace(0.4, 0.95, 20), np.linspace(0.1, 0.8, 20), np.linspace(0.05, 0.7, 20)])
    rest = 1 - support
    against = np.concatenate([rest[:20] / 2, rest[20:40] * 0.9, rest[40:] * 0.2])
    p = np.column_stack([support, against, rest - against])
    found = labels_of(p, calibrated(p, examples))
    assert 0 < (found[20:] == 0).mean() <= 0.15
    lax = labels_of(p, Thresholds(0.2, 1.0))
    assert (lax[20:] == 0).mean() > 0.15


def test_balanced_accuracy_is_the_mean_recall_of_the_labels_that_occur() -> None:
    assert balanced_accuracy(np.array([0, 0, 1, 0]), np.array([0, 0, 0, 1])) == pytest.approx((2 / 3 + 0) / 2)


def test_the_area_counts_pairs_in_the_right_order_and_ties_half() -> None:
    p = np.array([[0.9, 0.1, 0.0], [0.4, 0.3, 0.3], [0.4, 0.6, 0.0], [0.1, 0.1, 0.8]])
    truth = np.array([0, 0, 1, 2])
    assert support_auc(p, truth) == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert np.isnan(support_auc(p[:2], truth[:2]))


def test_figures_tell_what_passes_and_what_is_held_by_language_and_type() -> None:
    examples = [example(label) for label in LABELS]
    p = np.array([[0.4, 0.2, 0.4], [0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    found = figures(p, examples, Thresholds(0.5, 1.0))
    assert found["en"] == {
        "balanced_accuracy": 0.333,
        "wrong_let_through": 0.5,
        "supported_held": 1.0,
        "support_auc": 0.5,
    }
    assert found["by_type"] == {"number": 0.333}


def test_the_least_relevance_loses_at_most_a_twentieth_of_the_answers() -> None:
    answers, others = np.array([0.2, *np.linspace(0.8, 0.98, 20)]), np.linspace(0.1, 0.7, 30)
    both, relevant = np.concatenate([answers, others]), np.arange(51) < 21
    assert 0.7 < least_relevance(both, relevant) <= 0.8
    two_low = np.concatenate([[0.3], both])
    assert least_relevance(two_low, np.arange(52) < 22) <= 0.3
