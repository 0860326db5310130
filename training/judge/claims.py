"""Labelled claims of the evaluation's readers as examples; the held-out fifth of SciFact's is only measured."""

from pathlib import Path

from eval.claims.domain import LabelledClaim
from eval.claims.readers import read_claims, read_scifact, scifact_rows
from training.judge.examples import Example


def claims_of_file(path: Path) -> list[Example]:
    """The claims of a JSON Lines or CSV file; raises eval's MissingData and BrokenData."""
    return [_example(claim, path.stem) for claim in read_claims(str(path))]


def scifact_claims(folder: Path, *, held_out: bool) -> list[Example]:
    """SciFact's claims (Wadden et al., 2020) of the held-out fifth, or the others; raises as ``claims_of_file`` does.

    The folder has ``claims_train.csv`` and ``corpus.jsonl``.
    """
    return [_example(claim, "scifact") for claim in read_scifact(folder, held_out=held_out)]


def cited_documents(folder: Path) -> set[str]:
    """Documents that any of SciFact's claims cites: no data is made from them."""
    return {id_ for row in scifact_rows(folder) for id_ in (row.document, *row.cited) if id_}


def _example(claim: LabelledClaim, source: str) -> Example:
    """The claim with its evidence as one text; claims of one source stay in one split."""
    return Example(
        claim.text,
        " ".join(claim.evidence),
        claim.label,  # type: ignore[arg-type]
        claim.type,
        "zh" if claim.language == "zh" else "en",
        source,
        claim.source or claim.id,
    )
