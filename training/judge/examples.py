"""The unit of the judge's training data: a claim, its evidence and the label."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from kg.domain import Language

Label = Literal["supported", "contradicted", "unsupported", "wrong", "relevant", "irrelevant"]
"""``wrong`` is contradicted or unsupported, where the source does not tell which; the last two are of ranking."""


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled pair; ``group`` joins pairs that must stay in one split (of one passage, claim or query)."""

    claim: str
    evidence: str
    label: Label
    type: str
    language: Language
    source: str
    group: str
    weight: float = 1.0


def write_examples(path: Path, examples: Iterable[Example]) -> int:
    """Write JSON Lines; returns how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for example in examples:
            file.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")
            count += 1
    return count


def read_examples(path: Path) -> Iterator[Example]:
    """Read JSON Lines written by ``write_examples``."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Example(**json.loads(line))
