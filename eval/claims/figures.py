"""What labels that a verifier gave are worth: balanced accuracy, errors that matter to a reader, right by type."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.answers.labels import macro_f1
from eval.claims.domain import LABELS, SUPPORTED, LabelledClaim

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_RESAMPLES = 10_000
_DIGITS = 4
_BOUNDS = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with the label that a verifier gave."""

    claim: LabelledClaim
    given: str


def figures_of(judged: Sequence[Judged]) -> dict[str, object]:
    """All figures: for each language of the claims, by type, and over all; with 95 % intervals by bootstrap."""
    languages = sorted({j.claim.language for j in judged})
    found: dict[str, object] = {"n": len(judged), **_overall(judged)}
    for language in languages:
        found[language] = _of_group([j for j in judged if j.claim.language == language])
    found["by_type"] = by_type(judged)
    marked = [j for j in judged if j.claim.rationale]
    if 0 < len(marked) < len(judged):
        found["with_rationale"] = {"n": len(marked), **_overall(marked)}
    return found


def by_type(judged: Sequence[Judged]) -> dict[str, float]:
    """Share of the claims of each type that got the right label, the weakest type first."""
    right: dict[str, list[bool]] = defaultdict(list)
    for j in judged:
        right[j.claim.type].append(j.given == j.claim.label)
    shares = {type_: round(sum(r) / len(r), _DIGITS) for type_, r in right.items()}
    return dict(sorted(shares.items(), key=lambda share: share[1]))


def _overall(judged: Sequence[Judged]) -> dict[str, object]:
    return {
        "accuracy": round(sum(j.given == j.claim.label for j in judged) / len(judged), _DIGITS),
        "macro_f1": round(macro_f1([j.given for j in judged], [j.claim.label for j in judged]), _DIGITS),
    }


def _of_group(judged: Sequence[Judged]) -> dict[str, object]:
    import numpy as np

    once = np.ones((1, len(_clusters(judged))))
    means = {name: float(values[0]) for name, values in _measured(judged, once).items()}
    spread = _measured(judged, _resamples(len(once[0])))
    intervals = {
        name: [round(float(v), _DIGITS) for v in np.nanquantile(values, _BOUNDS)] for name, values in spread.items()
    }
    return {
        "n": len(judged),
        **{name: round(value, _DIGITS) for name, value in means.items()},
        "intervals": intervals,
    }


def _measured(judged: Sequence[Judged], drawn: "npt.NDArray[np.float64]") -> "Mapping[str, npt.NDArray[np.float64]]":
    """Each figure in each resample; ``drawn`` says how often a cluster is in it, shape (resamples, clusters)."""
    import numpy as np

    clusters = _clusters(judged)

    def counted(holds: Sequence[bool]) -> "npt.NDArray[np.float64]":
        per_cluster = np.zeros(len(clusters))
        np.add.at(per_cluster, [clusters[_cluster(j)] for j in judged], np.asarray(holds, np.float64))
        return np.asarray(drawn @ per_cluster, np.float64)

    def share(of: Sequence[bool], among: Sequence[bool]) -> "npt.NDArray[np.float64]":
        whole = counted(among)
        parts: npt.NDArray[np.float64] = np.divide(counted(of), whole, out=np.full(len(whole), np.nan), where=whole > 0)
        return parts

    labels = [label for label in LABELS if any(j.claim.label == label for j in judged)]
    recalls = {
        label: share([j.claim.label == j.given == label for j in judged], [j.claim.label == label for j in judged])
        for label in labels
    }
    found = {"balanced_accuracy": np.mean(list(recalls.values()), axis=0)}
    wrong = [j.claim.label != SUPPORTED for j in judged]
    if any(wrong):
        passed = [w and j.given == SUPPORTED for w, j in zip(wrong, judged, strict=True)]
        found["wrong_let_through"] = share(passed, wrong)
    if SUPPORTED in recalls:
        found["supported_held"] = 1 - recalls[SUPPORTED]
    return found | {f"recall_{label}": values for label, values in recalls.items()}


def _clusters(judged: Sequence[Judged]) -> dict[str, int]:
    return {name: place for place, name in enumerate(dict.fromkeys(_cluster(j) for j in judged))}


def _cluster(j: Judged) -> str:
    """Claims made from one text are drawn together; texts written for the set have one name and are no cluster."""
    return j.claim.source if j.claim.source not in ("", "own") else j.claim.id


def _resamples(clusters: int) -> "npt.NDArray[np.float64]":
    import numpy as np

    drawn = np.random.default_rng(0).multinomial(clusters, np.full(clusters, 1 / clusters), size=_RESAMPLES)
    return drawn.astype(np.float64)
