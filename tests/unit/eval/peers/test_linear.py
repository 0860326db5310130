"""LinearRAG's algorithm on a corpus checked by hand."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from eval.peers.domain import Corpus
from eval.peers.linear import Linear, LinearSettings, named_corpus
from eval.peers.named_sentences import named_sentences, names_asked
from eval.peers.string_vectors import StringVectors
from eval.retrieval.domain import SuiteText
from tests.unit.eval.peers.conftest import QUESTION, TEXTS, TableEmbedder

VECTORS = {
    "bubye river": (0, 1, 0, 0),
    "zimbabwe": (0, 0, 1, 0),
    "victoria falls": (0, 0, 0, 1),
    "oslo": (0, 1, 1, 1),
    "The Bubye River is a river in Zimbabwe.": (4, 3, 0, 0),
    "Bubye River": (0, 1, 0, 0),
    "Zimbabwe": (0, 1, 0, 0),
    "Zimbabwe is home of the Victoria Falls.": (3, 4, 0, 0),
}


def _system(corpus: Corpus, folder: Path, settings: LinearSettings) -> Linear:
    return Linear("linear", corpus, named_corpus(corpus, StringVectors(folder, TableEmbedder(VECTORS))), settings)


def test_sentences_hold_the_names_that_stand_in_them() -> None:
    found = named_sentences(TEXTS[:2])
    held = {s: [found.names[n] for n in own] for s, own in zip(found.sentences, found.names_of, strict=True)}
    assert held["The Bubye River is a river in Zimbabwe."] == ["bubye river", "zimbabwe"]
    assert held["Zimbabwe is home of the Victoria Falls."] == ["zimbabwe", "victoria falls"]


def test_names_are_counted_inside_longer_names_but_not_inside_words() -> None:
    found = named_sentences(
        [SuiteText("a", "", "We saw Victoria and the Victoria Falls. Then Victorians came to Victoria.")]
    )
    counts = dict(zip(found.names, found.counts.toarray()[0], strict=True))
    assert counts["victoria"] == 3
    assert counts["victoria falls"] == 1


def test_the_question_names_what_is_written_with_capitals() -> None:
    assert names_asked(QUESTION.text) == ["bubye river"]


def test_the_question_spreads_through_its_nearest_sentence(corpus: Corpus, tmp_path: Path) -> None:
    system = _system(corpus, tmp_path, LinearSettings(rounds=3, threshold=0.4, sentences=1))
    weights, active = system._spread(system._seeds(QUESTION), corpus.asked[QUESTION.id])
    # Round 2: of the two sentences that name the river the nearer has cosine .8, which gives .8 to the river and to
    # Zimbabwe. Round 3: the river's title has cosine 0; the nearest that is left of Zimbabwe's has .6, which gives
    # .8 x .6 to Zimbabwe and to the falls.
    by_name = dict(zip(system._named.found.names, weights, strict=True))
    assert by_name == pytest.approx(
        {"bubye river": 1.8, "oslo": 0.0, "victoria falls": 0.48, "zimbabwe": 1.28}, abs=1e-5
    )
    score, tier = active[system._named.found.names.index("bubye river")]
    assert score == pytest.approx(0.8)
    assert tier == 2


def test_what_falls_under_the_threshold_spreads_no_further(corpus: Corpus, tmp_path: Path) -> None:
    system = _system(corpus, tmp_path, LinearSettings(rounds=3, threshold=0.5, sentences=1))
    _, active = system._spread(system._seeds(QUESTION), corpus.asked[QUESTION.id])
    assert {system._named.found.names[e] for e in active} == {"bubye river", "zimbabwe"}


def test_a_passage_gains_by_the_active_names_it_holds(corpus: Corpus, tmp_path: Path) -> None:
    system = _system(corpus, tmp_path, LinearSettings())
    place = system._named.found.names.index("zimbabwe")
    # Zimbabwe stands once in the river's passage and twice, with the title, in its own.
    assert system._bonus({place: (0.8, 2)}) == pytest.approx([0.4 * math.log(2), 0.4 * math.log(3), 0, 0])


async def test_the_walk_reaches_the_second_hop(corpus: Corpus, tmp_path: Path) -> None:
    system = _system(corpus, tmp_path, LinearSettings(neighbours=False))
    assert (await system.rank(QUESTION, 4)).ids == ("river", "country", "falls", "other")


async def test_without_names_the_vectors_decide(corpus: Corpus, tmp_path: Path) -> None:
    unnamed = replace(QUESTION, text="which waterfall lies there?")
    asking = replace(corpus, suite=replace(corpus.suite, questions=(unnamed,)))
    system = _system(asking, tmp_path, LinearSettings())
    assert (await system.rank(unnamed, 2)).ids == ("river", "country")
