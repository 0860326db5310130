"""Readers of labelled claims: JSON Lines, CSV, and the folder of SciFact."""

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.claims.domain import CONTRADICTED, NO_RATIONALE, SUPPORTED, UNSUPPORTED, LabelledClaim
from eval.errors import BrokenData, MissingData
from eval.json_lines import json_lines, records, text_lines
from kg.documents.language import language_of
from kg.documents.sentences import sentences

_LABELS = {
    SUPPORTED: ("supported", "supports", "support", "entailment", "entailed", "0"),
    CONTRADICTED: ("contradicted", "contradiction", "contradict", "refutes", "refuted", "refute", "2"),
    UNSUPPORTED: ("unsupported", "neutral", "not enough info", "nei", "not_enough_info", "", "1"),
}
_LABEL_OF = {name: label for label, names in _LABELS.items() for name in names}
_CLAIM = ("claim", "hypothesis", "sentence2")
_EVIDENCE = ("evidence", "premise", "sentence1")
_NUMBER = re.compile(r"\d+")
_HELD_OUT = 5
_NEAREST_SENTENCES = 3
_TRAIN = "claims_train.csv"
_SCIFACT = ("id", "claim", "evidence_doc_id", "evidence_label", "evidence_sentences", "cited_doc_ids")


@dataclass(frozen=True, slots=True)
class ScifactRow:
    """A row of SciFact's claims: ``document`` is the judged abstract, empty where none is, and ``cited`` those cited.

    ``sentences`` are the places of the rationale in the judged abstract.
    """

    line: int
    id: str
    claim: str
    document: str
    label: str
    sentences: tuple[int, ...]
    cited: tuple[str, ...]


def read_claims(data: str) -> tuple[LabelledClaim, ...]:
    """Claims of ``FILE.jsonl``, ``FILE.csv`` or ``scifact:FOLDER``; raises MissingData and BrokenData.

    Columns are claim, evidence and label, or those of inference sets (hypothesis and premise, sentence2 and sentence1).
    """
    kind, _, rest = data.partition(":")
    if kind == "scifact" and rest:
        return read_scifact(Path(rest), held_out=True)
    path = Path(data)
    rows = _csv_rows(path) if path.suffix == ".csv" else json_lines(path)
    claims = [claim for number, row in rows if (claim := _claim(path, number, row)) is not None]
    if not claims:
        raise MissingData(f"{path} holds no labelled claim; give claim, evidence and label in each line")
    return tuple(claims)


def is_held_out(claim_id: str) -> bool:
    """Whether a claim is in the fifth that nothing is trained on, by the hash of its id."""
    return int(hashlib.sha256(claim_id.encode()).hexdigest(), 16) % _HELD_OUT == 0


def _claim(path: Path, number: int, row: Mapping[str, Any]) -> LabelledClaim | None:
    text, evidence = _first(row, _CLAIM), _first(row, _EVIDENCE)
    if text is None or evidence is None or "label" not in row:
        raise BrokenData(path, number, f"needs claim, evidence and label, has {', '.join(row)}")
    given = str(row["label"]).strip().lower()
    if given == "-":
        return None
    if given not in _LABEL_OF:
        raise BrokenData(path, number, f"{row['label']!r} is no label; give supported, contradicted or unsupported")
    label = _LABEL_OF[given]
    passages = tuple(map(str, evidence)) if isinstance(evidence, list) else (str(evidence),)
    return LabelledClaim(
        id=str(row.get("id", number)),
        language=str(row.get("language") or language_of(str(text))),
        text=str(text),
        evidence=passages,
        label=label,
        type=str(row.get("type") or label),
        source=str(row.get("source") or ""),
    )


def read_scifact(folder: Path, *, held_out: bool) -> tuple[LabelledClaim, ...]:
    """The held-out claims of ``claims_train.csv``, or the others, one for each judged abstract.

    The evidence is the rationale sentences. A claim without a judged abstract is unsupported by the sentences of its
    cited abstract that share most words with it, and not counted among the claims with a rationale.
    """
    texts = scifact_texts(folder)
    judged: dict[tuple[str, str], list[ScifactRow]] = defaultdict(list)
    for row in scifact_rows(folder):
        if is_held_out(row.id) == held_out:
            document = row.document or next(iter(row.cited), "")
            if document not in texts:
                raise BrokenData(folder / _TRAIN, row.line, f"document {document!r} is not in corpus.jsonl")
            judged[row.id, document].append(row)
    made = []
    for (id_, document), rows in judged.items():
        claim, label = rows[-1].claim, rows[-1].label
        abstract = [texts[document][start:end] for start, end in sentences(texts[document])]
        marked = [abstract[n] for n in sorted({n for row in rows for n in row.sentences}) if n < len(abstract)]
        evidence, kind = tuple(marked or _nearest(claim, abstract)), label if marked else NO_RATIONALE
        made.append(LabelledClaim(f"{id_}:{document}", "en", claim, evidence, label, kind, id_))
    return tuple(made)


def scifact_texts(folder: Path) -> dict[str, str]:
    """Abstracts by document id; line breaks before headings, written as two characters there, are line breaks."""
    made = records(folder / "corpus.jsonl", lambda _, row: (str(row["_id"]), str(row["text"]).replace("\\n", "\n")))
    return dict(made)


def scifact_rows(folder: Path) -> Iterator[ScifactRow]:
    """The rows of ``claims_train.csv``; raises MissingData and BrokenData."""
    path = folder / _TRAIN
    for number, row in _csv_rows(path):
        if lacking := [column for column in _SCIFACT if row.get(column) is None]:
            raise BrokenData(path, number, f"lacks {', '.join(lacking)}")
        id_, claim, document, label, marked, cited = (row[column] for column in _SCIFACT)
        if label.lower() not in _LABEL_OF:
            raise BrokenData(path, number, f"{label!r} is no label; give SUPPORT, CONTRADICT or nothing")
        places = tuple(map(int, _NUMBER.findall(marked)))
        yield ScifactRow(number, id_, claim, document, _LABEL_OF[label.lower()], places, tuple(_NUMBER.findall(cited)))


def _nearest(claim: str, abstract: Sequence[str]) -> list[str]:
    said = set(claim.lower().split())
    best = sorted(range(len(abstract)), key=lambda n: -len(said & set(abstract[n].lower().split())))
    return [abstract[n] for n in sorted(best[:_NEAREST_SENTENCES])]


def _csv_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(f"{line}\n" for line in text_lines(path))
    rows = ((reader.line_num, cells) for cells in reader if any(map(str.strip, cells)))
    _, columns = next(rows, (0, []))
    for number, cells in rows:
        yield number, dict(zip(columns, cells, strict=False))


def _first(row: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((row[name] for name in names if name in row), None)
