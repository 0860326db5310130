import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.names.folding import fold_name, fold_text, mark_words

_LETTERS = st.characters(max_codepoint=0x2FFFF, exclude_categories=("Cs", "Cn", "Co"))


@settings(deadline=None)
@given(st.text(_LETTERS))
def test_places_lead_back_to_the_original(text: str) -> None:
    folded = fold_text(text)
    at = 0
    for place in range(len(folded.text)):
        start, end = folded.original(place, place + 1)
        assert at <= start < end <= len(text)
        at = start


@settings(deadline=None)
@example("9\ufeff\u03019")
@given(st.text(st.sampled_from("aZ9é-\u2013 \n\tβΣς當歸归ﬁ½İ\u0301，Ａ\ufeff")))
def test_a_text_folds_as_a_name_does(text: str) -> None:
    assert " ".join(fold_text(text).text.split()) == fold_name(text)


@settings(deadline=None)
@given(st.text(st.sampled_from("aZé當ﬁ İ-"), min_size=1))
def test_the_original_of_a_folded_piece_folds_to_it(text: str) -> None:
    folded = fold_text(text)
    for place, char in enumerate(folded.text):
        start, end = folded.original(place, place + 1)
        assert char in (fold_name(text[start:end]) or " ")


@settings(deadline=None)
@given(st.text(_LETTERS))
def test_marking_keeps_the_length(text: str) -> None:
    assert len(mark_words(text)) == len(text)


def test_a_marked_name_is_found_in_marked_text_as_a_whole_word_only() -> None:
    for name in ("il 6", "a", "aqp4", "7", "β", "βγ"):
        assert mark_words(name) in mark_words(f"x {name} y")
        assert mark_words(name) not in mark_words(f"x{name}y")
        assert mark_words(name) in mark_words(f"当{name}归")


def test_hyphens_accents_and_width_fold_away() -> None:
    assert fold_name("Aquaporin\u20134") == "aquaporin 4"
    assert fold_name("Dāng guī") == fold_name(unicodedata.normalize("NFD", "DĀNG GUĪ")) == "dang gui"
    assert fold_name("ＩＬ－６") == "il 6"
