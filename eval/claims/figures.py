"""What labels that a verifier gave are worth: balanced accuracy, errors that matter to a reader, right by type."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.answers.labels import macro_f1
from eval.claims.domain import LABELS, SUPPORTED, LabelledClaim
from eval.statistics import Interval, mean_interval

_DIGITS = 4


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
        right[j.claim.type].append(_right(j))
    shares = {type_: round(sum(r) / len(r), _DIGITS) for type_, r in right.items()}
    return dict(sorted(shares.items(), key=lambda share: share[1]))


def _overall(judged: Sequence[Judged]) -> dict[str, object]:
    return {
        "accuracy": round(sum(map(_right, judged)) / len(judged), _DIGITS),
        "macro_f1": round(macro_f1([j.given for j in judged], [j.claim.label for j in judged]), _DIGITS),
    }


def _of_group(judged: Sequence[Judged]) -> dict[str, object]:
    by_label = {label: own for label in LABELS if (own := [j for j in judged if j.claim.label == label])}
    found = {"balanced_accuracy": _share(judged, _right, [j.claim.label for j in judged])}
    if wrong := [j for j in judged if j.claim.label != SUPPORTED]:
        found["wrong_let_through"] = _share(wrong, lambda j: j.given == SUPPORTED)
    if SUPPORTED in by_label:
        found["supported_held"] = _share(by_label[SUPPORTED], lambda j: j.given != SUPPORTED)
    found |= {f"recall_{label}": _share(own, _right) for label, own in by_label.items()}
    means = {name: round(share.mean, _DIGITS) for name, share in found.items()}
    intervals = {name: [round(share.low, _DIGITS), round(share.high, _DIGITS)] for name, share in found.items()}
    return {"n": len(judged), **means, "intervals": intervals}


def _right(j: Judged) -> bool:
    return j.given == j.claim.label


def _share(judged: Sequence[Judged], holds: Callable[[Judged], bool], groups: Sequence[str] | None = None) -> Interval:
    return mean_interval([float(holds(j)) for j in judged], [_cluster(j) for j in judged], groups=groups)


def _cluster(j: Judged) -> str:
    """Claims made from one text are drawn together; texts written for the set have one name and are no cluster."""
    return j.claim.source if j.claim.source not in ("", "own") else j.claim.id
