"""``jianxi eval compare A B``: what run B is against run A."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from eval.comparison import Comparison

_SHOWN = 5


def compare_runs(
    a: Annotated[str, typer.Argument(help="A run's id, the start of it, or its folder.")],
    b: Annotated[str, typer.Argument(help="The run that is held against it.")],
    level: Annotated[float, typer.Option(help="Differences with a greater p are ties.")] = 0.05,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Compare two runs of a suite item by item; a difference inside the noise is a tie."""
    from app.cli.output import out_of
    from app.settings import Settings
    from eval.comparison import compare
    from eval.runs import EvalRuns

    out = out_of(as_json)
    runs = EvalRuns(Settings().home_path / "eval" / "runs")
    comparison = compare(runs.get(a), runs.get(b), level=level)
    if as_json:
        out.json(comparison_document(comparison))
        return
    out.line(f"[bold]{comparison.suite}[/]: {comparison.n} items in both")
    out.line(f"a {comparison.a}\nb {comparison.b}")
    out.table(("metric", "a", "b", "b - a", "95 %", "p", "verdict"), [comparison_row(m) for m in comparison.metrics])
    for name, ids in (("a", comparison.only_a), ("b", comparison.only_b)):
        if ids:
            more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
            out.line(f"only {name} has {', '.join(ids[:_SHOWN])}{more}")


def comparison_row(metric: Any) -> dict[str, str]:
    """A compared metric as a row of a table."""
    return {
        "metric": metric.metric,
        "a": f"{metric.mean_a:.4f}",
        "b": f"{metric.mean_b:.4f}",
        "b - a": f"{metric.difference:+.4f}",
        "95 %": f"{metric.low:+.4f} to {metric.high:+.4f}",
        "p": f"{metric.p:.4f}",
        "verdict": str(metric.verdict),
    }


def comparison_document(comparison: "Comparison") -> dict[str, Any]:
    """A comparison as ``--json`` prints it."""
    return {
        "a": comparison.a,
        "b": comparison.b,
        "suite": comparison.suite,
        "n": comparison.n,
        "only_a": list(comparison.only_a),
        "only_b": list(comparison.only_b),
        "metrics": [
            {
                "metric": m.metric,
                "n": m.n,
                "a": round(m.mean_a, 6),
                "b": round(m.mean_b, 6),
                "difference": round(m.difference, 6),
                "interval": [round(m.low, 6), round(m.high, 6)],
                "p": round(m.p, 6),
                "test": m.test,
                "verdict": str(m.verdict),
            }
            for m in comparison.metrics
        ],
    }
