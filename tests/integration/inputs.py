"""Small inputs that are made up: papers that name entities of the sample graph, and the sample graph's own tables."""

import json
import random
from pathlib import Path

from kg.ontology import load_domain

_SUBJECTS = (
    "aquaporin-4",
    "acupuncture",
    "sleep",
    "curcumin",
    "当归",
    "丹参",
    "glymphatic transport",
    "electroacupuncture",
)
_OBJECTS = (
    "the extracellular space",
    "interstitial fluid",
    "amyloid-beta",
    "脑细胞外间隙",
    "the hippocampus",
    "tortuosity",
)
_VERBS = ("was measured with", "was compared with", "was recorded beside")


def write_papers(folder: Path, *, files: int, records: int, sentences: int = 12, seed: int = 7) -> Path:
    """JSON Lines files of made-up abstracts, the same for the same seed; returns the folder."""
    drawn = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for file in range(files):
        rows = []
        for record in range(records):
            number = file * records + record
            text = " ".join(
                f"In group {drawn.randrange(900)} {drawn.choice(_SUBJECTS)} {drawn.choice(_VERBS)} "
                f"{drawn.choice(_OBJECTS)} in {drawn.randrange(2, 90)} animals."
                for _ in range(sentences)
            )
            rows.append({"paper_id": f"MADE-{number:04d}", "title": f"Observation {number}", "abstract": text})
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / f"papers-{file:03d}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def sample_tables() -> Path:
    """The folder of the sample graph's tables; its mapping lies beside them."""
    return sample_folder() / "graph"


def sample_folder() -> Path:
    """The folder of the sample's documents and graph."""
    folder = load_domain("ecs_tcm").sample
    assert folder is not None
    return folder
