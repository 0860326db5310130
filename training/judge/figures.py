"""Figures of a judge, as its model card shows them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from training.judge.examples import Example
from training.judge.thresholds import Array, Thresholds, balanced_accuracy, labels_of, truth_of


def figures(p: Array, examples: Sequence[Example], thresholds: Thresholds) -> dict[str, object]:
    """Figures by language and by error type."""
    truth, found = truth_of(examples), labels_of(p, thresholds)
    made: dict[str, object] = {"n": len(examples)}
    for language in sorted({e.language for e in examples}):
        own = np.array([e.language == language for e in examples])
        made[language] = {
            "balanced_accuracy": round(balanced_accuracy(found[own], truth[own]), 3),
            "wrong_let_through": round(float((found[own & (truth > 0)] == 0).mean()), 3),
            "supported_held": round(float((found[own & (truth == 0)] > 0).mean()), 3),
            "support_auc": round(support_auc(p[own], truth[own]), 3),
        }
    types = sorted({e.type for e in examples})
    made["by_type"] = {
        t: round(float((found == truth)[np.array([e.type == t for e in examples])].mean()), 3) for t in types
    }
    return made


def relevance_figures(relevance: Array, examples: Sequence[Example], least: float) -> dict[str, object]:
    """Figures of relevance by language, at the threshold ``least``."""
    relevant = np.array([e.label == "relevant" for e in examples])
    made: dict[str, object] = {"n": len(examples), "least": least}
    for language in sorted({e.language for e in examples}):
        own = np.array([e.language == language for e in examples])
        right, wrong = relevance[own & relevant], relevance[own & ~relevant]
        made[language] = {
            "auc": round(_auc(right, wrong), 3),
            "answers_lost": round(float((right < least).mean()), 3),
            "others_passed": round(float((wrong >= least).mean()), 3),
        }
    return made


def support_auc(p: Array, truth: npt.NDArray[np.int64]) -> float:
    """How often a supported claim has a higher probability of support than a wrong one, ties half.

    The area under the curve, by the statistic of Mann and Whitney (1947); nan where one of the two kinds is missing.
    """
    return _auc(p[truth == 0, 0], p[truth > 0, 0])


def _auc(right: Array, wrong: Array) -> float:
    from scipy.stats import mannwhitneyu

    if not len(right) or not len(wrong):
        return float("nan")
    return float(mannwhitneyu(right, wrong).statistic) / (len(right) * len(wrong))
