"""Search words."""

from retrieval.text.words import latin_words, words


def test_english_words_are_stemmed_and_function_words_left_out() -> None:
    assert words("What are the velocities of flows?") == ["veloc", "flow"]


def test_han_text_is_cut_into_words_with_the_short_ones_inside() -> None:
    assert {"细胞", "间隙"} <= set(words("脑细胞外间隙"))


def test_traditional_text_gives_simplified_words() -> None:
    assert words("鉤藤") == words("钩藤")


def test_symbols_and_numbers_stay_whole() -> None:
    assert words("AQP4 in SOD1 mice at 25 mg") == ["aqp4", "sod1", "mice", "25", "mg"]


def test_possessives_are_dropped() -> None:
    assert words("Alzheimer's disease") == words("Alzheimer disease")


def test_latin_words_of_a_chinese_question() -> None:
    assert latin_words("AQP4在小鼠中的作用") == ["aqp4"]
