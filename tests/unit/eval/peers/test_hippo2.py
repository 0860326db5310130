"""HippoRAG 2's algorithm on a corpus checked by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from eval.peers.domain import Corpus
from eval.peers.hippo2 import Hippo2, Hippo2Settings, synonyms_of
from eval.peers.string_vectors import StringVectors
from eval.peers.triples import Triple, folded, read_triples
from tests.unit.eval.peers.conftest import QUESTION, TableEmbedder

IN = Triple("bubye river", "in", "zimbabwe")
HOME = Triple("zimbabwe", "home of", "victoria falls")
IS = Triple("victoria falls", "is a", "waterfall")
SEA = Triple("oslo", "by", "sea")
TRIPLES = [[IN], [HOME], [IS], [SEA]]
FACTS = {str(IN): (1, 0, 0, 0), str(HOME): (1, 1, 0, 0), str(IS): (1, 4, 0, 0), str(SEA): (0, 1, 0, 0)}
NAMES = {
    "bubye river": (0, 1, 0, 0),
    "zimbabwe": (0, 0, 1, 0),
    "victoria falls": (0, 0, 0, 1),
    "waterfall": (0, 1, 1, 0),
    "oslo": (0, 1, -1, 0),
    "sea": (0, 1, 0, -1),
}


def _system(corpus: Corpus, folder: Path, settings: Hippo2Settings) -> Hippo2:
    vectors = StringVectors(folder, TableEmbedder({**FACTS, **NAMES}))
    return Hippo2("hippo2", corpus, TRIPLES, vectors, settings)


def test_seeds_are_facts_by_how_many_passages_hold_an_entity(corpus: Corpus, tmp_path: Path) -> None:
    system = _system(corpus, tmp_path, Hippo2Settings(synonym=2.0, facts=2, entities=2))
    seeds = system._seeds(corpus.asked[QUESTION.id])
    # The facts' cosines are 1, .7071, .2425 and 0, which min-max leaves as they are. Two facts: the first gives
    # 1 / 1 to the river and 1 / 2 to Zimbabwe; the second .7071 / 2 to Zimbabwe and to the falls. Zimbabwe's mean
    # is .4268. Two entities are kept.
    by_name = dict(zip(sorted(NAMES), seeds, strict=True))
    assert by_name == pytest.approx(
        {"bubye river": 1.0, "zimbabwe": (0.5 + 0.35355) / 2, "victoria falls": 0, "waterfall": 0, "oslo": 0, "sea": 0},
        abs=1e-4,
    )


async def test_the_walk_leads_through_entities_to_the_second_hop(corpus: Corpus, tmp_path: Path) -> None:
    system = _system(corpus, tmp_path, Hippo2Settings(synonym=2.0))
    assert (await system.rank(QUESTION, 4)).ids == ("river", "country", "falls", "other")


async def test_a_synonym_joins_what_no_triple_does(corpus: Corpus, tmp_path: Path) -> None:
    apart = [[IN], [SEA], [IS], [Triple("zimbabwe republic", "borders", "sea")]]
    names = {**NAMES, "zimbabwe republic": (0, 0.1, 1, 0)}
    vectors = StringVectors(tmp_path, TableEmbedder({**FACTS, **names}))
    without = Hippo2("x", corpus, apart, vectors, Hippo2Settings(synonym=2.0, facts=1))
    joined = Hippo2("x", corpus, apart, vectors, Hippo2Settings(synonym=0.95, facts=1))
    assert (await without.rank(QUESTION, 4)).ids == ("river", "country", "falls", "other")
    assert (await joined.rank(QUESTION, 4)).ids == ("river", "other", "country", "falls")


def test_synonyms_are_cosines_above_the_threshold_of_names_long_enough() -> None:
    names = ["ab", "abc", "abd", "xyz"]
    vectors = np.array([[1, 0], [1, 0], [0.6, 0.8], [0, 1]], np.float32)
    found = synonyms_of(names, vectors, Hippo2Settings(synonym=0.6)).toarray()
    assert found == pytest.approx(
        np.array([[0, 0, 0, 0], [1, 0, 0.6, 0], [0.6, 0.6, 0, 0.8], [0, 0, 0.8, 0]]), abs=1e-6
    )


def test_names_are_folded_without_losing_letters_of_other_scripts() -> None:
    assert folded(" Café-Bar (2001) ") == "café bar  2001"
    assert folded("钩藤") == "钩藤"


def test_rows_that_are_no_triples_are_left_out(corpus: Corpus, tmp_path: Path) -> None:
    rows = [["A", "b", "C"], ["A", "b", "C"], ["A", "b"], ["A", "b", "C", "d"]]
    path = tmp_path / "openie.json"
    path.write_text(json.dumps({"docs": [{"passage": corpus.documents[1], "extracted_triples": rows}]}), "utf-8")
    assert read_triples(path, corpus) == [[], [Triple("a", "b", "c")], [], []]
