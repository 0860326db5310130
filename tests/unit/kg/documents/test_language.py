import pytest

from kg.documents.language import language_of, language_of_question


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("脑细胞外间隙的体积分数是多少？", "zh"),
        ("AQP4 与 glymphatic 系统的关系", "zh"),
        ("AQP4敲除小鼠的amyloid beta清除率下降", "zh"),
        ("What is 脑细胞外间隙?", "en"),
        ("Danggui (当归) is an herb of the umbel family", "en"),
        ("brain extracellular space", "en"),
        ("", "en"),
        ("12.5 %", "en"),
        ("ECS", "en"),
        ("當歸", "zh"),
    ],
)
def test_the_language_is_that_of_the_grammar(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("AQP4 是什么", "zh"),
        ("请概括“Water transport in the roots of barley and of wheat”一文", "zh"),
        ("“Water transport in the roots of barley and of wheat” 的作者?", "zh"),
        ("谁写了 Water transport in the roots of barley and of wheat?", "zh"),
        ("《Water transport in the roots》", "en"),
        ("What is 脑细胞外间隙?", "en"),
        ("Who wrote 《大麦根系的水分运输是如何被调节的》?", "en"),
        ("Does Si Wu Tang (四物汤) contain rhubarb (大黄)?", "en"),
        ("brain extracellular space", "en"),
        ("", "en"),
    ],
)
def test_a_question_is_answered_in_the_language_of_its_own_words(text: str, language: str) -> None:
    assert language_of_question(text) == language
