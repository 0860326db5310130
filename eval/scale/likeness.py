"""A corpus of any size that is like a real one, made from it passage by passage.

Each passage has a real one as its source, which is drawn by Zipf's law. Its sentences are the source's and those of the
source's nearest passages; names and figures in them are varied by Zipf's law too, so that the vocabulary goes on
growing as that of real text does (Heaps). Its vector is the source's, moved along the directions to the source's
nearest passages: as far as real neighbours are from each other, and never out of the region that the embedder uses.
"""

import random
import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from eval.scale.sources import Sources
from kg.domain import Document, DocumentId, Passage, PassageId, Span
from models.protocols import Vectors

BLOCK = 10_000
"""Passages that are made at a time; a block depends on its number alone."""

_FLATNESS, _STEEPNESS = 50.0, 0.8
_SENTENCES = 5
_OWN = 0.6
_VARIED = 0.3
_ALONG, _ASIDE = 0.225, 0.01
_VARIABLE = re.compile(r"\b(?:\d+(?:\.\d+)?|[A-Z][A-Za-z]*\d[A-Za-z\d]*|[A-Z]{2,6})\b")


Made = tuple[list[Document], list[Passage], Vectors]
"""Some passages in order of id, each of a document of its own, with their vectors."""


def blocks(sources: Sources, count: int, *, seed: int = 7) -> Iterator[Made]:
    """The first ``count`` passages of the corpus that ``seed`` gives, block by block."""
    shares = 1.0 / (np.arange(1, len(sources.passages) + 1) + _FLATNESS) ** _STEEPNESS
    order = np.random.default_rng(seed).permutation(len(sources.passages))
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        generator = np.random.default_rng((seed, start))
        drawn = order[generator.choice(len(shares), BLOCK, p=shares / shares.sum())][:size]
        vectors = moved(sources, drawn, generator)
        words = random.Random(f"{seed}-{start}")  # noqa: S311 - a corpus, not a secret
        made = [_made(sources, start + n, int(source), words) for n, source in enumerate(drawn)]
        yield [d for d, _ in made], [p for _, p in made], vectors


def moved(sources: Sources, drawn: npt.NDArray[np.int64], generator: np.random.Generator) -> Vectors:
    """Unit vectors near the drawn sources' own, in the directions of the sources' neighbours."""
    own = sources.vectors[drawn]
    vectors = own + generator.normal(0.0, _ASIDE, own.shape).astype(np.float32)
    for place in range(sources.near.shape[1]):
        steps = generator.normal(0.0, _ALONG, (len(drawn), 1)).astype(np.float32)
        vectors += steps * (sources.vectors[sources.near[drawn, place]] - own)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def varied(sentence: str, words: random.Random) -> str:
    """A sentence with some of its figures redrawn and some of its symbols numbered, low numbers more often."""

    def other(match: re.Match[str]) -> str:
        said = match.group()
        if words.random() >= _VARIED:
            return said
        if said[0].isdigit():
            return "".join(str(words.randint(1, 9)) if c.isdigit() else c for c in said)
        return f"{said}{int(words.paretovariate(1.0))}"

    return _VARIABLE.sub(other, sentence)


def _made(sources: Sources, number: int, row: int, words: random.Random) -> tuple[Document, Passage]:
    source = sources.passages[row]
    near = sources.near[row]
    chosen = []
    for _ in range(min(_SENTENCES, max(2, len(source.sentences)))):
        other = source if words.random() < _OWN else sources.passages[int(near[words.randrange(len(near))])]
        chosen.append(varied(words.choice(other.sentences), words))
    text = ("" if source.language == "zh" else " ").join(chosen)
    title = varied(source.title, words)
    id_ = DocumentId(f"s{number:08d}")
    document = Document(id_, id_, id_, title, id_, "text/plain", source.language)
    headings, whole = (title,) if title else (), (Span(0, 0, len(text)),)
    return document, Passage(PassageId(f"{id_}:0"), id_, 0, text, source.language, headings, None, whole)
