"""Questions with texts that answer them and texts that are only near: the judge's relevance is trained on them.

Sources: titles of abstracts as questions, PubMedQA's questions with their contexts, CMRC's questions with the sentences
around the answer, and our written claims with their own evidence. Hard negatives are the nearest other texts by TF-IDF;
of CMRC other sentences of the same text as well.
"""

import json
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kg.documents.sentences import sentences
from kg.domain import Language
from models.protocols import Embedder
from training.judge.examples import Example, Label
from training.judge.neighbours import Neighbours

_FOUND = 8
_SENTENCES = 5


@dataclass(frozen=True, slots=True)
class Ranked:
    """A question, the text that answers it, and the key of that text's own document."""

    query: str
    text: str
    own: str
    language: Language = "en"


def among_near(questions: Sequence[Example], texts: Mapping[str, str], embedder: Embedder) -> list[list[Example]]:
    """Each question with its own text, then with the eight others that a search by meaning finds."""
    keys = list(texts)
    vectors = embedder.encode_passages(list(texts.values()))
    made = []
    for question in questions:
        order = np.argsort(-(vectors @ embedder.encode_query(question.claim)), kind="stable")
        others = [keys[n] for n in order[: _FOUND + 1] if keys[n] != question.group][:_FOUND]
        made.append([question, *(replace(question, evidence=texts[k], label="irrelevant") for k in others)])
    return made


def relevance_examples(
    rows: Sequence[Ranked], texts: dict[str, str], *, source: str, negatives: int, seed: int, characters: bool = False
) -> Iterator[Example]:
    """Every question with its text as relevant and some hard negatives as irrelevant."""
    order = random.Random(seed)
    near = Neighbours(texts, characters=characters)
    for row in rows:
        yield Example(row.query, row.text, "relevant", "ranking", row.language, source, row.query)
        for text in near.hard(row.query, row.own, negatives, order):
            cut = text if characters else _part(text, order)
            yield Example(row.query, cut, "irrelevant", "ranking", row.language, source, row.query)


def titles(
    corpus: Path, count: int, seed: int, *, without: Collection[str] = ()
) -> tuple[list[Ranked], dict[str, str]]:
    """Titles of abstracts as questions, a part of the abstract as the text; nothing of the documents ``without``."""
    order = random.Random(seed)
    with corpus.open(encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["_id"] not in without]
    chosen = order.sample(rows, min(count, len(rows)))
    texts = {row["_id"]: row["text"] for row in rows}
    return [Ranked(row["title"], _part(row["text"], order), row["_id"]) for row in chosen], texts


def pubmedqa(path: Path, count: int) -> tuple[list[Ranked], dict[str, str]]:
    """PubMedQA's labelled questions (ori_pqal.json) with their last context and their long answer."""
    found = json.loads(path.read_text("utf-8"))
    texts = {id_: " ".join(item["CONTEXTS"]) for id_, item in found.items()}
    rows = [
        Ranked(item["QUESTION"], text, id_)
        for id_, item in list(found.items())[:count]
        for text in (item["CONTEXTS"][-1], item["LONG_ANSWER"])
    ]
    return rows, texts


def cmrc(path: Path, *, seed: int) -> Iterator[Example]:
    """Questions of CMRC 2018 in SQuAD's form (Cui et al., 2019; CC BY-SA 4.0), in Chinese.

    Relevant are the sentences around the answer; irrelevant are sentences of the same text without it, and of the
    nearest other text.
    """
    order = random.Random(seed)
    found = [p for entry in json.loads(path.read_text("utf-8"))["data"] for p in entry["paragraphs"]]
    near = Neighbours({str(n): p["context"] for n, p in enumerate(found)}, characters=True)
    for n, paragraph in enumerate(found):
        for asked in paragraph["qas"]:
            question, answer = asked["question"], asked["answers"][0]
            around, apart = parted_by_answer(paragraph["context"], answer["text"], answer["answer_start"], order)
            pairs: list[tuple[str, Label]] = [(around, "relevant")]
            pairs += [(order.choice(apart), "irrelevant")] if apart else []
            pairs += [(_part(other, order), "irrelevant") for other in near.hard(question, str(n), 1, order)]
            for text, label in pairs:
                yield Example(question, text, label, "ranking", "zh", "cmrc", asked["id"])


def parted_by_answer(text: str, answer: str, start: int, order: random.Random) -> tuple[str, list[str]]:
    """The sentence that holds the answer at ``start``, with none to two neighbours; and the sentences without it."""
    spans = sentences(text)
    at = next((i for i, (_, end) in enumerate(spans) if start < end), len(spans) - 1)
    first, last = max(0, at - order.randrange(2)), min(len(spans) - 1, at + order.randrange(2))
    return text[spans[first][0] : spans[last][1]], [text[a:b] for a, b in spans if answer not in text[a:b]]


def of_claims(examples: Sequence[Example], count: int, seed: int) -> tuple[list[Ranked], dict[str, str]]:
    """Supported claims with their evidence, in both languages."""
    order = random.Random(seed)
    supported = [e for e in examples if e.label == "supported"]
    texts = {e.group: e.evidence for e in examples}
    chosen = order.sample(supported, min(count, len(supported)))
    return [Ranked(e.claim, e.evidence, e.group, e.language) for e in chosen], texts


def _part(text: str, order: random.Random) -> str:
    spans = sentences(text)
    if len(spans) <= _SENTENCES:
        return text
    at = order.randrange(len(spans) - _SENTENCES + 1)
    return text[spans[at][0] : spans[at + _SENTENCES - 1][1]]
