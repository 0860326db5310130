import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.names.spelling import is_han, normalise


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("當歸", "当归"),
        ("腦細胞外間隙", "脑细胞外间隙"),
        ("ＡＱＰ４", "AQP4"),
        ("Aquaporin\u20114", "aquaporin-4"),
        ("Radix  Angelicae\nSinensis", "radix angelicae sinensis"),
        ("\ufeffAlzheimer\u2019s disease", "alzheimer's disease"),
        ("\u00b5-opioid", "\u03bc-opioid"),
    ],
)
def test_spellings_of_one_name_are_equal(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_greek_letters_and_accents_are_kept() -> None:
    assert normalise("Aβ1–42") == "aβ1-42"
    assert normalise("Dāngguī") == "dāngguī"


@settings(deadline=None)
@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@settings(deadline=None)
@given(st.text())
def test_blanks_around_a_name_do_not_matter(text: str) -> None:
    assert normalise(f" \t{text}\n ") == normalise(text)


def test_han_characters_are_told_from_kana_and_latin() -> None:
    assert is_han("当")
    assert is_han("\U00020000")
    assert not is_han("a")
    assert not is_han("カ")
    assert not is_han("，")
