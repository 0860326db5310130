"""What every lexical index promises."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.domain import Document, DocumentId, Passage, PassageId
from retrieval.errors import IndexCorrupt
from retrieval.index.tantivy_index import TantivyIndex
from tests.read_only import open_to_all, read_only

TEXTS = {
    "flow": ("Bulk flow of interstitial fluid", "The velocity of interstitial fluid in white matter was measured."),
    "aqp4": ("Aquaporin-4 at the endfeet", "Deleting AQP4 slowed the clearance of tracers in mice."),
    "zh": ("针刺与脑组织液引流", "针刺足三里促进了大鼠脑细胞外间隙的组织液引流。"),
    "hant": ("天麻鉤藤飲", "天麻鉤藤飲由天麻、鉤藤、石決明組成。"),
}


def _entry(name: str) -> tuple[Passage, Document]:
    title, text = TEXTS[name]
    id_ = DocumentId(name)
    doi = "10.1152/ajprenal.1980.238.1.F42" if name == "flow" else ""
    document = Document(
        id_, "", f"PM-{name}", title, "", "", "en", ("G A Rosenberg", "Estrada E"), 1980, "Brain Research",
        {"pmid": "7356021" if name == "flow" else "1", "doi": doi},
    )  # fmt: skip
    return Passage(PassageId(f"{name}:0"), id_, 0, text, "en", (title,)), document


@pytest.fixture(params=["built", "changed"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> TantivyIndex:
    """One that is built with these texts, and one that comes to them by additions and removals."""
    if request.param == "built":
        return _index_of([_entry(name) for name in TEXTS], tmp_path / "index")
    passage, document = _entry("aqp4")
    stale = replace(passage, id=PassageId("aqp4:1"), text="Velocity of measured clearance, clearance, clearance.")
    first = _index_of([_entry("zh"), (stale, document)], tmp_path / "first")
    first.change(tmp_path / "second", removed=[], added=[_entry("flow"), _entry("aqp4")])
    second = TantivyIndex(tmp_path / "second")
    second.change(tmp_path / "index", removed=[stale.id], added=[_entry("hant")])
    return TantivyIndex(tmp_path / "index")


def test_an_index_scores_alike_however_it_came_to_its_passages(index: TantivyIndex, tmp_path: Path) -> None:
    built = _index_of([_entry(name) for name in TEXTS], tmp_path / "built")
    for text in ("velocity of interstitial fluid", "clearance of AQP4", "Rosenberg 1980", "引流 天麻", "PMID 7356021"):
        ours, expected = index.search(text, 10), built.search(text, 10)
        assert [h.passage_id for h in ours] == [h.passage_id for h in expected]
        assert [h.score for h in ours] == pytest.approx([h.score for h in expected], abs=0.001)
        assert index.rarity(text) == built.rarity(text)


def _index_of(passages: list[tuple[Passage, Document]], folder: Path) -> TantivyIndex:
    TantivyIndex.build(folder, passages)
    return TantivyIndex(folder)


def _found(index: TantivyIndex, text: str) -> list[str]:
    return [h.passage_id.split(":")[0] for h in index.search(text, 10)]


def test_english_words_match_by_their_stem(index: TantivyIndex) -> None:
    assert _found(index, "velocities measuring")[0] == "flow"


def test_chinese_words_match(index: TantivyIndex) -> None:
    assert _found(index, "组织液如何引流")[0] == "zh"


def test_simplified_questions_find_traditional_text(index: TantivyIndex) -> None:
    assert _found(index, "天麻钩藤饮的组成")[0] == "hant"


@pytest.mark.parametrize("question", ["PMID 7356021", "10.1152/ajprenal.1980.238.1.f42", "what says PM-flow"])
def test_identifiers_match_exactly(index: TantivyIndex, question: str) -> None:
    assert _found(index, question)[0] == "flow"


def test_authors_and_years_are_searchable(index: TantivyIndex) -> None:
    assert set(_found(index, "Rosenberg 1980")) == set(TEXTS)


def test_function_words_alone_find_nothing(index: TantivyIndex) -> None:
    assert _found(index, "what is the of and 的 了") == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60) | st.sampled_from(['body:"x" AND (', "a* OR b~2", "[1 TO 2]", "^3 +- \\", "title:(AQP4"]))
def test_user_text_is_never_query_syntax(text: str) -> None:
    with TemporaryDirectory() as folder:
        index = _index_of([_entry("aqp4")], Path(folder))
        assert all(h.passage_id == "aqp4:0" for h in index.search(text, 5))


def test_equal_scores_come_in_order_of_id(tmp_path: Path) -> None:
    passage, document = _entry("aqp4")
    index = _index_of([(replace(passage, id=PassageId(i)), document) for i in ("c", "a", "b")], tmp_path)
    assert [h.passage_id for h in index.search("AQP4", 3)] == ["a", "b", "c"]


def test_the_order_of_adding_does_not_change_the_scores(tmp_path: Path) -> None:
    one = _index_of([_entry(name) for name in TEXTS], tmp_path / "one")
    other = _index_of([_entry(name) for name in reversed(TEXTS)], tmp_path / "other")
    assert list(one.search("interstitial fluid AQP4 引流", 10)) == list(
        other.search("interstitial fluid AQP4 引流", 10)
    )


def test_only_allowed_passages_are_found(index: TantivyIndex) -> None:
    hits = index.search("interstitial fluid AQP4", 10, allowed={PassageId("aqp4:0")})
    assert [h.passage_id for h in hits] == ["aqp4:0"]


def test_rare_words_weigh_more(index: TantivyIndex) -> None:
    rarity = index.rarity("Rosenberg interstitial clearance")
    assert rarity["clearanc"] >= rarity["interstiti"] > 0


def test_a_damaged_index_names_the_cure(index: TantivyIndex, tmp_path: Path) -> None:
    (tmp_path / "index" / "segments" / "meta.json").write_text("nonsense")
    with pytest.raises(IndexCorrupt, match="jianxi index rebuild"):
        TantivyIndex(tmp_path / "index").search("x", 1)


def test_an_index_that_may_not_be_written_is_searched() -> None:
    with open_to_all() as folder:
        _index_of([_entry(name) for name in TEXTS], folder / "index")
        with read_only(folder):
            hits = TantivyIndex(folder / "index").search("Rosenberg 1980 velocity", 1)
    assert [hit.passage_id for hit in hits] == ["flow:0"]
