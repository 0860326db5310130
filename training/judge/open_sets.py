"""Open sets of entailment that people labelled, read from the files of their repositories.

``snli`` and its counterfactual twins (CC BY-SA 4.0, Apache-2.0), MultiNLI by TaxiNLI (C-UDA 1.0), FEVER by DocNLI and
FeverSymmetric (CC BY-SA 3.0), Fool Me Twice (Apache-2.0), trials of Evidence Inference (MIT), PAWS-X in Chinese (free
use). ``data/README.md`` tells where each one is found. A set whose folder is missing is left out.
Raises eval's MissingData and BrokenData.
"""

import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.errors import BrokenData
from eval.json_lines import json_lines, numbered_lines
from kg.domain import Language
from training.judge.examples import Example, Label

csv.field_size_limit(1 << 24)

_LABELS: Mapping[str, Label] = {
    "entailment": "supported",
    "contradiction": "contradicted",
    "neutral": "unsupported",
    "not_entailment": "wrong",
    "SUPPORTS": "supported",
    "REFUTES": "contradicted",
    "1": "supported",
    "0": "wrong",
}
_LONGEST_SPAN = 700
_HIGHER, _LOWER, _SAME = "higher", "lower", "the same"
_FOUND = {
    "significantly increased": _HIGHER,
    "significantly increase": _HIGHER,
    "significantly decreased": _LOWER,
    "no significant difference": _SAME,
}
_SENTENCES: Mapping[str, Sequence[str]] = {
    _HIGHER: (
        "{o} was significantly higher with {i} than with {c}.",
        "Compared with {c}, {i} increased {o}.",
        "{o} was lower with {c} than with {i}.",
        "{i} raised {o} more than {c} did.",
    ),
    _LOWER: (
        "{o} was significantly lower with {i} than with {c}.",
        "Compared with {c}, {i} decreased {o}.",
        "{o} was higher with {c} than with {i}.",
        "{i} reduced {o} more than {c} did.",
    ),
    _SAME: (
        "{o} did not differ significantly between {i} and {c}.",
        "Compared with {c}, {i} had no significant effect on {o}.",
        "There was no significant difference in {o} between {c} and {i}.",
        "{i} and {c} were alike in {o}.",
    ),
}
"""Claims on the outcome (o) of a trial with an intervention (i) and a comparator (c)."""


def open_sets(folder: Path, *, seed: int) -> dict[str, list[Example]]:
    """The examples of each set by its name."""
    return {
        "snli": _unique(
            [
                *_json_pairs(folder / "snli_sub_cad", "*snlisub*_train.jsonl", "sentence1", "sentence2"),
                *_table(folder / "cad_nli", "NLI_all_combined_train.tsv", ("sentence1", "sentence2", "gold_label")),
            ]
        ),
        "mnli": list(_table(folder / "taxinli_mnli", "taxinli10k.tsv", ("prem", "hyp", "label"))),
        "fever": [
            *_lines(folder / "docnli_mnli_fever", "Data_binary-FEVER-NLI_*.txt"),
            *_json_pairs(folder / "fever_symmetric", "fever_symmetric_generated.jsonl", "evidence_sentence", "claim"),
            *_json_pairs(folder / "fever_symmetric", "fever_symmetric_dev.jsonl", "evidence", "claim"),
            *_quoted(folder / "fool_me_twice", "*.jsonl"),
        ],
        "trials": list(_trials(folder / "evidence_inference", seed)),
        "paws": list(_table(folder / "zh_csts", "PAWS-X_*.tsv", ("sentence1", "sentence2", "label"), "zh")),
    }


def _json_pairs(folder: Path, pattern: str, evidence: str, claim: str) -> Iterator[Example]:
    for row in _json_rows(folder, pattern):
        label = str(row.get("gold_label", row.get("label")))
        if label in _LABELS and row.get(evidence):
            yield _example(row[claim], row[evidence], _LABELS[label], folder.name)


def _quoted(folder: Path, pattern: str) -> Iterator[Example]:
    for row in _json_rows(folder, pattern):
        evidence = " ".join(e["text"] for e in row["gold_evidence"])
        yield _example(row["text"], evidence, _LABELS[row["label"]], folder.name)


def _json_rows(folder: Path, pattern: str) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(pattern)):
        yield from (row for _, row in json_lines(path))


def _table(folder: Path, pattern: str, columns: tuple[str, str, str], language: Language = "en") -> Iterator[Example]:
    for path in sorted(folder.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                evidence, claim, label = (row[name] for name in columns)
                if label in _LABELS:
                    yield _example(claim, evidence, _LABELS[label], folder.name, language)


def _lines(folder: Path, pattern: str) -> Iterator[Example]:
    for path in sorted(folder.glob(pattern)):
        for number, line in numbered_lines(path):
            label, *pair = line.split("\t")
            if label not in _LABELS or len(pair) != 2:
                raise BrokenData(path, number, "a label, evidence and a claim are asked, with tabs between")
            yield _example(pair[1], pair[0], _LABELS[label], folder.name)


def _trials(folder: Path, seed: int) -> Iterator[Example]:
    """Of each span that doctors marked a true claim and a wrong one of the same outcome."""
    if not folder.is_dir():
        return
    draw = random.Random(seed)
    with (folder / "prompts_merged.csv").open(encoding="utf-8", newline="") as file:
        prompts = {row["PromptID"]: row for row in csv.DictReader(file)}
    with (folder / "v2_annotations.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            span = " ".join(row["Annotations"].split())
            if {row["Valid Label"], row["Valid Reasoning"]} != {"True"} or not 40 < len(span) < _LONGEST_SPAN:
                continue
            true = _FOUND[row["Label"]]
            for said in (true, draw.choice([other for other in _SENTENCES if other != true])):
                prompt = prompts[row["PromptID"]]
                o, i, c = (" ".join(prompt[k].split()) for k in ("Outcome", "Intervention", "Comparator"))
                claim = draw.choice(_SENTENCES[said]).format(o=o, i=i, c=c)
                yield _example(claim, span, "supported" if said == true else "contradicted", folder.name)


def _example(claim: str, evidence: str, label: Label, source: str, language: Language = "en") -> Example:
    return Example(claim, evidence, label, "entailment", language, source, evidence)


def _unique(examples: Sequence[Example]) -> list[Example]:
    return list({(e.claim, e.evidence): e for e in examples}.values())
