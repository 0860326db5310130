"""``jianxi train agreement``: fit how probably a sentence of the embedded model is right, and measure it."""

import json
from pathlib import Path
from typing import Annotated

import typer

THRESHOLDS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9)


def agreement(
    abstracts: Annotated[Path, typer.Option(help="PubMed records, JSON Lines.", exists=True, dir_okay=False)],
    scifact: Annotated[Path, typer.Option(help="Corpus of SciFact, JSON Lines.", exists=True, dir_okay=False)],
    out: Annotated[Path | None, typer.Option(help="File to write; by default the one in the package.")] = None,
) -> None:
    """Fit on labelled sentences; prints as JSON what weights that saw nothing of a sentence's papers make of it."""
    from app.answering.verify.agreed import BUNDLED
    from training.agreement.fit import figures, fitted, left_out, table_of
    from training.agreement.sentences import labelled
    from training.answers.papers import packets
    from training.answers.written import translations, written

    table = table_of(labelled(), packets(abstracts, scifact), translations(written()))
    (out or BUNDLED).write_text(fitted(table).model_dump_json(indent=1) + "\n", "utf-8")
    typer.echo(json.dumps(figures(table, left_out(table), THRESHOLDS)))
