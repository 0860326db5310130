"""Which systems are compared on a suite, made one after another."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from eval.peers.corpus import Corpus
from eval.peers.hipporag_package import HippoRag
from eval.peers.plain_systems import Bm25, Dense, ReciprocalRankFusion, TitleRule
from eval.retrieval.product import LEFT_OUT
from eval.retrieval.systems import System
from retrieval.domain import Mode

FAMILIES = ("bm25", "dense", "rrf", "title-rule", "hipporag", "jianxi", "modes", "ablation")
"""What can be asked for, in the order of the table; a family is one system or several settings of it."""

CALIBRATED_SYNONYM = 0.93
"""The least cosine of synonyms that did best on musique100 with multilingual-e5-small, whose cosines are compressed."""

_TRIPLES = {"musique100": "bench/musique100/openie_musique_train_1890_gpt35.json"}


def triples_path(suite: str, data: Path) -> Path | None:
    """The file of triples that were extracted from a suite's texts beforehand, None where there is none."""
    return data / _TRIPLES[suite] if suite in _TRIPLES else None


def lineup(
    families: Sequence[str], corpus: Corpus, product: Callable[..., System], hipporag: Callable[..., HippoRag] | None
) -> Iterator[System]:
    """The systems of the families; each is made when its turn comes.

    ``product`` is called with a mode or with a part to leave out, ``hipporag`` with a name and the least cosine of
    synonyms.
    """
    if "bm25" in families:
        yield Bm25(corpus)
    if "dense" in families:
        yield Dense(corpus)
    if "rrf" in families:
        yield ReciprocalRankFusion(Bm25(corpus), Dense(corpus))
    if "title-rule" in families and any(text.title for text in corpus.suite.texts):
        yield TitleRule(corpus)
    if "hipporag" in families and hipporag is not None:
        for name, synonym in (("hipporag", 0.8), ("hipporag-calibrated", CALIBRATED_SYNONYM)):
            with closing(hipporag(name, synonym=synonym)) as peer:
                yield peer
    if "jianxi" in families:
        yield product()
    if "modes" in families:
        yield from (product(mode=mode) for mode in (Mode.DENSE, Mode.LEXICAL, Mode.GRAPH))
    if "ablation" in families:
        yield from (product(without=part) for part in LEFT_OUT)
