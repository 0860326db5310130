"""Baselines: the figures of runs that later ones are held to, small enough to lie in the repository."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval.comparison import LEVEL, Comparison, compare
from eval.directions import is_cost
from eval.errors import BrokenBaseline
from eval.runs import EvalRun, Item, quality_metrics

FORMAT = 1
_KEPT_OF_MANIFEST = ("corpus", "questions", "embedder", "prompt", "model")


def write_baseline(path: Path, runs: Sequence[EvalRun]) -> None:
    """Write the items' metrics of runs, one item a line; costs are left out, which tell of the machine as well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = datetime.now(UTC).isoformat(timespec="seconds")
    parts = ",\n".join(_run_text(run) for run in runs)
    path.write_text(f'{{"format": {FORMAT}, "written": "{written}", "runs": [\n{parts}\n]}}\n', "utf-8")


def read_baseline(path: Path) -> list[EvalRun]:
    """The runs of a baseline, their items without detail; raises BrokenBaseline."""
    try:
        value = json.loads(path.read_text("utf-8"))
        if value["format"] != FORMAT:
            raise BrokenBaseline(f"{path} has format {value['format']}, not {FORMAT}; write it anew with --write")
        return [_run(head) for head in value["runs"]]
    except FileNotFoundError as error:
        raise BrokenBaseline(f"{path} is not there; `jianxi eval gate --baseline FILE --write` makes it") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenBaseline(f"{path} cannot be read as a baseline: {error}; write it anew with --write") from error


def gate(baseline: Iterable[EvalRun], now: Sequence[EvalRun], *, level: float = LEVEL) -> list[tuple[str, Comparison]]:
    """The system of each run of the baseline, and that run against the newest of ``now`` of its kind, suite and system.

    Raises BrokenBaseline where there is none, NotComparable where the data changed.
    """
    newest = {run.measured: run for run in now}
    gated = []
    for old in baseline:
        if old.measured not in newest:
            raise BrokenBaseline(f"no run of {old.system} on {old.suite} ({old.kind}) to hold against {old.id}")
        gated.append((old.system, compare(old, newest[old.measured], level=level)))
    return gated


def latest(runs: Iterable[EvalRun]) -> list[EvalRun]:
    """The newest run of each kind, suite and system, from runs in the order of their age."""
    return list({run.measured: run for run in runs}.values())


def _run_text(run: EvalRun) -> str:
    names = quality_metrics(run.items)
    head = {
        "id": run.id,
        "kind": run.kind,
        "suite": run.suite,
        "system": run.system,
        "created": run.created,
        "figures": {name: value for name, value in run.figures.items() if not is_cost(name)},
        "manifest": {name: told for name in _KEPT_OF_MANIFEST if isinstance(told := run.manifest.get(name), str)},
        "metrics": names,
    }
    items = [[i.id, i.cluster, *map(i.metrics.get, names)] for i in run.items]
    rows = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "items": [\n{rows}\n]}}'


def _run(head: dict[str, Any]) -> EvalRun:
    names = head["metrics"]
    items = tuple(
        Item(id_, {name: float(v) for name, v in zip(names, values, strict=True) if v is not None}, cluster=cluster)
        for id_, cluster, *values in head["items"]
    )
    about = {name: head[name] for name in ("id", "kind", "suite", "system", "created", "figures", "manifest")}
    return EvalRun(**about, items=items)
