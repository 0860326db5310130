"""Text of documents that a Markdown client renders without loading or linking anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.http.inert import inert

RENDERER = MarkdownIt("commonmark", {"html": True})
PIECES = (
    "![",
    "[",
    "](",
    "][",
    "]:",
    ")",
    "<img src=",
    "<",
    ">",
    "</",
    "http://a.b",
    "//a.b",
    "`",
    "\\",
    " ",
    "\n",
    "x",
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![x](http://127.0.0.1:9/leak?d=s) so", "! [x] (`127.0.0.1:9/leak?d=s`) so"),
        ("data at https://doi.org/10.1/x.y. Next", "data at `doi.org/10.1/x.y`. Next"),
        ("见http://a.b/c。后", "见`a.b/c`。后"),
        ("<img src=http://x.y/z>", "‹img src=`x.y/z`>"),
        ("www.a.b/c and mailto:a@b.c", "`www.a.b/c` and `a@b.c`"),
        ("p <0.05, 3//4, a // b [12], 10:1", "p <0.05, 3//4, a // b [12], 10:1"),
    ],
)
def test_addresses_are_code_and_markup_is_taken_apart(text: str, shown: str) -> None:
    assert inert(text) == shown


@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_nothing_is_linked_or_loaded_whatever_a_document_says(pieces: list[str]) -> None:
    drawn = RENDERER.render(inert("".join(pieces)))
    assert "<a" not in drawn
    assert "<img" not in drawn
