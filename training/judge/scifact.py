"""SciFact's training claims as examples; the fifth that is held out by claim is only measured (Wadden et al., 2020)."""

from pathlib import Path

from eval.claims.readers import read_scifact, scifact_rows
from training.judge.claim_files import example_of
from training.judge.examples import Example


def scifact_claims(folder: Path, *, held_out: bool) -> list[Example]:
    """The claims of the held-out fifth, or the others, from a folder with ``claims_train.csv`` and ``corpus.jsonl``.

    Raises eval's MissingData and BrokenData.
    """
    return [example_of(claim, "scifact") for claim in read_scifact(folder, held_out=held_out)]


def cited_documents(folder: Path) -> set[str]:
    """Documents that any claim cites: no data is made from them."""
    return {id_ for row in scifact_rows(folder) for id_ in (row.document, *row.cited) if id_}
