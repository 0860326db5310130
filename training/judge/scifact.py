"""SciFact's training claims as examples; the fifth that is held out by claim is only measured (Wadden et al., 2020)."""

import csv
import re
from pathlib import Path

from eval.claims.readers import read_scifact
from training.judge.claim_files import example_of
from training.judge.examples import Example


def scifact_claims(folder: Path, *, held_out: bool) -> list[Example]:
    """The claims of the held-out fifth, or the others, from a folder with ``claims_train.csv`` and ``corpus.jsonl``.

    Raises eval's MissingData and BrokenData.
    """
    return [example_of(claim, "scifact") for claim in read_scifact(folder, held_out=held_out)]


def cited_documents(folder: Path) -> set[str]:
    """Documents that any claim cites: no data is made from them."""
    with (folder / "claims_train.csv").open(encoding="utf-8", newline="") as file:
        return {
            id_
            for row in csv.DictReader(file)
            for id_ in re.findall(r"\d+", f"{row['evidence_doc_id']} {row['cited_doc_ids']}")
        }
