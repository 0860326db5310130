"""The text of tokens: whole characters, without control tokens, up to a stop string."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.gguf.answer_text import AnswerText

BYTES = {byte: bytes([byte]) for byte in range(256)}
END = 256


def pieces(text: bytes, *stops: str) -> list[str]:
    answer = AnswerText(BYTES | {END: b"<|end|>"}, {END}, stops)
    return [*(answer.add([token]) for token in [*text, END]), answer.rest()]


def test_a_character_comes_whole() -> None:
    assert pieces("间a".encode()) == ["", "", "间", "a", "", ""]


def test_half_a_character_at_the_end_is_a_mark() -> None:
    assert "".join(pieces("a间".encode()[:-1])) == "a\ufffd"


@pytest.mark.parametrize(
    ("stops", "expected"),
    [((), "one\n\ntwo"), (("\n\n",), "one"), (("two", "one"), ""), (("t", "\n"), "one"), (("",), "one\n\ntwo")],
)
def test_the_answer_ends_before_a_stop_string(stops: tuple[str, ...], expected: str) -> None:
    assert "".join(pieces(b"one\n\ntwo", *stops)) == expected


def test_what_may_begin_a_stop_string_is_held_back() -> None:
    assert pieces(b"a\nb", "\n\n") == ["a", "", "\nb", "", ""]


@given(st.text(alphabet="ab间\n", max_size=12), st.text(alphabet="ab间\n", min_size=1, max_size=3))
def test_pieces_join_to_the_text_before_the_first_stop_string(text: str, stop: str) -> None:
    assert "".join(pieces(text.encode(), stop)) == text.partition(stop)[0]
