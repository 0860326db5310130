"""``jianxi eval runs``, ``compare`` and ``gate``: the kept runs, held against each other and against a baseline."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import AsJson, fail, out_of

if TYPE_CHECKING:
    from app.cli.output import Out
    from eval.comparison import Comparison

_SHOWN, _DIGITS = 5, 6


def list_runs(as_json: AsJson = False) -> None:
    """List the kept runs, oldest first, with their figures."""
    from eval.runs import kept_runs

    out = out_of(as_json)
    runs = kept_runs().all()
    if as_json:
        rows = [
            {"id": r.id, "kind": r.kind, "suite": r.suite, "system": r.system, "n": len(r.items), "figures": r.figures}
            for r in runs
        ]
        out.json({"runs": rows})
        return
    for run in runs:
        first = ", ".join(f"{name} {value:.3g}" for name, value in list(run.figures.items())[:4])
        out.line(f"{run.id}  {run.kind}, n {len(run.items)}: {first}")


def compare_runs(
    a: Annotated[str, typer.Argument(help="A run's id, the start of it, or its folder.")],
    b: Annotated[str, typer.Argument(help="The run to compare with it.")],
    level: Annotated[float, typer.Option(help="Differences with a greater p are ties.")] = 0.05,
    as_json: AsJson = False,
) -> None:
    """Compare two runs of a suite item by item; a difference inside the noise is a tie."""
    from eval.comparison import compare
    from eval.runs import kept_runs

    out = out_of(as_json)
    runs = kept_runs()
    comparison = compare(runs.get(a), runs.get(b), level=level)
    if as_json:
        out.json(_document(comparison))
        return
    out.line(f"[bold]{comparison.suite}[/]: {comparison.n} items in both")
    out.line(f"a {comparison.a}\nb {comparison.b}")
    _table(comparison, out)
    for name, ids in comparison.alone(_SHOWN):
        out.line(f"only {name} has {ids}")


def _table(comparison: "Comparison", out: "Out") -> None:
    from eval.comparison import COLUMNS

    out.table(COLUMNS, [dict(zip(COLUMNS, m.cells(), strict=True)) for m in comparison.metrics])


def _document(comparison: "Comparison") -> dict[str, Any]:
    document = asdict(comparison)
    for metric in document["metrics"]:
        metric |= {name: round(value, _DIGITS) for name, value in metric.items() if isinstance(value, float)}
        metric["interval"] = [round(bound, _DIGITS) for bound in metric["interval"]]
    return document


def gate_runs(
    baseline: Annotated[Path, typer.Option(help="The baseline's file.")],
    run: Annotated[list[str] | None, typer.Option(help="A run's id; may be given several times.")] = None,
    latest: Annotated[
        bool, typer.Option("--latest", help="The newest run of each suite and system (default).")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Make the baseline of these runs instead.")] = False,
    level: Annotated[float, typer.Option(help="Differences with a greater p are noise.")] = 0.05,
    as_json: AsJson = False,
) -> None:
    """Exit with 1 where a metric fell outside the noise, paired item by item; times and memory are not gated."""
    from eval.baselines import gate, read_baseline, write_baseline
    from eval.baselines import latest as latest_of
    from eval.runs import kept_runs

    out = out_of(as_json)
    if run and latest:
        fail("--run and --latest exclude each other")
    if write and not run and not latest:
        fail("--write needs --run ID or --latest")
    kept = kept_runs()
    chosen = [kept.get(id_) for id_ in run] if run else latest_of(kept.all())
    if write:
        write_baseline(baseline, chosen)
        out.note(f"{baseline}: {len(chosen)} runs, {baseline.stat().st_size / 1024:.0f} KB")
        return
    promised = read_baseline(baseline)
    if run:
        given = {r.measured for r in chosen}
        promised = [old for old in promised if old.measured in given]
        if not promised:
            fail(f"{baseline} has no run of the same suite and system")
    gated = gate(promised, chosen, level=level)
    holds = all(found.holds for _, found in gated)
    if as_json:
        rows = [{"system": s, "holds": c.holds, "worse": [*c.worse], **_document(c)} for s, c in gated]
        out.json({"holds": holds, "runs": rows})
    else:
        _tell(gated, out)
    if not holds:
        raise typer.Exit(1)


def _tell(gated: "list[tuple[str, Comparison]]", out: "Out") -> None:
    for system, found in gated:
        missing = f"{len(found.only_a)} items are missing" if found.only_a else "holds"
        why = f"worse: {', '.join(found.worse)}" if found.worse else missing
        mark = "[green]✓[/]" if found.holds else "[red]✗[/]"
        out.line(f"{mark} {found.suite} with {system}: {why} ({found.b} against {found.a})")
        if not found.holds:
            _table(found, out)
