"""Train what tells the subject of a question from its request: ``python -m training.question.subject_model``.

Each line of the data holds the language and a question with its request in square brackets. The labelled questions of
``ALL_SUBJECT`` are about what all of their words say.
"""

import argparse
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.arrays_file import write_arrays
from retrieval.question.domain import Intent
from retrieval.question.record_tokens import Token, TokenKind, record_tokens
from retrieval.question.subject import BUNDLED, QuestionPart, SubjectModel
from retrieval.question.token_tagger import Known, arrays_of, form_of, token_features
from training.question.data import FOLDER, read_questions
from training.question.record_model import fit
from training.tab_rows import tab_rows

ALL_SUBJECT = (Intent.FACT, Intent.NUMBER, Intent.YES_NO, Intent.MECHANISM, Intent.COMPARISON)
_REQUEST = re.compile(r"\[([^]]*)\]")
_COPIES = 3
_FORGOTTEN = 0.15
"""The share of known words that each copy of the data but the first does not know."""

_L2, _LEAST = 0.02, 3


@dataclass(frozen=True, slots=True)
class MarkedQuestion:
    """A question with what each of its tokens belongs to."""

    text: str
    tokens: tuple[Token, ...]
    parts: tuple[QuestionPart, ...]


def read_marked(path: Path) -> list[MarkedQuestion]:
    """The questions of a file; raises MissingData and BrokenData."""
    return tab_rows(path, lambda _language, marked: marked_question(marked))


def marked_question(marked: str) -> MarkedQuestion:
    """A question whose request stands in square brackets."""
    text, requests, at = "", [], 0
    for found in _REQUEST.finditer(marked):
        text += marked[at : found.start()]
        requests.append((len(text), len(text) + len(found[1])))
        text += found[1]
        at = found.end()
    text += marked[at:]
    tokens = record_tokens(text)
    inside = (any(a <= t.start and t.end <= b for a, b in requests) for t in tokens)
    parts = (QuestionPart.REQUEST if i else QuestionPart.SUBJECT for i in inside)
    return MarkedQuestion(text, tuple(tokens), tuple(parts))


def whole_subjects(path: Path, but: Sequence[MarkedQuestion] = ()) -> list[MarkedQuestion]:
    """Labelled questions that are all subject, without follow-ups and those that are marked."""
    marked = {question.text for question in but}
    return [
        marked_question(q.text)
        for q in read_questions(path)
        if q.intent in ALL_SUBJECT and not q.leans and q.text not in marked
    ]


def train(questions: Sequence[MarkedQuestion], *, seed: int = 0) -> SubjectModel:
    """The model of these questions."""
    draw = random.Random(seed)
    known = frozenset(
        token.text.lower()
        for question in questions
        for token, part in zip(question.tokens, question.parts, strict=True)
        if part is QuestionPart.REQUEST and token.kind in (TokenKind.WORD, TokenKind.HAN)
    )
    samples, labels = [], []
    for copy in range(_COPIES):
        for question in questions:
            forgotten = frozenset(w for w in sorted(known) if copy and draw.random() < _FORGOTTEN)
            forms = [form_of(token, known - forgotten) for token in question.tokens]
            samples += token_features(forms, question.tokens, [Known()] * len(forms))
            labels += [part.value for part in question.parts]
    return SubjectModel(known, fit(samples, labels, l2=_L2, least=_LEAST))


def measure(model: SubjectModel, marked: Sequence[MarkedQuestion], whole: Sequence[MarkedQuestion]) -> dict[str, float]:
    """Shares that are right: tokens and questions of those marked, and questions of which nothing is taken away."""
    said = [model.parts(question.tokens) for question in marked]
    right = [[a is b for a, b in zip(s, q.parts, strict=True)] for s, q in zip(said, marked, strict=True)]
    kept = [QuestionPart.REQUEST not in model.parts(question.tokens) for question in whole]
    return {
        "tokens": float(np.mean([one for question in right for one in question])),
        "questions": float(np.mean([all(question) for question in right])),
        "kept_whole": float(np.mean(kept)),
    }


def main() -> None:
    """Train, measure on the held-out questions, and write the model."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--to", type=Path, default=BUNDLED)
    target = arguments.parse_args().to
    marked = read_marked(FOLDER / "subjects.tsv")
    model = train([*marked, *whole_subjects(FOLDER / "questions.tsv", marked)])
    write_arrays(target, {"vocabulary": np.array(sorted(model.vocabulary)), **arrays_of(model.tagger, "tagger")})
    held_out = read_marked(FOLDER / "subjects_held_out.tsv")
    figures = measure(model, held_out, whole_subjects(FOLDER / "held_out.tsv"))
    print(" ".join(f"{name} {value:.3f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
