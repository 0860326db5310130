"""What labels that a verifier gave are worth: balanced accuracy, errors that matter to a reader, right by type."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from eval.answers.labels import macro_f1
from eval.claims.domain import LABELS, SUPPORTED, LabelledClaim
from eval.statistics import mean_interval

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
        right[j.claim.type].append(j.given == j.claim.label)
    shares = {type_: round(sum(r) / len(r), _DIGITS) for type_, r in right.items()}
    return dict(sorted(shares.items(), key=lambda share: share[1]))


def _overall(judged: Sequence[Judged]) -> dict[str, object]:
    return {
        "accuracy": round(sum(j.given == j.claim.label for j in judged) / len(judged), _DIGITS),
        "macro_f1": round(macro_f1([j.given for j in judged], [j.claim.label for j in judged]), _DIGITS),
    }


def _of_group(judged: Sequence[Judged]) -> dict[str, object]:
    found: dict[str, float] = {}
    intervals: dict[str, list[float]] = {}
    for name, values in _measured(judged).items():
        interval = mean_interval([value for _, value in values], [_cluster(j) for j, _ in values])
        found[name] = round(interval.mean, _DIGITS)
        intervals[name] = [round(bound, _DIGITS) for bound in (interval.low, min(1.0, interval.high))]
    return {"n": len(judged), **found, "intervals": intervals}


def _measured(judged: Sequence[Judged]) -> dict[str, list[tuple[Judged, float]]]:
    """Each figure as values whose mean it is; those of balanced accuracy weigh every label alike."""
    by_label = {label: own for label in LABELS if (own := [j for j in judged if j.claim.label == label])}
    even = {label: len(judged) / (len(by_label) * len(own)) for label, own in by_label.items()}
    found = {"balanced_accuracy": [(j, even[j.claim.label] * (j.given == j.claim.label)) for j in judged]}
    if wrong := [j for j in judged if j.claim.label != SUPPORTED]:
        found["wrong_let_through"] = [(j, float(j.given == SUPPORTED)) for j in wrong]
    if SUPPORTED in by_label:
        found["supported_held"] = [(j, float(j.given != SUPPORTED)) for j in by_label[SUPPORTED]]
    return found | {f"recall_{label}": [(j, float(j.given == label)) for j in own] for label, own in by_label.items()}


def _cluster(j: Judged) -> str:
    """Claims made from one text are drawn together; texts written for the set have one name and are no cluster."""
    return j.claim.source if j.claim.source not in ("", "own") else j.claim.id
