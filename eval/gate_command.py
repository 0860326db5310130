"""``jianxi eval gate``: whether what is measured now holds what a baseline promises."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.cli.output import Out
    from eval.baselines import Gated


def gate_runs(
    baseline: Annotated[Path, typer.Option(help="The baseline's file.")],
    run: Annotated[list[str] | None, typer.Option(help="A run's id; may be given several times.")] = None,
    latest: Annotated[
        bool, typer.Option("--latest", help="The newest run of each suite and system (default).")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Make the baseline of these runs instead.")] = False,
    level: Annotated[float, typer.Option(help="Differences with a greater p are noise.")] = 0.05,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Exit with 1 where a metric fell outside the noise, paired item by item; times and memory are not gated."""
    from app.cli.output import fail, out_of
    from app.settings import Settings
    from eval.baselines import gate, read_baseline, write_baseline
    from eval.baselines import latest as latest_of
    from eval.runs import EvalRuns

    out = out_of(as_json)
    if run and latest:
        fail("--run and --latest exclude each other")
    if write and not run and not latest:
        fail("--write needs --run ID or --latest")
    kept = EvalRuns(Settings().home_path / "eval" / "runs")
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
    from eval.compare_command import comparison_document, comparison_row

    if as_json:
        rows = [
            {"system": g.system, "holds": g.holds, "worse": list(g.worse), **comparison_document(g.comparison)}
            for g in gated
        ]
        out.json({"holds": all(g.holds for g in gated), "runs": rows})
        return
    for g in gated:
        missing = len(g.comparison.only_a)
        why = f"worse: {', '.join(g.worse)}" if g.worse else f"{missing} items are missing" if missing else "holds"
        mark = "[green]✓[/]" if g.holds else "[red]✗[/]"
        out.line(f"{mark} {g.comparison.suite} with {g.system}: {why} ({g.comparison.b} against {g.comparison.a})")
        if not g.holds:
            columns = ("metric", "a", "b", "b - a", "95 %", "p", "verdict")
            out.table(columns, [comparison_row(m) for m in g.comparison.metrics])
