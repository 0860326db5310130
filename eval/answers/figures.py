"""The headline figures of an answer run, from its items alone."""

from collections.abc import Iterable, Mapping, Sequence

from eval.answers.labels import macro_f1
from eval.retrieval.metrics import percentile
from eval.runs import Item

_SAME = (
    "facts_found", "all_facts_found", "quotes_given", "right", "misled", "exact_match", "f1", "rouge_l",
    "gold_citation_recall", "gold_citation_precision", "evidence_recall", "triples_recall", "triples_precision",
    "failed", "prompt_tokens", "completion_tokens",
)  # fmt: skip
_MEANS = dict(zip(_SAME, _SAME, strict=True)) | {
    "facts_found in gold answers": "facts_in_gold_answer",
    "right_refusals": "right_refusal",
    "wrong_refusals": "wrong_refusal",
    "label_accuracy": "label_right",
    "labels_named": "label_named",
    "correct by judge": "judged_correct",
    "faithful by judge": "judged_faithful",
}
"""Figures by name, with the metric whose mean each is."""

_BY_GROUP = ("facts_found", "quotes_given", "right", "right_refusals", "wrong_refusals", "misled", "label_accuracy")


def figures_of(items: Sequence[Item]) -> dict[str, float]:
    """Means over the items to which a metric applies; sentences are counted together for the shares of sentences."""
    made: dict[str, float] = {"n": float(len(items))}
    made["answerable"] = float(sum("wrong_refusal" in i.metrics for i in items))
    made |= _means(items, _MEANS) | _sentences(items) | _refusals(items) | _graph(items) | _labels(items)
    judged = [i for i in items if "judge_tokens" in i.metrics]
    for name in ("judge_tokens", "judge_seconds", "judge_failures") if judged else ():
        made[name] = sum(i.metrics[name] for i in judged)
    if seconds := [i.metrics["seconds"] for i in items]:
        made |= {"seconds_p50": percentile(seconds, 0.5), "seconds_p95": percentile(seconds, 0.95)}
    made["tokens"] = made.get("prompt_tokens", 0.0) + made.get("completion_tokens", 0.0)
    return made | _by_group(items, "language") | _by_group(items, "kind")


def failures_of(items: Sequence[Item]) -> Mapping[str, list[str]]:
    """Ids by why they fall short, the commonest reason first."""
    found: dict[str, list[str]] = {}
    for item in items:
        why = str(item.detail.get("failure") or "")
        if why:
            found.setdefault(why, []).append(item.id)
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))


def _sentences(items: Sequence[Item]) -> dict[str, float]:
    """Shares of all sentences together: those without citation of those said, those dropped of those written."""
    cited = [i.metrics for i in items if "uncited" in i.metrics]
    uncited = sum(m["uncited"] * m["sentences"] for m in cited)
    dropped = sum(i.metrics["dropped_count"] for i in items)
    written = dropped + sum(i.metrics["sentences"] for i in items)
    shares = _share("uncited_sentences", uncited, sum(m["sentences"] for m in cited))
    return shares | _share("dropped_sentences", dropped, written)


def _refusals(items: Sequence[Item]) -> dict[str, float]:
    """Precision and recall of declining, where something was declined and where something had to be."""
    declined = [i for i in items if i.metrics["declined"]]
    had_to = sum("wrong_refusal" not in i.metrics for i in items)
    right = sum("wrong_refusal" not in i.metrics for i in declined)
    return _share("refusal_precision", right, len(declined)) | _share("refusal_recall", right, had_to)


def _share(name: str, part: float, whole: float) -> dict[str, float]:
    return {name: part / whole} if whole else {}


def _graph(items: Sequence[Item]) -> dict[str, float]:
    metrics = [i.metrics for i in items if i.groups.get("kind") == "kg_only"]
    alone = [m["triples_complete"] for m in metrics if "triples_complete" in m]
    return {"graph_complete": sum(alone), "graph_questions": float(len(alone))} if alone else {}


def _labels(items: Sequence[Item]) -> dict[str, float]:
    labelled = [i for i in items if "label_right" in i.metrics]
    gold = [str(g.get("label")) if isinstance(g := i.detail.get("gold"), Mapping) else "" for i in labelled]
    return {"macro_f1": macro_f1([str(i.detail.get("label")) for i in labelled], gold)} if labelled else {}


def _by_group(items: Sequence[Item], group: str) -> dict[str, float]:
    made: dict[str, float] = {}
    values = sorted({i.groups[group] for i in items if i.groups.get(group)})
    for value in values if len(values) > 1 else ():
        own = [i for i in items if i.groups.get(group) == value]
        means = _means(own, _BY_GROUP)
        made |= {f"n {value}": float(len(own))} | {f"{name} {value}": mean for name, mean in means.items()}
    return made


def _means(items: Sequence[Item], names: Iterable[str]) -> dict[str, float]:
    """Each figure over the items that have its metric; one that none has is left out."""
    values = {name: [i.metrics[_MEANS[name]] for i in items if _MEANS[name] in i.metrics] for name in names}
    return {name: sum(own) / len(own) for name, own in values.items() if own}
