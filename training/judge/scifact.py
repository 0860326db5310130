"""SciFact's training claims with their rationale sentences; a fifth is held out by claim (Wadden et al., 2020)."""

import csv
import hashlib
import random
import re
from pathlib import Path

from kg.documents.sentences import sentences
from training.judge.examples import Example
from training.judge.written import abstracts

_LABELS = {"SUPPORT": "supported", "CONTRADICT": "contradicted"}
_FOLDS = 5
_LONGEST = 900


def scifact_claims(folder: Path, *, held_out: bool) -> list[Example]:
    """The claims of the held-out fifth, or the others, from a folder with ``claims_train.csv`` and ``corpus.jsonl``.

    A claim without evidence is unsupported by two sentences of the abstract that it cites.
    """
    texts = abstracts(folder / "corpus.jsonl")
    order = random.Random(1)
    made = []
    with (folder / "claims_train.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            document = row["evidence_doc_id"] or next(iter(re.findall(r"\d+", row["cited_doc_ids"])), "")
            if document not in texts:
                continue
            # Abstracts with headings hold the two characters backslash and n where a line ends.
            text = texts[document].replace("\\n", "\n")
            spans = sentences(text)
            if row["evidence_doc_id"]:
                numbers = [int(n) for n in re.findall(r"\d+", row["evidence_sentences"])]
                evidence = " ".join(text[slice(*spans[n])] for n in numbers if n < len(spans)) or text[:_LONGEST]
                label = _LABELS[row["evidence_label"]]
            else:
                at = order.randrange(max(1, len(spans) - 2))
                evidence = text[spans[at][0] : spans[min(len(spans) - 1, at + 1)][1]]
                label = "unsupported"
            if is_held_out(row["id"]) == held_out:
                example = Example(row["claim"], evidence, label, "scifact", "en", "scifact", row["id"])  # type: ignore[arg-type]
                made.append(example)
    return made


def cited_documents(folder: Path) -> set[str]:
    """Documents that any claim cites: no data is made from them."""
    with (folder / "claims_train.csv").open(encoding="utf-8", newline="") as file:
        return {
            id_
            for row in csv.DictReader(file)
            for id_ in re.findall(r"\d+", f"{row['evidence_doc_id']} {row['cited_doc_ids']}")
        }


def is_held_out(claim_id: str) -> bool:
    """Whether a claim is in the fifth that no training reads."""
    return int(hashlib.sha256(claim_id.encode()).hexdigest(), 16) % _FOLDS == 0
