"""Thinking parted from the answer."""

from collections.abc import AsyncIterator, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessageChunk

from models.thinking import ThinkSplitter, separated


async def _stream(pieces: Iterable[str | AIMessageChunk]) -> AsyncIterator[AIMessageChunk]:
    for piece in pieces:
        yield piece if isinstance(piece, AIMessageChunk) else AIMessageChunk(content=piece)


async def _parted(pieces: Iterable[str | AIMessageChunk], *, opened: bool = False) -> tuple[str, str]:
    parts = {"thinking": "", "text": ""}
    async for kind, text in separated(_stream(pieces), opened=opened):
        parts[kind] += text
    return parts["thinking"], parts["text"]


@pytest.mark.parametrize("size", range(1, 12))
async def test_tags_are_found_wherever_the_chunks_are_cut(size: int) -> None:
    whole = "<think>\n证据[1]说 a < b。\n</think>\n\n间隙约占20% [1]。"
    pieces = [whole[i : i + size] for i in range(0, len(whole), size)]
    assert await _parted(pieces) == ("证据[1]说 a < b。\n", "间隙约占20% [1]。")


async def test_text_without_tags_passes_unchanged() -> None:
    assert await _parted(["a <", " b and <thin", "g> c <"]) == ("", "a < b and <thing> c <")


async def test_reasoning_content_is_thinking() -> None:
    chunks = [
        AIMessageChunk(content="", additional_kwargs={"reasoning_content": "Let me "}),
        AIMessageChunk(content="", additional_kwargs={"reasoning_content": "see."}),
        AIMessageChunk(content="It is 0.2 [1]."),
    ]
    assert await _parted(chunks) == ("Let me see.", "It is 0.2 [1].")


async def test_a_template_that_opens_the_thought_is_understood() -> None:
    assert await _parted(["Hmm.</th", "ink>Yes [1]."], opened=True) == ("Hmm.", "Yes [1].")


async def test_an_unclosed_thought_remains_a_thought() -> None:
    assert await _parted(["<think>never closed"]) == ("never closed", "")


@given(st.lists(st.text(alphabet="<>/think ab", max_size=9), max_size=12))
def test_cuts_do_not_change_the_result(pieces: list[str]) -> None:
    def run(parts: list[str]) -> list[tuple[str, str]]:
        splitter = ThinkSplitter()
        out: list[tuple[str, str]] = []
        for part in parts:
            out += splitter.feed(part)
        out += splitter.rest()
        joined: list[tuple[str, str]] = []
        for kind, text in out:
            if joined and joined[-1][0] == kind:
                joined[-1] = (kind, joined[-1][1] + text)
            else:
                joined.append((kind, text))
        return joined

    assert run(pieces) == run(["".join(pieces)])
