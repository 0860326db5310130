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
    [("What is 脑细胞外间隙?", "zh"), ("AQP4 是什么", "zh"), ("brain extracellular space", "en"), ("", "en")],
)
def test_a_question_with_any_han_is_chinese(text: str, language: str) -> None:
    assert language_of_question(text) == language
