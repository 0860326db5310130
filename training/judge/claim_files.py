"""Labelled claims of a file as examples, to measure on."""

from pathlib import Path

from eval.claims.readers import read_claims
from training.judge.examples import Example


def claims_of_file(path: Path) -> list[Example]:
    """The claims of a JSON Lines or CSV file; raises eval's MissingData and BrokenData."""
    return [
        Example(
            c.text,
            " ".join(c.evidence),
            c.label,  # type: ignore[arg-type]
            c.type,
            "zh" if c.language == "zh" else "en",
            path.stem,
            c.id,
        )
        for c in read_claims(str(path))
    ]
