import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.errors import BrokenData
from eval.pdf.cases import Case, passes, read_cases
from eval.pdf.formulas import shows
from eval.pdf.fuzzy_match import comes_before, contains, indel_ratio, near_ends, normalised

TABLE = "| Site | Year | Size |\n| --- | --- | --- |\n| A | 2001 | 1.5 |\n| B | 2002 | 2.5 |\n"


def case(kind: str, **fields: object) -> Case:
    return Case(id="t", pdf="a.pdf", page=1, kind=kind, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "text", "right"),
    [
        (case("present", text='The "flow" – now'), "the **end**. The “flow” - now.", True),
        (case("present", text="The flow"), "The flaw", False),
        (case("present", text="The flow of the brain", max_diffs=1), "x The flaw of the brain x", True),
        (case("present", text="The flow of the brain", max_diffs=1), "x The flaw of a brain x", False),
        (case("present", text="THE FLOW", case_sensitive=False), "the flow", True),
        (case("present", text="end", first_n=5), "The flow has an end", False),
        (case("present", text="a long text"), " ", False),
        (case("absent", text="page 3"), "The flow", True),
        (case("absent", text="3", last_n=5), "Fig. 3 shows the flow", True),
        (case("absent", text="3", last_n=5), "The flow 3", False),
        (case("order", before="one", after="two"), "one two", True),
        (case("order", before="two", after="one"), "one two", False),
        (case("order", before="two", after="one"), "one two one", True),
        (case("order", before="the first", after="the second", max_diffs=1), "the frst, the second", True),
        (case("table", cell="2001", left="A", right="1.5", up="Year", down="2002"), TABLE, True),
        (case("table", cell="2.5", top_heading="Size", left_heading="B"), TABLE, True),
        (case("table", cell="2.5", top_heading="1.5"), TABLE, False),
        (case("table", cell="2.5", up="Size"), TABLE, False),
        (case("table", cell="2.6"), TABLE, False),
        (case("table", cell="A"), "no table | here", False),
        (case("math", math="a^{2}+b^{2}=c^{2}"), "so $a^2 + b^2 = c^2$ holds", True),
        (case("math", math=r"\frac{a}{b}"), r"\[ x = \dfrac{a}{b} \]", True),
        (case("math", math="a=b"), "a=b", False),
        (case("math", math="a_{12}"), "$a_12$", False),
    ],
)
def test_a_case_passes_when_the_text_is_as_asked(made: Case, text: str, right: bool) -> None:
    assert passes(made, text) is right


WORDS = st.text(alphabet="ab ", max_size=12)


@given(WORDS, WORDS)
def test_the_indel_ratio_is_symmetric_and_one_for_equals(one: str, two: str) -> None:
    assert indel_ratio(one, two) == indel_ratio(two, one)
    assert (indel_ratio(one, two) == 1.0) == (one == two)


@given(WORDS.filter(bool), WORDS, WORDS)
def test_what_is_there_is_found_wherever_it_is(query: str, before: str, after: str) -> None:
    text = before + query + after
    assert contains(query, text, 0)
    assert contains(query, text, 1)
    assert len(before) + len(query) in near_ends(query, text, 1)
    assert comes_before(query, query, query + text, 0)


def test_normalising_twice_changes_nothing() -> None:
    text = normalised("a  **b** — “c”\n*d*")
    assert text == 'a b - "c" d'
    assert normalised(text) == text


def test_formulas_are_compared_without_spacing_and_needless_braces() -> None:
    assert shows(r"\left( x_{i} \right)", "(x_i)")
    assert not shows("x^{2}", "x_2")


def test_unknown_types_of_tests_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "tests.jsonl"
    path.write_text(json.dumps({"id": "a", "pdf": "a.pdf", "page": 1, "type": "magic"}) + "\n")
    with pytest.raises(BrokenData, match=r"tests\.jsonl, line 1: the type 'magic'"):
        read_cases(path)


def test_the_hand_written_tests_are_all_read(shared_data: Path) -> None:
    cases = read_cases(shared_data / "pdf_fixtures/groundtruth/olmocr_bench_sample_dataset.jsonl")
    assert len(cases) == 99
