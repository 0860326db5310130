"""``jianxi eval runs``, ``compare`` and ``gate``: the kept runs, held against each other and against a baseline."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import AsJson, fail, out_of

if TYPE_CHECKING:
    from app.cli.output import Out
    from eval.baselines import Gated
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
    for name, ids in (("a", comparison.only_a), ("b", comparison.only_b)):
        if ids:
            more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
            out.line(f"only {name} has {', '.join(ids[:_SHOWN])}{more}")


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
        given = {(r.kind, r.suite, r.system) for r in chosen}
        promised = [old for old in promised if (old.kind, old.suite, old.system) in given]
        if not promised:
            fail(f"{baseline} has no run of the same suite and system")
    gated = gate(promised, chosen, level=level)
    _tell(gated, out, as_json=as_json)
    if not all(g.holds for g in gated):
        raise typer.Exit(1)


def _tell(gated: "list[Gated]", out: "Out", *, as_json: bool) -> None:
    if as_json:
        rows = [{"system": g.system, "holds": g.holds, "worse": [*g.worse], **_document(g.comparison)} for g in gated]
        out.json({"holds": all(g.holds for g in gated), "runs": rows})
        return
    for g in gated:
        missing = len(g.comparison.only_a)
        why = f"worse: {', '.join(g.worse)}" if g.worse else f"{missing} items are missing" if missing else "holds"
        mark = "[green]✓[/]" if g.holds else "[red]✗[/]"
        out.line(f"{mark} {g.comparison.suite} with {g.system}: {why} ({g.comparison.b} against {g.comparison.a})")
        if not g.holds:
            _table(g.comparison, out)
