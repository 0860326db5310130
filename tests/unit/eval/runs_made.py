"""Runs for tests."""

from collections.abc import Mapping, Sequence

from eval.runs import EvalRun, Item, Json


def run_of(
    values: Mapping[str, Sequence[float]],
    *,
    id_: str = "20260101-000000-s-jianxi-0000",
    kind: str = "retrieval",
    suite: str = "s",
    system: str = "jianxi",
    manifest: Mapping[str, Json] | None = None,
    detail: Mapping[str, Json] | None = None,
    groups: Sequence[Mapping[str, str]] = (),
    ids: Sequence[str] = (),
) -> EvalRun:
    """A run whose items have the given values, metric by metric."""
    n = len(next(iter(values.values())))
    items = tuple(
        Item(
            ids[place] if ids else f"q{place}",
            {name: own[place] for name, own in values.items()},
            groups[place] if groups else {},
            detail=detail or {"question": f"Question {place}?"},
        )
        for place in range(n)
    )
    figures = {name: sum(own) / n for name, own in values.items()}
    return EvalRun(id_, kind, suite, system, "2026-01-01T00:00:00+00:00", figures, manifest or {}, items)
