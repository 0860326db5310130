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
    rows = [{"id": r.id, "kind": r.kind, "suite": r.suite, "system": r.system, "n": len(r.items)} for r in runs]
    if as_json:
        out.json({"runs": [{**row, "figures": dict(r.figures)} for row, r in zip(rows, runs, strict=True)]})
    else:
        out.table(("id", "kind", "suite", "system", "n"), rows)
