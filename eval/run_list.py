"""``jianxi eval runs``: the runs that are kept."""

from typing import Annotated

import typer


def list_runs(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the kept runs, oldest first, with their figures."""
    from app.cli.output import out_of
    from app.settings import Settings
    from eval.runs import EvalRuns

    out = out_of(as_json)
    runs = EvalRuns(Settings().home_path / "eval" / "runs").all()
    if as_json:
        rows = [{"id": r.id, "kind": r.kind, "suite": r.suite, "system": r.system, "n": len(r.items)} for r in runs]
        out.json({"runs": [{**row, "figures": dict(r.figures)} for row, r in zip(rows, runs, strict=True)]})
        return
    for run in runs:
        first = ", ".join(f"{name} {value:.3g}" for name, value in list(run.figures.items())[:4])
        out.line(f"{run.id}  {run.kind}, n {len(run.items)}: {first}")
