"""``jianxi eval claims``: how well the product tells supported claims from others."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import AsJson, out_of

if TYPE_CHECKING:
    from eval.claims.domain import LabelledClaim
    from eval.runs import Item

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
    from eval.claims.figures import figures_of, item_of
    from eval.claims.readers import read_claims
    from eval.claims.verifiers import VERIFIERS, labels_by, verifier_of
    from eval.runs import kept_runs

    if verifier is not None and verifier not in VERIFIERS:
        raise typer.BadParameter(f"--verifier is one of {', '.join(VERIFIERS)}")
    out = out_of(as_json)
    chosen = read_claims(data)
    if limit is not None and limit < len(chosen):
        chosen = tuple(chosen[n * len(chosen) // limit] for n in range(limit))
    asked = verifier_of(verifier, Settings())
    blank = tuple(replace(claim, evidence=(_BLANK,)) for claim in chosen)
    with out.progress() as bars:

        def verified(stage: str, of: "tuple[LabelledClaim, ...]") -> "list[Item]":
            labels = asyncio.run(labels_by(asked, of, lambda done: bars.show(stage, done, len(of))))
            return [item_of(claim, label) for claim, label in zip(of, labels, strict=True)]

        items, alone = verified("claims", chosen), verified("claim only", blank)
    figures = figures_of(items)
    head = {"verifier": asked.identity, "data": data}
    totals = {name: value for name, value in figures.items() if isinstance(value, int | float)}
    suite = data.rpartition("/")[2] or data
    run = kept_runs().keep("claims", suite, verifier or "default", items, figures=totals, manifest=head)
    if as_json:
        claim_only = {name: value for name, value in figures_of(alone).items() if name != "by_type"}
        out.json({"run": run.id, **head, **figures, "claim_only": claim_only})
        return
    for language in ("en", "zh"):
        if language in figures:
            group: Any = figures[language]
            intervals = group.pop("intervals")
            rows = [
                {"figure": n, "value": v, "95 %": " to ".join(map(str, intervals.get(n, ())))} for n, v in group.items()
            ]
            out.line(f"[bold]{language}[/]")
            out.table(("figure", "value", "95 %"), rows)
    by_type: Any = figures["by_type"]
    out.table(("type", "right"), [{"type": n, "right": v} for n, v in by_type.items()])
    out.line(f"accuracy {figures['accuracy']}, macro-F1 {figures['macro_f1']}, run {run.id}")
