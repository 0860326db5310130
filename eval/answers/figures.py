"""The headline figures of an answer run, from its items alone."""

from collections.abc import Mapping, Sequence

from eval.answers.labels import macro_f1
from eval.retrieval.metrics import percentile
from eval.runs import Item

_MEANS = {
    "facts_found": "facts_found",
    "all_facts_found": "all_facts_found",
    "facts_found in gold answers": "facts_in_gold_answer",
    "quotes_given": "quotes_given",
    "right_refusals": "right_refusal",
    "wrong_refusals": "wrong_refusal",
    "right": "right",
    "misled": "misled",
    "exact_match": "exact_match",
    "f1": "f1",
    "rouge_l": "rouge_l",
    "label_accuracy": "label_right",
    "labels_named": "label_named",
    "gold_citation_recall": "gold_citation_recall",
    "gold_citation_precision": "gold_citation_precision",
    "evidence_recall": "evidence_recall",
    "triples_recall": "triples_recall",
    "triples_precision": "triples_precision",
    "failed": "failed",
    "prompt_tokens": "prompt_tokens",
    "completion_tokens": "completion_tokens",
    "correct by judge": "judged_correct",
    "faithful by judge": "judged_faithful",
}
_BY_GROUP = ("facts_found", "quotes_given", "right", "right_refusals", "wrong_refusals", "misled", "label_accuracy")


def figures_of(items: Sequence[Item]) -> dict[str, float]:
    """Means over the items to which a metric applies; sentences are counted together for the shares of sentences."""
    made: dict[str, float] = {"n": float(len(items))}
    made["answerable"] = float(sum("wrong_refusal" in i.metrics for i in items))
    for name, metric in _MEANS.items():
        _put(made, name, [i.metrics[metric] for i in items if metric in i.metrics])
    made |= _sentences(items) | _refusals(items)
    made |= _graph(items)
    made |= _labels(items)
    made |= _judge(items)
    seconds = [i.metrics["seconds"] for i in items]
    if seconds:
        made |= {"seconds_p50": percentile(seconds, 0.5), "seconds_p95": percentile(seconds, 0.95)}
    made["tokens"] = made.get("prompt_tokens", 0.0) + made.get("completion_tokens", 0.0)
    for group in ("language", "kind"):
        made |= _by_group(items, group)
    return made


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
    made = {}
    said = sum(i.metrics["sentences"] for i in items if "uncited" in i.metrics)
    if said:
        uncited = sum(i.metrics["uncited"] * i.metrics["sentences"] for i in items if "uncited" in i.metrics)
        made["uncited_sentences"] = uncited / said
    dropped = sum(i.metrics["dropped_count"] for i in items)
    written = dropped + sum(i.metrics["sentences"] for i in items)
    return made | ({"dropped_sentences": dropped / written} if written else {})


def _refusals(items: Sequence[Item]) -> dict[str, float]:
    """Precision and recall of declining, where something was declined and where something had to be."""
    declined = [i for i in items if i.metrics["declined"]]
    had_to = [i for i in items if "wrong_refusal" not in i.metrics]
    right = sum("wrong_refusal" not in i.metrics for i in declined)
    made = {"refusal_precision": right / len(declined)} if declined else {}
    return made | ({"refusal_recall": right / len(had_to)} if had_to else {})


def _graph(items: Sequence[Item]) -> dict[str, float]:
    complete = [i for i in items if i.groups.get("kind") == "kg_only" and "triples_complete" in i.metrics]
    alone = [i.metrics["triples_complete"] for i in complete]
    return {"graph_complete": sum(alone), "graph_questions": float(len(alone))} if alone else {}


def _labels(items: Sequence[Item]) -> dict[str, float]:
    labelled = [i for i in items if "label_right" in i.metrics]
    gold = [str(g.get("label")) if isinstance(g := i.detail.get("gold"), Mapping) else "" for i in labelled]
    return {"macro_f1": macro_f1([str(i.detail.get("label")) for i in labelled], gold)} if labelled else {}


def _judge(items: Sequence[Item]) -> dict[str, float]:
    judged = [i for i in items if "judge_tokens" in i.metrics]
    names = ("judge_tokens", "judge_seconds", "judge_failures") if judged else ()
    return {name: sum(i.metrics[name] for i in judged) for name in names}


def _by_group(items: Sequence[Item], group: str) -> dict[str, float]:
    made: dict[str, float] = {}
    values = sorted({i.groups[group] for i in items if i.groups.get(group)})
    if len(values) < 2:
        return made
    for value in values:
        own = [i for i in items if i.groups.get(group) == value]
        made[f"n {value}"] = float(len(own))
        for name in _BY_GROUP:
            _put(made, f"{name} {value}", [i.metrics[_MEANS[name]] for i in own if _MEANS[name] in i.metrics])
    return made


def _put(made: dict[str, float], name: str, values: Sequence[float]) -> None:
    if values:
        made[name] = sum(values) / len(values)
