import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.tables.pairs import join_pairs, split_pairs


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.text(st.sampled_from("a |=\\\n当")))))
def test_what_is_joined_comes_apart_again(pairs: list[tuple[str, str]]) -> None:
    assert split_pairs(join_pairs(pairs)) == pairs


def test_a_cell_is_readable() -> None:
    assert join_pairs([("zh*", "当归"), ("pinyin", "DANG GUI")]) == "zh*=当归 | pinyin=DANG GUI"


def test_a_cell_that_holds_no_pairs_is_refused() -> None:
    with pytest.raises(ValueError, match="is not key=value"):
        split_pairs("当归")
