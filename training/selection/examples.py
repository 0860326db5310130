"""Questions with the sentences that answer them, among those of the same abstract and of near ones."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eval.claims.readers import is_held_out, scifact_rows, scifact_texts
from eval.errors import BrokenData
from eval.json_lines import json_document
from kg.documents.sentences import sentences
from kg.domain import Language
from models.protocols import Embedder, Vectors
from models.sentence_selection import Sentence, terms
from retrieval.text.glossary import bundled_glossary
from training.judge.written import abstracts, answered_questions, own_passages, spans_of_texts

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
    """A question (or claim) with its abstract and the places of the sentences that answer; empty where unknown.

    ``meant`` are answers in words, where the sentences nearest to them are the gold ones; ``within`` are the places of
    those, all where it is empty. ``ranked`` says that the order of the abstracts may be learned from: not that of a
    question which was written on an abstract, since its words find that one first.
    """

    question: str
    abstract: str
    gold: frozenset[int]
    meant: tuple[str, ...] = ()
    language: Language = "en"
    within: frozenset[int] = frozenset()
    ranked: bool = True


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the sentences it is answered from and their vectors; ``gold`` marks those that answer.

    ``translation`` are the question's terms in English, ``query`` the vector of both.
    """

    question: str
    translation: str
    language: Language
    query: Vectors
    sentences: tuple[Sentence, ...]
    vectors: Vectors
    gold: npt.NDArray[np.bool_]
    abstracts: tuple[str, ...]
    """The abstract of each sentence."""

    @property
    def asked(self) -> str:
        """The question with its translation."""
        return f"{self.question} {self.translation}".strip()


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
        asked.append(Asked(str(row["QUESTION"]), id_, frozenset(), (str(row["LONG_ANSWER"]),)))
        pool.append(Abstract(id_, tuple(text for _, text in cut), findings))
    return asked, pool


def written(
    folder: Path, *, held_out: bool, most: int, language: Language, chosen: Callable[[str], bool] = bool
) -> tuple[list[Asked], list[Abstract]]:
    """Questions of a language that were written on spans of abstracts and on passages of ours, with their answers.

    Those of the held-out fifth of the documents, or of the others, on the texts whose ids are ``chosen``. No
    sentence is told to be a finding.
    """
    corpus, spans = abstracts(folder / "corpus.jsonl"), spans_of_texts()
    own = {id_: text for id_, _, text in own_passages()}
    answers: dict[tuple[str, str], list[str]] = {}
    for id_, asked_in, label, question, answer in answered_questions():
        if label == "supported" and asked_in == language:
            answers.setdefault((id_, question), []).append(answer)
    asked: list[Asked] = []
    pool: dict[str, Abstract] = {}
    for id_, question in sorted(answers, key=lambda row: _order(" ".join(row))):
        document, start, end = spans.get(id_, (id_, 0, 0))
        if is_held_out(document) != held_out or not chosen(id_) or len(asked) == most:
            continue
        text = corpus[document] if id_ in spans else own[id_]
        places = [n for n, (a, b) in enumerate(sentences(text)) if not end or (a < end and b > start)]
        meant = tuple(answers[id_, question])
        asked.append(Asked(question, document, frozenset(), meant, language, frozenset(places), ranked=False))
        pool[document] = Abstract(document, _cut(text), ())
    return asked, list(pool.values())


def conclusions(asked: Sequence[Asked]) -> list[Abstract]:
    """The conclusions that stand apart from their abstracts; they tell findings."""
    cut = [(one.abstract, _cut(" ".join(one.meant))) for one in asked if one.meant]
    return [Abstract(f"{id_}, conclusion", texts, (True,) * len(texts)) for id_, texts in cut]


def examples(asked: Sequence[Asked], pool: Sequence[Abstract], embedder: Embedder) -> Iterator[Example]:
    """Each question with its abstract's sentences and those of the nearest other ones, in the order of nearness."""
    if not pool:
        return
    vectors = [embedder.encode_passages(a.sentences) for a in pool]
    centres = np.stack([v.mean(axis=0) for v in vectors])
    places = {a.id: n for n, a in enumerate(pool)}
    for one in asked:
        translation = bundled_glossary().english(one.question) if one.language == "zh" else ""
        query = embedder.encode_query(f"{one.question} {translation}".strip())
        own = places[one.abstract]
        nearness = centres @ query
        others = [int(n) for n in np.argsort(-nearness, kind="stable") if n != own][:_NEAR]
        order = sorted([own, *others], key=lambda n: -float(nearness[n]))
        gold_here = one.gold or _nearest(one, vectors[own], embedder)
        found, gold, names = [], [], []
        for rank, n in enumerate(order):
            for at, text in enumerate(pool[n].sentences):
                found.append(Sentence(rank + 1, rank * one.ranked, text, frozenset(terms(text)), pool[n].id))
                gold.append(n == own and at in gold_here)
                names.append(pool[n].id)
        yield Example(
            one.question,
            translation,
            one.language,
            query,
            tuple(found),
            np.concatenate([vectors[n] for n in order]),
            np.array(gold),
            tuple(names),
        )


def _nearest(one: Asked, vectors: Vectors, embedder: Embedder) -> frozenset[int]:
    """The places of the sentences that come nearest to what the answers mean."""
    near = vectors @ embedder.encode_passages(one.meant).T
    near[[n for n in range(len(vectors)) if one.within and n not in one.within]] = -1.0
    return frozenset(int(n) for n in near.argmax(axis=0))


def _cut(text: str) -> tuple[str, ...]:
    return tuple(" ".join(text[a:b].replace("\\n", " ").split()) for a, b in sentences(text))


def _order(id_: str) -> str:
    return hashlib.sha256(f"order {id_}".encode()).hexdigest()
