"""Names in text and the walk over them."""

from pathlib import Path

import pytest

from kg.domain import PassageId
from retrieval.domain import Hit
from retrieval.errors import IndexCorrupt
from retrieval.index.snapshot_changes import places_in_order
from retrieval.sources.walk.graph import WalkGraph
from retrieval.sources.walk.names import WalkPassage
from retrieval.sources.walk.newcomers import newcomers
from retrieval.sources.walk.spans import Gazetteer, spans_in, title_key
from retrieval.text.tokens import tokens_of

PASSAGES = [
    WalkPassage(PassageId("river"), "Bubye River", "The Bubye River is a river in southern Zimbabwe."),
    WalkPassage(PassageId("country"), "Zimbabwe", "Zimbabwe is home of the Victoria Falls on the Zambezi."),
    WalkPassage(PassageId("falls"), "Victoria Falls (waterfall)", "Victoria Falls is a waterfall on the Zambezi."),
    WalkPassage(PassageId("other"), "Oslo", "Oslo is the capital of Norway.", ("E1",)),
    WalkPassage(PassageId("more"), "Bergen", "Bergen lies in Norway, west of Oslo.", ("E1",)),
]


@pytest.fixture(scope="module")
def graph() -> WalkGraph:
    return WalkGraph.build(PASSAGES)


def _spans(text: str) -> set[str]:
    return set(spans_in(tokens_of(text)))


def scores(hits: list[Hit]) -> dict[str, float]:
    return {hit.passage_id: hit.score for hit in hits}


def test_capitalised_spans_are_found_with_their_connectors() -> None:
    assert "university of new south wales" in _spans("She left the University of New South Wales early.")


def test_a_span_ends_with_its_sentence() -> None:
    assert _spans("He went to Oslo. Bergen was next for Ann.") == {"oslo", "ann"}


def test_initials_do_not_end_a_span() -> None:
    assert "j k rowling" in _spans("It was written by J. K. Rowling in winter.")


def test_accents_are_folded() -> None:
    assert title_key("Aschenbrödel") == title_key("Aschenbrodel") == "aschenbrodel"


def test_symbols_count_as_names_even_first_in_a_sentence() -> None:
    assert "aqp4" in _spans("AQP4 was deleted.")


def test_han_words_are_names() -> None:
    assert "天麻" in _spans("天麻的作用")


def test_the_longest_name_is_taken() -> None:
    gazetteer = Gazetteer(["victoria", "victoria falls"])
    assert gazetteer.found(tokens_of("near Victoria Falls")) == ["victoria falls"]


def test_the_walk_reaches_what_the_question_only_points_at(graph: WalkGraph) -> None:
    names = graph.names_in("Which waterfall lies in the country of the Bubye River?")
    assert names == ["bubye river"]
    walked = [h.passage_id for h in graph.walk([Hit(PassageId("river"), 1.0)], names)]
    assert walked[:3] == ["river", "country", "falls"]
    assert "other" not in walked


def test_entities_of_the_knowledge_graph_join_passages(graph: WalkGraph) -> None:
    walked = [h.passage_id for h in graph.walk([], graph.names_in("x", ["E1"]))]
    assert walked[:2] == ["more", "other"]


def test_without_seeds_and_names_nothing_is_found(graph: WalkGraph) -> None:
    assert graph.walk([], []) == []


def test_linkage_tells_encyclopaedias_from_papers(graph: WalkGraph) -> None:
    assert graph.link_density == pytest.approx(3 / 5)
    assert WalkGraph.build([WalkPassage(PassageId("a"), "", "Some text about Oslo.")]).link_density is None


def test_the_order_of_passages_does_not_matter(graph: WalkGraph) -> None:
    seeds, names = [Hit(PassageId("river"), 1.0)], ["bubye river"]
    assert WalkGraph.build(PASSAGES[::-1]).walk(seeds, names) == graph.walk(seeds, names)


def test_saved_and_loaded_it_walks_the_same(graph: WalkGraph, tmp_path: Path) -> None:
    graph.save(tmp_path)
    seeds = [Hit(PassageId("falls"), 1.0), Hit(PassageId("river"), 0.99)]
    assert WalkGraph.load(tmp_path).walk(seeds, ["zimbabwe"]) == graph.walk(seeds, ["zimbabwe"])


def test_a_damaged_graph_names_the_cure(graph: WalkGraph, tmp_path: Path) -> None:
    graph.save(tmp_path)
    (tmp_path / "data.npy").write_bytes(b"x")
    with pytest.raises(IndexCorrupt, match="jianxi index rebuild"):
        WalkGraph.load(tmp_path)


def test_an_empty_corpus_is_walked_without_error() -> None:
    assert WalkGraph.build([]).walk([], []) == []


@pytest.mark.parametrize("pushed_from", [0, 1_000_000])
def test_of_passages_that_tie_the_first_ids_are_given(pushed_from: int, tmp_path: Path) -> None:
    texts = ["They met at AQP4." if n % 11 == 0 else "They did not meet." for n in range(900)]
    WalkGraph.build([WalkPassage(PassageId(f"p{n:03d}"), "", t) for n, t in enumerate(texts)]).save(tmp_path)
    walked = WalkGraph.load(tmp_path, pushed_from=pushed_from).walk([], ["aqp4"], limit=20)
    assert [h.passage_id for h in walked] == [f"p{11 * n:03d}" for n in range(20)]


def test_a_passage_that_joins_is_walked_as_in_a_graph_that_is_built_with_it() -> None:
    once = WalkPassage(PassageId("isle"), "Lofoten", "Lofoten lies north of Oslo in Norway, by Reine.", ("E1",))
    before = WalkGraph.build(PASSAGES)
    whole = WalkGraph.build([*PASSAGES, once])
    rows = places_in_order(before.ids, (), [once.id])
    joined = before.changed(rows, newcomers([once], before.gazetteer))
    seeds = [Hit(PassageId("more"), 1.0)]
    assert scores(joined.walk(seeds, [])) == pytest.approx(scores(whole.walk(seeds, [])))


def test_a_name_of_passages_that_are_gone_takes_nothing_from_a_question() -> None:
    before = WalkGraph.build(PASSAGES)
    left = [p for p in PASSAGES if p.id != "falls"]
    whole = WalkGraph.build(left)
    rows = places_in_order(before.ids, {PassageId("falls")}, [])
    text = "Is Oslo farther north than Victoria Falls?"
    changed = before.changed(rows, [])
    walked = [graph.walk([], graph.names_in(text)) for graph in (changed, whole)]
    assert scores(walked[0]) == pytest.approx(scores(walked[1]))
