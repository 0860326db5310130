"""The figures of a retrieval run: over all questions, by group, by stage."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import cast

from eval.retrieval.metrics import percentiles_ms
from eval.retrieval.suites import LISTS
from eval.runs import Item, Json

_OF_GROUPS = ("recall@5", "all@5", "recall@10", "ndcg@10")


def figures_of(items: Sequence[Item]) -> dict[str, float]:
    """Means over all items, latencies and tokens of a language model."""
    names = list(dict.fromkeys(name for item in items for name in item.metrics if name != "retrieve_ms"))
    figures = {name: round(fmean(item.metrics[name] for item in items), 4) for name in names}
    figures |= percentiles_ms([item.metrics["retrieve_ms"] for item in items], 50, 95)
    figures["llm_tokens"] = sum(cast(int, item.detail.get("llm_tokens", 0)) for item in items)
    return figures


def groups_of(items: Sequence[Item]) -> dict[str, dict[str, dict[str, float]]]:
    """Means by language, kind and hops, where a suite has more than one of them."""
    shown: dict[str, dict[str, dict[str, float]]] = {}
    for group in dict.fromkeys(name for item in items for name in item.groups):
        values = sorted({item.groups[group] for item in items if group in item.groups})
        if len(values) > 1 or group == "hops":
            shown[group] = {v: _means([i for i in items if i.groups.get(group) == v], _OF_GROUPS) for v in values}
    return shown


def headline_of(suite: str, items: Sequence[Item]) -> dict[str, float]:
    """What is asked of the ECS suite: papers by language without list questions, and lists by themselves."""
    if suite != "ecs":
        return {}
    lists = [i for i in items if i.groups.get("kind") == LISTS]
    others = [i for i in items if i.groups.get("kind") != LISTS]
    headline = {
        f"recall@5 {language} without lists": _means(own, ("recall@5",))["recall@5"]
        for language in ("en", "zh")
        if (own := [i for i in others if i.groups.get("language") == language])
    }
    return {**headline, "recall@10 lists": _means(lists, ("recall@10",))["recall@10"]} if lists else headline


def stages_of(items: Sequence[Item]) -> dict[str, dict[str, float]]:
    """p50 and p95 in milliseconds by stage."""
    return {stage: percentiles_ms(own, 50, 95, digits=3) for stage, own in stage_times(items).items()}


def stage_times(items: Sequence[Item]) -> dict[str, list[float]]:
    """The milliseconds of each stage, where items tell them."""
    times: dict[str, list[float]] = {}
    for item in items:
        for stage, ms in cast(Mapping[str, Json], item.detail.get("stages_ms", {})).items():
            times.setdefault(stage, []).append(cast(float, ms))
    return times


def _means(items: Sequence[Item], names: Sequence[str]) -> dict[str, float]:
    means: dict[str, float] = {"n": len(items)}
    for name in names:
        if items and all(name in i.metrics for i in items):
            means[name] = round(fmean(i.metrics[name] for i in items), 4)
    return means
