"""Labelled claims of the evaluation's readers as examples."""

from pathlib import Path

from eval.claims.domain import LabelledClaim
from eval.claims.readers import read_claims
from training.judge.examples import Example


def claims_of_file(path: Path) -> list[Example]:
    """The claims of a JSON Lines or CSV file; raises eval's MissingData and BrokenData."""
    return [example_of(claim, path.stem) for claim in read_claims(str(path))]


def example_of(claim: LabelledClaim, source: str) -> Example:
    """A labelled claim with its evidence as one text; claims of one source stay in one split."""
    return Example(
        claim.text,
        " ".join(claim.evidence),
        claim.label,  # type: ignore[arg-type]
        claim.type,
        "zh" if claim.language == "zh" else "en",
        source,
        claim.source or claim.id,
    )
