"""Which systems are compared on a suite, made one after another."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.peers.bm25 import Bm25
from eval.peers.dense import Dense
from eval.peers.domain import Corpus, Peer
from eval.peers.hippo2 import Hippo2, Hippo2Settings
from eval.peers.hipporag_package import HippoRag
from eval.peers.jianxi import LEFT_OUT, Jianxi, Product
from eval.peers.linear import Linear, LinearSettings, named_corpus
from eval.peers.rrf import ReciprocalRankFusion
from eval.peers.string_vectors import StringVectors
from eval.peers.triples import read_triples
from retrieval.domain import Mode

CALIBRATED_SYNONYM = 0.93
"""The least cosine of synonyms that did best on musique100 with multilingual-e5-small, whose cosines are compressed."""

CALIBRATED_LINEAR = LinearSettings(threshold=0.6, sentences=1, passage_ratio=1.5, neighbours=False)
"""What did best on musique100 with multilingual-e5-small, from the settings that LinearRAG's authors use."""

FAMILIES = ("bm25", "dense", "rrf", "hippo2", "hipporag", "linear", "jianxi", "modes", "ablation")
"""What can be asked for; a family is one system or several settings of it."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the systems are made of; ``triples`` and ``hipporag`` (an interpreter) are None where there are none."""

    corpus: Corpus
    vectors: StringVectors
    product: Product
    triples: Path | None
    hipporag: Path | None


def lineup(given: Given, families: Sequence[str]) -> Iterator[Peer]:
    """The systems of the families in the order of the table; each is made when its turn comes."""
    for family in FAMILIES:
        if family in families:
            yield from _MAKERS[family](given)


def _bm25(given: Given) -> Iterator[Peer]:
    yield Bm25(given.corpus)


def _dense(given: Given) -> Iterator[Peer]:
    yield Dense(given.corpus)


def _rrf(given: Given) -> Iterator[Peer]:
    yield ReciprocalRankFusion(Bm25(given.corpus), Dense(given.corpus))


def _hippo2(given: Given) -> Iterator[Peer]:
    if given.triples is not None:
        triples = read_triples(given.triples, given.corpus)
        for name, settings in (
            ("hippo2", Hippo2Settings()),
            ("hippo2-calibrated", Hippo2Settings(synonym=CALIBRATED_SYNONYM)),
        ):
            yield Hippo2(name, given.corpus, triples, given.vectors, settings)


def _hipporag(given: Given) -> Iterator[Peer]:
    if given.triples is not None and given.hipporag is not None:
        for name, synonym in (("hipporag", 0.8), ("hipporag-calibrated", CALIBRATED_SYNONYM)):
            peer = HippoRag(name, given.corpus, given.triples, given.vectors, python=given.hipporag, synonym=synonym)
            try:
                yield peer
            finally:
                peer.close()


def _linear(given: Given) -> Iterator[Peer]:
    named = named_corpus(given.corpus, given.vectors)
    yield Linear("linear", given.corpus, named, LinearSettings())
    yield Linear("linear-calibrated", given.corpus, named, CALIBRATED_LINEAR)


def _jianxi(given: Given) -> Iterator[Peer]:
    yield Jianxi(given.product, given.corpus)


def _modes(given: Given) -> Iterator[Peer]:
    for mode in (Mode.DENSE, Mode.LEXICAL, Mode.GRAPH):
        yield Jianxi(given.product, given.corpus, mode=mode)


def _ablation(given: Given) -> Iterator[Peer]:
    for part in LEFT_OUT:
        yield Jianxi(given.product, given.corpus, without=part)


_MAKERS: dict[str, Callable[[Given], Iterator[Peer]]] = {
    "bm25": _bm25,
    "dense": _dense,
    "rrf": _rrf,
    "hippo2": _hippo2,
    "hipporag": _hipporag,
    "linear": _linear,
    "jianxi": _jianxi,
    "modes": _modes,
    "ablation": _ablation,
}
