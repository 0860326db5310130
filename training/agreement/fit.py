"""Fitting how probably a sentence is right, and measuring it on papers that were left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.stats import rankdata

from app.answering.verify.agreed import Weights, features_of
from app.answering.verify.agreement import Agreement
from app.answering.verify.protocols import Claim
from training.agreement.sentences import Labelled, evidence_of
from training.answers.papers import Packet
from training.softmax_regression import softmax_regression

PENALTY = 0.1
"""Of each weight's square; the bias has none."""

_FOLDS = 8
_STEPS = 500

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """Features of n labelled sentences, shape (n, 4), whether each is right, its language, and its fold by packet."""

    features: Floats
    right: Mask
    chinese: Mask
    fold: npt.NDArray[np.int64]


def table_of(
    rows: Sequence[Labelled], papers: Mapping[str, Packet], translations: Mapping[tuple[str, str], str]
) -> Table:
    """What the product would read of each sentence; one of an earlier reply counts as a reply beside the others."""
    told = []
    for row in rows:
        evidence = tuple(evidence_of(row, papers, translations))
        claims = [Claim(text, evidence, row.question) for text, _ in row.sentences]
        features = features_of(claims, Agreement(row.replies))
        for n in np.flatnonzero(np.isnan(features[:, 0])):
            features[n] = features_of([claims[n]], Agreement([claims[n].text, *row.replies]))
        fold = crc32(row.packet.encode()) % _FOLDS
        told += [
            (*read, label, row.lang == "zh", fold) for read, (_, label) in zip(features, row.sentences, strict=True)
        ]
    table = np.array(told, np.float64)
    return Table(table[:, :-3], table[:, -3] > 0, table[:, -2] > 0, table[:, -1].astype(np.int64))


def fitted(table: Table, chosen: Mask | None = None) -> Weights:
    """The weights that fit the chosen sentences, all by default."""
    rows = np.ones(len(table.right), bool) if chosen is None else chosen
    values = csr_matrix(np.column_stack([table.features[rows], np.ones(rows.sum())]))
    wanted = ["right" if label else "wrong" for label in table.right[rows]]
    penalties = np.array([PENALTY] * table.features.shape[1] + [0.0])
    labels, weights = softmax_regression(values, wanted, penalties=penalties, steps=_STEPS)
    difference = weights[:, labels.index("right")] - weights[:, labels.index("wrong")]
    rounded = [round(float(weight), 4) for weight in difference]
    return Weights(**dict(zip(Weights.model_fields, rounded, strict=True)))


def left_out(table: Table) -> Floats:
    """The probability of each sentence by weights that saw nothing of its papers, shape (n,)."""
    right = np.zeros(len(table.right))
    for fold in set(table.fold.tolist()):
        mine = table.fold == fold
        right[mine] = fitted(table, ~mine).probabilities(table.features[mine])
    return right


def figures(table: Table, probabilities: Floats, thresholds: Sequence[float]) -> dict[str, dict[str, object]]:
    """By language: sentences, share right, area under the curve (also by wording alone), and what a threshold shows."""
    told: dict[str, dict[str, object]] = {}
    for name, rows in (("all", table.chinese | True), ("en", ~table.chinese), ("zh", table.chinese)):
        right, p = table.right[rows], probabilities[rows]
        if right.all() or not right.any():
            continue
        told[name] = {
            "n": len(right),
            "right": round(float(right.mean()), 3),
            "auc": round(auc(p, right), 3),
            "auc_wording": round(auc(table.features[rows, 1], right), 3),
            "shown": {str(least): _shown(p >= least, right) for least in thresholds},
        }
    return told


def _shown(shown: Mask, right: Mask) -> dict[str, float | None]:
    wrong = round(float((~right[shown]).mean()), 3) if shown.any() else None
    return {"of_right": round(float(shown[right].mean()), 3), "wrong": wrong}


def auc(scores: Floats, right: Mask) -> float:
    """Area under the curve: how often a right one scores above a wrong one (Mann and Whitney's U)."""
    yes, no = right.sum(), (~right).sum()
    return float((rankdata(scores)[right].sum() - yes * (yes + 1) / 2) / (yes * no))
