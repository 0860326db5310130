import pytest

from kg.documents.chinese_numbers import value_of, written


def test_what_is_written_is_read_back() -> None:
    assert [value_of(written(number)) for number in range(1, 10_000)] == list(range(1, 10_000))


@pytest.mark.parametrize(
    ("number", "text"),
    [(10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五"), (1005, "一千零五"), (12_000, "12000")],
)
def test_numbers_are_written_as_they_are_counted(number: int, text: str) -> None:
    assert written(number) == text


@pytest.mark.parametrize(
    ("text", "value"), [("三万二千", 32_000), ("两百", 200), ("一亿零五", 100_000_005), ("百", 100)]
)
def test_numbers_beyond_thousands_are_read(text: str, value: int) -> None:
    assert value_of(text) == value
