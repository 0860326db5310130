"""Which systems are compared on a suite, made one after another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from eval.peers.corpus import Corpus, StringVectors
from eval.peers.hipporag_package import HippoRag
from eval.peers.plain_systems import Bm25, Dense, ReciprocalRankFusion, TitleRule
from eval.retrieval.homes import SuiteHome
from eval.retrieval.product import LEFT_OUT, JianxiSystem
from eval.retrieval.systems import System
from models.protocols import Embedder
from retrieval.domain import Mode

CALIBRATED_SYNONYM = 0.93
"""The least cosine of synonyms that did best on musique100 with multilingual-e5-small, whose cosines are compressed."""

_TRIPLES = {"musique100": "bench/musique100/openie_musique_train_1890_gpt35.json"}


def triples_path(suite: str, data: Path) -> Path | None:
    """The file of triples that were extracted from a suite's texts beforehand, None where there is none."""
    return data / _TRIPLES[suite] if suite in _TRIPLES else None


@dataclass(frozen=True, slots=True)
class Given:
    """What the systems are made of; ``triples`` and ``hipporag`` (an interpreter) are None where there are none.

    ``index_s`` is what building the product's indexes takes, vectors known.
    """

    corpus: Corpus
    vectors: StringVectors
    home: SuiteHome
    embedder: Embedder
    index_s: float
    triples: Path | None
    hipporag: Path | None


def lineup(given: Given, families: Sequence[str]) -> Iterator[System]:
    """The systems of the families in the order of the table; each is made when its turn comes."""
    for family, made in _MAKERS.items():
        if family in families:
            yield from made(given)


def _title_rule(given: Given) -> Iterator[System]:
    if any(text.title for text in given.corpus.suite.texts):
        yield TitleRule(Bm25(given.corpus), given.corpus)


def _hipporag(given: Given) -> Iterator[System]:
    if given.triples is not None and given.hipporag is not None:
        for name, synonym in (("hipporag", 0.8), ("hipporag-calibrated", CALIBRATED_SYNONYM)):
            peer = HippoRag(name, given.corpus, given.triples, given.vectors, python=given.hipporag, synonym=synonym)
            with closing(peer):
                yield peer


def _product(given: Given, *, mode: Mode = Mode.HYBRID, without: str = "") -> System:
    return JianxiSystem(
        given.home, given.embedder, mode=mode, without=without, index_s=given.index_s, asked=given.corpus.asked
    )


_MAKERS: dict[str, Callable[[Given], Iterable[System]]] = {
    "bm25": lambda given: [Bm25(given.corpus)],
    "dense": lambda given: [Dense(given.corpus)],
    "rrf": lambda given: [ReciprocalRankFusion(Bm25(given.corpus), Dense(given.corpus))],
    "title-rule": _title_rule,
    "hipporag": _hipporag,
    "jianxi": lambda given: [_product(given)],
    "modes": lambda given: (_product(given, mode=mode) for mode in (Mode.DENSE, Mode.LEXICAL, Mode.GRAPH)),
    "ablation": lambda given: (_product(given, without=part) for part in LEFT_OUT),
}

FAMILIES = tuple(_MAKERS)
"""What can be asked for; a family is one system or several settings of it."""
