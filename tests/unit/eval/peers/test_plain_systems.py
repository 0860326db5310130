"""BM25, dense search, their fusion, and the rule over titles."""

import math

import pytest

from eval.peers.corpus import Corpus
from eval.peers.plain_systems import Bm25, Dense, ReciprocalRankFusion, TitleRule, titles_held
from eval.retrieval.domain import SuiteQuestion
from retrieval.text.words import words
from tests.unit.eval.peers.conftest import QUESTION, TEXTS, corpus_with


def test_bm25_scores_as_lucene_does(corpus: Corpus) -> None:
    # "waterfall" stands once in one of four texts of 5, 4, 5 and 4 search words.
    idf = math.log(1 + (4 - 1 + 0.5) / (1 + 0.5))
    lengths = [len(words(document)) for document in corpus.documents]
    norm = 1.2 * (1 - 0.75 + 0.75 * lengths[2] / (sum(lengths) / 4))
    assert Bm25(corpus).scores("waterfalls")[2] == pytest.approx(idf / (1 + norm), rel=1e-5)


async def test_bm25_finds_only_texts_that_hold_a_word(corpus: Corpus) -> None:
    found = await Bm25(corpus).rank(SuiteQuestion("x", "a waterfall", {}), 4)
    assert found.ids == ("falls",)
    assert (await Bm25(corpus).rank(SuiteQuestion("x", "nothing here", {}), 4)).ids == ()


async def test_dense_ranks_by_cosine_and_ties_by_place() -> None:
    corpus = corpus_with([[0.1, 0, 0, 0], [0.9, 0, 0, 0], [0.1, 0, 0, 0], [0.5, 0, 0, 0]], [1, 0, 0, 0])
    assert (await Dense(corpus).rank(QUESTION, 3)).ids == ("country", "other", "river")


async def test_fusion_sums_reciprocal_ranks() -> None:
    corpus = corpus_with([[0.1, 0, 0, 0], [0.2, 0, 0, 0], [0.3, 0, 0, 0], [0.4, 0, 0, 0]], [1, 0, 0, 0])
    lexical, dense = Bm25(corpus), Dense(corpus)
    # BM25: river, falls, country or so; dense: other, falls, country, river.
    places = {id_: 1 / (60 + n) for n, id_ in enumerate((await lexical.rank(QUESTION, 4)).ids, 1)}
    near = {id_: 1 / (60 + n) for n, id_ in enumerate(("other", "falls", "country", "river"), 1)}
    expected = sorted(near, key=lambda id_: (-near[id_] - places.get(id_, 0.0), id_))
    assert list((await ReciprocalRankFusion(lexical, dense).rank(QUESTION, 4)).ids) == expected


def test_a_title_is_held_as_whole_words_by_another_text() -> None:
    assert titles_held(TEXTS) == [[1], [2], [], []]


async def test_a_text_whose_title_a_good_text_holds_comes_up_with_it(corpus: Corpus) -> None:
    lexical = Bm25(corpus)
    question = SuiteQuestion("x", "What is the Bubye River?", {})
    assert (await lexical.rank(question, 4)).ids[0] == "river"
    assert "country" not in (await lexical.rank(question, 4)).ids
    assert (await TitleRule(corpus).rank(question, 4)).ids[:2] == ("river", "country")
