"""Train the reading of questions about records: ``python -m training.question.record_model``.

Each line of the data holds the language, the operation and a question with its names marked: ``{A:author}``,
``{J:journal}``, ``{T:title or words of it}``, ``{P:topic}``, ``{I:identifier}``, ``{N:limit}``, ``{=:year}``,
``{>=:since}``, ``{>:after}``, ``{<=:until}``, ``{<:before}``, ``{Len:English}``, ``{Lzh:Chinese}``. What a library
knows of the names is drawn at random, so that the model reads names that a library holds and names that it does not.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from models.arrays_file import write_arrays
from models.e5.embedder import BundledE5, bundled_weights
from models.protocols import Embedder
from retrieval.question.record_model import (
    RecordModel,
    TokenRole,
    masked_sentence,
    sentence_features,
)
from retrieval.question.record_tokens import Token, TokenKind, record_tokens
from retrieval.question.token_tagger import Known, Regression, arrays_of, form_of, token_features
from training.softmax_regression import softmax_regression
from training.tab_rows import tab_rows

FOLDER = Path(__file__).parent / "data"
TARGET = Path(__file__).parents[2] / "retrieval" / "question" / "record_model.npz"
_MARK = re.compile(r"\{(A|J|T|P|I|N|=|>=|>|<=|<|Len|Lzh):([^}]*)\}")
_ROLES = {
    "A": TokenRole.AUTHOR, "J": TokenRole.JOURNAL, "T": TokenRole.TITLE, "P": TokenRole.TOPIC,
    "I": TokenRole.IDENTIFIER, "N": TokenRole.LIMIT,
    "=": TokenRole.IN_YEAR, ">=": TokenRole.SINCE, ">": TokenRole.AFTER, "<=": TokenRole.UNTIL, "<": TokenRole.BEFORE,
    "Len": TokenRole.ENGLISH, "Lzh": TokenRole.CHINESE,
}  # fmt: skip
_NAMES = (TokenRole.AUTHOR, TokenRole.JOURNAL, TokenRole.TITLE, TokenRole.TOPIC)
_COPIES = 4
_TAGGER_L2, _OPERATIONS_L2, _VECTOR_L2 = 0.02, 0.02, 0.3
_SMALLEST = 0.01
_VECTOR_SHARE = 0.5
"""How much a standardised component of the vector counts beside an n-gram."""


@dataclass(frozen=True, slots=True)
class Line:
    """One question with the role of each token."""

    operation: str
    text: str
    tokens: tuple[Token, ...]
    roles: tuple[TokenRole, ...]
    spans: tuple[int, ...]


def read_lines(path: Path) -> list[Line]:
    """The lines of a data file; raises MissingData and BrokenData."""
    return tab_rows(path, lambda _language, operation, marked: _line(operation, marked))


def _line(operation: str, marked: str) -> Line:
    text, spans, at = "", [], 0
    for found in _MARK.finditer(marked):
        text += marked[at : found.start()]
        spans.append((len(text), len(text) + len(found[2]), _ROLES[found[1]]))
        text += found[2]
        at = found.end()
    text += marked[at:]
    tokens = record_tokens(text)
    roles, of = [], []
    for token in tokens:
        inside = [(n, s[2]) for n, s in enumerate(spans) if token.start < s[1] and s[0] < token.end]
        of.append(inside[0][0] if inside else -1)
        roles.append(inside[0][1] if inside else TokenRole.NONE)
    return Line(operation, text, tuple(tokens), tuple(roles), tuple(of))


def known_of(line: Line, draw: random.Random) -> list[Known]:
    """What some library knows of the tokens of a line."""
    known = []
    span_knows: dict[int, tuple[bool, bool]] = {}
    for token, role, span in zip(line.tokens, line.roles, line.spans, strict=True):
        in_library, whole = span_knows.setdefault(span, (draw.random() < 0.85, draw.random() < 0.5))
        length = line.spans.count(span)
        author = journal = title = ""
        if token.kind in (TokenKind.WORD, TokenKind.HAN, TokenKind.QUOTE):
            if role is TokenRole.AUTHOR and in_library:
                author = "whole" if length > 1 or token.kind is TokenKind.QUOTE else "part"
            elif role is TokenRole.JOURNAL and in_library:
                journal = "whole"
            elif role is TokenRole.TITLE and in_library:
                long = length > 3 or (token.kind is TokenKind.QUOTE and len(token.words) > 3)
                title = "whole" if long else ("words" if whole or token.kind is TokenKind.QUOTE else "")
            elif role is TokenRole.TOPIC:
                title = "words" if draw.random() < 0.8 else ""
                journal = "whole" if draw.random() < 0.05 else ""
            elif role is TokenRole.NONE:
                author = "part" if draw.random() < 0.02 else ""
                title = "words" if draw.random() < 0.4 else ""
        known.append(Known(author, journal, title))
    return known


def vocabulary_of(lines: Iterable[Line]) -> frozenset[str]:
    """Words outside names: what the tagger may know by themselves."""
    return frozenset(
        token.text.lower()
        for line in lines
        for token, role in zip(line.tokens, line.roles, strict=True)
        if token.kind in (TokenKind.WORD, TokenKind.HAN) and role not in _NAMES
    )


def fit(
    samples: Sequence[Sequence[str]],
    labels: Sequence[str],
    *,
    l2: float,
    least: int,
    vectors: NDArray[np.float32] | None = None,
) -> Regression:
    """A softmax regression by L-BFGS; features seen in fewer than ``least`` samples are left out."""
    seen = Counter(f for sample in samples for f in set(sample))
    rows = {f: n for n, f in enumerate(sorted(f for f, count in seen.items() if count >= least))}
    pairs = [(i, rows[f]) for i, sample in enumerate(samples) for f in set(sample) if f in rows]
    pairs += [(i, len(rows)) for i in range(len(samples))]
    row_of, column_of = zip(*pairs, strict=True)
    shape = (len(samples), len(rows) + 1)
    matrix = csr_matrix((np.ones(len(pairs)), (row_of, column_of)), shape=shape)
    mean, scale = np.zeros(0), np.ones(0)
    if vectors is not None:
        mean, scale = vectors.mean(axis=0), _VECTOR_SHARE / (vectors.std(axis=0) + 1e-6)
        matrix = hstack([matrix, (vectors - mean) * scale]).tocsr()
    penalties = np.full(matrix.shape[1], l2)
    names, found = softmax_regression(matrix, labels, penalties=penalties, steps=150)
    weights = found.astype(np.float32)
    dense = None
    if vectors is not None:
        dense = (weights[shape[1] :] * scale[:, None]).astype(np.float32)
        weights[len(rows)] -= mean @ dense
    kept = [n for n in range(len(rows)) if np.abs(weights[n]).max() >= _SMALLEST]
    by_row = {n: f for f, n in rows.items()}
    return Regression(names, {by_row[n]: i for i, n in enumerate(kept)}, weights[[*kept, len(rows)]], dense)


def train(lines: Sequence[Line], embedder: Embedder, *, seed: int = 0) -> RecordModel:
    """The tagger and the classifiers of operations."""
    draw = random.Random(seed)
    vocabulary = vocabulary_of(lines)
    samples, roles = [], []
    for copy in range(_COPIES):
        for line in lines:
            dropped = frozenset(w for w in vocabulary if copy and draw.random() < 0.05)
            forms = [form_of(token, vocabulary - dropped) for token in line.tokens]
            samples += token_features(forms, line.tokens, known_of(line, draw))
            roles += [role.value for role in line.roles]
    tagger = fit(samples, roles, l2=_TAGGER_L2, least=3)
    sentences = [sentence_features(line.tokens, line.roles) for line in lines]
    asked = [line.operation for line in lines]
    operations = fit(sentences, asked, l2=_OPERATIONS_L2, least=2)
    vectors = np.stack([embedder.encode_query(masked_sentence(x.text, x.tokens, x.roles)) for x in lines])
    with_vector = fit(sentences, asked, l2=_VECTOR_L2, least=2, vectors=vectors)
    return RecordModel(vocabulary, tagger, operations, with_vector, embedder.identity)


def measure(model: RecordModel, lines: Sequence[Line], embedder: Embedder, *, seed: int = 1) -> dict[str, float]:
    """Shares that are right: tokens, questions with all roles, operations from true and from found roles."""
    draw = random.Random(seed)
    tokens_right = tokens = whole = given = found = by_vector = 0
    for line in lines:
        roles = model.roles(line.tokens, known_of(line, draw))
        right = sum(a is b for a, b in zip(roles, line.roles, strict=True))
        tokens_right, tokens = tokens_right + right, tokens + len(roles)
        whole += right == len(roles)
        given += model.operation(line.tokens, line.roles)[0] == line.operation
        found += model.operation(line.tokens, roles)[0] == line.operation
        vector = embedder.encode_query(masked_sentence(line.text, line.tokens, roles))
        by_vector += model.operation(line.tokens, roles, vector)[0] == line.operation
    n = len(lines)
    return {
        "tokens": tokens_right / tokens,
        "roles": whole / n,
        "operation": given / n,
        "operation_found": found / n,
        "operation_by_vector": by_vector / n,
    }


def save(model: RecordModel, path: Path) -> None:
    """Write the model as the product reads it."""
    parts: dict[str, NDArray[np.generic]] = {
        "vocabulary": np.array(sorted(model.vocabulary)),
        "embedder": np.array(model.embedder),
    }
    named = (("tagger", model.tagger), ("operations", model.operations), ("with_vector", model.with_vector))
    for name, part in named:
        parts |= arrays_of(part, name)
    write_arrays(path, parts)


def main() -> None:
    """Train, measure on the held-out questions, and write the model."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--to", type=Path, default=TARGET)
    target = arguments.parse_args().to
    embedder = BundledE5(bundled_weights())
    model = train(read_lines(FOLDER / "record_operations.tsv"), embedder)
    save(model, target)
    figures = measure(model, read_lines(FOLDER / "record_operations_held_out.tsv"), embedder)
    print(" ".join(f"{name} {value:.3f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
