"""Questions with the sentences that answer them, among those of the same abstract and of near ones."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eval.claims.readers import is_held_out, scifact_rows, scifact_texts
from eval.errors import BrokenData
from eval.json_lines import json_document
from kg.documents.sentences import sentences
from models.protocols import Embedder, Vectors
from models.sentence_selection import Sentence, terms

_NEAR = 5
"""Abstracts of other questions, the nearest ones, that a question's own is mixed with."""

_FINDING_SECTIONS = ("RESULT", "CONCLUSION", "FINDING")


@dataclass(frozen=True, slots=True)
class Abstract:
    """An abstract's sentences, and which of them tell a finding."""

    id: str
    sentences: tuple[str, ...]
    findings: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question (or claim) with its abstract and the places of the sentences that answer; empty where unknown."""

    question: str
    abstract: str
    gold: frozenset[int]
    meant: str = ""
    """The answer in words, where the sentence nearest to it is the gold one."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the sentences it is answered from and their vectors; ``gold`` marks those that answer."""

    question: str
    query: Vectors
    sentences: tuple[Sentence, ...]
    vectors: Vectors
    gold: npt.NDArray[np.bool_]
    abstracts: tuple[str, ...]
    """The abstract of each sentence."""


def scifact(folder: Path, *, held_out: bool, most: int) -> tuple[list[Asked], list[Abstract]]:
    """Claims with rationale sentences, of the held-out fifth or of the others, and the abstracts that they cite."""
    texts = scifact_texts(folder)
    gold: dict[tuple[str, str], set[int]] = {}
    for row in sorted(scifact_rows(folder), key=lambda row: _order(row.id)):
        if row.document in texts and is_held_out(row.id) == held_out:
            gold.setdefault((row.claim, row.document), set()).update(row.sentences)
    asked = [Asked(claim, document, frozenset(n)) for (claim, document), n in gold.items() if n][:most]
    rationale: dict[str, set[int]] = {}
    for one in asked:
        rationale.setdefault(one.abstract, set()).update(one.gold)
    made = []
    for document, numbers in rationale.items():
        cut = _cut(texts[document])
        made.append(Abstract(document, cut, tuple(n in numbers for n in range(len(cut)))))
    return asked, made


def pubmedqa(file: Path, *, held_out: bool, most: int) -> tuple[list[Asked], list[Abstract]]:
    """Titles that ask, with the abstract without its conclusion: the sentence nearest to that answers."""
    asked, pool = [], []
    rows: Mapping[str, Mapping[str, list[str]]] = json_document(file)
    for id_ in [id_ for id_ in sorted(rows, key=_order) if is_held_out(id_) == held_out][:most]:
        row = rows[id_]
        if lacking := [name for name in ("LABELS", "CONTEXTS", "QUESTION", "LONG_ANSWER") if name not in row]:
            raise BrokenData(file, f"question {id_}", f"lacks {', '.join(lacking)}")
        cut = [(la, text) for la, section in zip(row["LABELS"], row["CONTEXTS"], strict=True) for text in _cut(section)]
        findings = tuple(label.upper().startswith(_FINDING_SECTIONS) for label, _ in cut)
        asked.append(Asked(str(row["QUESTION"]), id_, frozenset(), str(row["LONG_ANSWER"])))
        pool.append(Abstract(id_, tuple(text for _, text in cut), findings))
    return asked, pool


def conclusions(asked: Sequence[Asked]) -> list[Abstract]:
    """The conclusions that stand apart from their abstracts; they tell findings."""
    cut = [(one.abstract, _cut(one.meant)) for one in asked if one.meant]
    return [Abstract(f"{id_}, conclusion", texts, (True,) * len(texts)) for id_, texts in cut]


def examples(asked: Sequence[Asked], pool: Sequence[Abstract], embedder: Embedder) -> Iterator[Example]:
    """Each question with its abstract's sentences and those of the nearest other ones, in the order of nearness."""
    vectors = [embedder.encode_passages(a.sentences) for a in pool]
    centres = np.stack([v.mean(axis=0) for v in vectors])
    places = {a.id: n for n, a in enumerate(pool)}
    for one in asked:
        query = embedder.encode_query(one.question)
        own = places[one.abstract]
        nearness = centres @ query
        others = [int(n) for n in np.argsort(-nearness, kind="stable") if n != own][:_NEAR]
        order = sorted([own, *others], key=lambda n: -float(nearness[n]))
        gold_here = one.gold
        if not gold_here:
            meant = embedder.encode_passages([one.meant])[0]
            gold_here = frozenset([int(np.argmax(vectors[own] @ meant))])
        found, gold, names = [], [], []
        for rank, n in enumerate(order):
            for at, text in enumerate(pool[n].sentences):
                found.append(Sentence(rank + 1, rank, text, frozenset(terms(text)), pool[n].id))
                gold.append(n == own and at in gold_here)
                names.append(pool[n].id)
        yield Example(
            one.question,
            query,
            tuple(found),
            np.concatenate([vectors[n] for n in order]),
            np.array(gold),
            tuple(names),
        )


def _cut(text: str) -> tuple[str, ...]:
    return tuple(" ".join(text[a:b].split()) for a, b in sentences(text))


def _order(id_: str) -> str:
    return hashlib.sha256(f"order {id_}".encode()).hexdigest()
