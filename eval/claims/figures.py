"""What labels that a verifier gave are worth: balanced accuracy, errors that matter to a reader, right by type."""

from collections import defaultdict
from collections.abc import Sequence

from eval.answers.labels import macro_f1
from eval.claims.domain import LABELS, NO_RATIONALE, SUPPORTED, LabelledClaim
from eval.runs import Item
from eval.statistics import Interval, mean_interval

_DIGITS = 4


def item_of(claim: LabelledClaim, given: str) -> Item:
    """The item of a claim and the label that a verifier gave.

    Claims made from one text are one cluster; texts written for the set ("own") are none.
    """
    passed = float(given == SUPPORTED)
    error = {"supported_held": 1.0 - passed} if claim.label == SUPPORTED else {"wrong_let_through": passed}
    return Item(
        claim.id,
        {"right": float(given == claim.label), **error},
        {"language": claim.language, "type": claim.type, "label": claim.label},
        claim.source if claim.source != "own" else "",
        {"claim": claim.text, "evidence": list(claim.evidence), "given": given},
    )


def figures_of(items: Sequence[Item]) -> dict[str, object]:
    """All figures: for each language of the claims, by type, and over all; with 95 % intervals by bootstrap."""
    found: dict[str, object] = {"n": len(items), **_overall(items)}
    for language in sorted({i.groups["language"] for i in items}):
        found[language] = _of_group([i for i in items if i.groups["language"] == language])
    found["by_type"] = _by_type(items)
    marked = [i for i in items if i.groups["type"] != NO_RATIONALE]
    if 0 < len(marked) < len(items):
        found["with_rationale"] = {"n": len(marked), **_overall(marked)}
    return found


def _by_type(items: Sequence[Item]) -> dict[str, float]:
    """Share of the claims of each type that got the right label, the weakest type first."""
    right: dict[str, list[float]] = defaultdict(list)
    for item in items:
        right[item.groups["type"]].append(item.metrics["right"])
    shares = {type_: round(sum(r) / len(r), _DIGITS) for type_, r in right.items()}
    return dict(sorted(shares.items(), key=lambda share: share[1]))


def _overall(items: Sequence[Item]) -> dict[str, object]:
    given, gold = [str(i.detail["given"]) for i in items], [i.groups["label"] for i in items]
    right = sum(i.metrics["right"] for i in items)
    return {"accuracy": round(right / len(items), _DIGITS), "macro_f1": round(macro_f1(given, gold), _DIGITS)}


def _of_group(items: Sequence[Item]) -> dict[str, object]:
    found = {"balanced_accuracy": _share(items, "right", [i.groups["label"] for i in items])}
    for error in ("wrong_let_through", "supported_held"):
        if own := [i for i in items if error in i.metrics]:
            found[error] = _share(own, error)
    for label in LABELS:
        if own := [i for i in items if i.groups["label"] == label]:
            found[f"recall_{label}"] = _share(own, "right")
    means = {name: round(share.mean, _DIGITS) for name, share in found.items()}
    intervals = {name: [round(share.low, _DIGITS), round(share.high, _DIGITS)] for name, share in found.items()}
    return {"n": len(items), **means, "intervals": intervals}


def _share(items: Sequence[Item], metric: str, groups: Sequence[str] | None = None) -> Interval:
    return mean_interval([i.metrics[metric] for i in items], [i.cluster or i.id for i in items], groups=groups)
