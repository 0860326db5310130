"""``jianxi eval claims``: how well the product tells supported claims from others."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import AsJson, out_of

if TYPE_CHECKING:
    from eval.claims.figures import Judged

_BLANK = "\N{EM DASH}"
"""Evidence that says nothing: right labels beyond chance then come from the claims' wording alone."""


def claims(
    data: Annotated[str, typer.Option(help="FILE.jsonl, FILE.csv, or scifact:FOLDER (its held-out fifth).")],
    verifier: Annotated[
        str | None, typer.Option(help="lexical, judge or chat; by default the one that the product uses.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many claims, taken evenly.")] = None,
    as_json: AsJson = False,
) -> None:
    """Verify labelled claims: balanced accuracy, wrong ones accepted, right ones rejected; also without evidence."""
    from app.settings import Settings
    from eval.claims.figures import figures_of
    from eval.claims.readers import read_claims
    from eval.claims.verifiers import VERIFIERS, judged_by, verifier_of
    from eval.runs import Item, kept_runs

    if verifier is not None and verifier not in VERIFIERS:
        raise typer.BadParameter(f"--verifier is one of {', '.join(VERIFIERS)}")
    out = out_of(as_json)
    chosen = read_claims(data)
    if limit is not None and limit < len(chosen):
        chosen = tuple(chosen[n * len(chosen) // limit] for n in range(limit))
    settings = Settings()
    asked = verifier_of(verifier, settings)
    blank = tuple(replace(claim, evidence=(_BLANK,)) for claim in chosen)
    with out.progress() as bars:
        judged = asyncio.run(judged_by(asked, chosen, lambda done: bars.show("claims", done, len(chosen))))
        alone = asyncio.run(judged_by(asked, blank, lambda done: bars.show("claim only", done, len(chosen))))
    figures = figures_of(judged)
    items = [
        Item(
            j.claim.id,
            _metrics(j),
            {"language": j.claim.language, "type": j.claim.type, "label": j.claim.label},
            j.claim.source if j.claim.source != "own" else "",
            {"claim": j.claim.text, "evidence": list(j.claim.evidence), "given": j.given},
        )
        for j in judged
    ]
    head = {"verifier": asked.identity, "data": data}
    totals = {name: value for name, value in figures.items() if isinstance(value, int | float)}
    run = kept_runs().keep(
        "claims", data.rpartition("/")[2] or data, verifier or "default", items, figures=totals, manifest=head
    )
    document: dict[str, Any] = {"run": run.id, **head, **figures, "claim_only": figures_of(alone)}
    document["claim_only"].pop("by_type")
    if as_json:
        out.json(document)
        return
    for language in ("en", "zh"):
        if language in figures:
            group: Any = figures[language]
            rows = [
                {"figure": n, "value": v, "95 %": " to ".join(map(str, group["intervals"].get(n, ())))}
                for n, v in group.items()
                if n != "intervals"
            ]
            out.line(f"[bold]{language}[/]")
            out.table(("figure", "value", "95 %"), rows)
    by_type: Any = figures["by_type"]
    out.table(("type", "right"), [{"type": n, "right": v} for n, v in by_type.items()])
    out.line(f"accuracy {figures['accuracy']}, macro-F1 {figures['macro_f1']}, run {run.id}")


def _metrics(j: "Judged") -> dict[str, float]:
    passed = j.given == "supported"
    error = (
        {"supported_held": float(not passed)} if j.claim.label == "supported" else {"wrong_let_through": float(passed)}
    )
    return {"right": float(j.given == j.claim.label), **error}
