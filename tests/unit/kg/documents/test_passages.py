import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.passages import split
from kg.documents.tokens import estimated_tokens
from kg.domain import Block, BlockKind, Document, DocumentId, Passage

DOCUMENT = Document(
    id=DocumentId("d" * 20),
    content_hash="",
    source_id="s",
    title="On flow",
    path="p",
    media_type="text/plain",
    language="en",
)
SENTENCE = "The interstitial fluid of the brain flows along the vessels and takes waste with it. "


def paragraph(text: str, page: int | None = None) -> Block:
    return Block(BlockKind.PARAGRAPH, text, page=page)


def ink(text: str) -> str:
    return re.sub(r"\s", "", text)


def spanned(passage: Passage, blocks: tuple[Block, ...]) -> str:
    return "".join(blocks[s.block].text[s.start : s.end] for s in passage.spans)


def test_a_short_section_is_one_passage() -> None:
    passages = split(DOCUMENT, (Block(BlockKind.HEADING, "On flow", level=1), paragraph(SENTENCE * 10)))
    assert len(passages) == 1
    assert passages[0].heading_path == ("On flow",)
    assert passages[0].id == f"{DOCUMENT.id}-00000"


def test_a_long_section_is_cut_evenly_at_sentence_ends() -> None:
    passages = split(DOCUMENT, (paragraph(SENTENCE * 60),))
    sizes = [estimated_tokens(p.text) for p in passages]
    assert len(passages) > 3
    assert max(sizes) <= 300
    assert min(sizes) >= 100
    assert all(p.text.endswith(".") for p in passages)


def test_passages_do_not_cross_headings_and_carry_their_path() -> None:
    blocks = (
        Block(BlockKind.HEADING, "On flow", level=1),
        Block(BlockKind.HEADING, "Methods", level=2),
        paragraph("We looked."),
        Block(BlockKind.HEADING, "Mice", level=3),
        paragraph("Six mice."),
        Block(BlockKind.HEADING, "Results", level=2),
        paragraph("They slept."),
    )
    assert [p.heading_path for p in split(DOCUMENT, blocks)] == [
        ("On flow", "Methods"),
        ("On flow", "Methods", "Mice"),
        ("On flow", "Results"),
    ]


def test_references_are_left_out() -> None:
    blocks = (paragraph("We looked."), Block(BlockKind.REFERENCE, "1. Iliff JJ. 2012."))
    assert [p.text for p in split(DOCUMENT, blocks)] == ["We looked."]


def test_a_sentence_that_runs_over_a_page_break_stays_whole() -> None:
    blocks = (paragraph("The fluid of the brain flows along", page=1), paragraph("the vessels. It is clear.", page=2))
    (passage,) = split(DOCUMENT, blocks)
    assert passage.text == "The fluid of the brain flows along the vessels. It is clear."
    assert passage.page == 1
    assert [span.block for span in passage.spans] == [0, 1]


def test_chinese_that_runs_over_a_page_break_is_joined_without_a_space() -> None:
    (passage,) = split(DOCUMENT, (paragraph("脑细胞外"), paragraph("间隙很窄。")))
    assert passage.text == "脑细胞外间隙很窄。"
    assert passage.language == "zh"


def test_a_table_stands_alone_behind_its_caption() -> None:
    table = Block(BlockKind.TABLE, "| a | b |\n| --- | --- |\n| 1 | 2 |")
    blocks = (paragraph("Before."), table, Block(BlockKind.CAPTION, "Table 1. Letters."), paragraph("After."))
    assert [p.text for p in split(DOCUMENT, blocks)] == ["Before.", f"Table 1. Letters.\n{table.text}", "After."]


def test_a_long_table_is_cut_between_rows_and_repeats_its_head() -> None:
    rows = "\n".join(f"| mouse {n} | {n}.5 mm |" for n in range(100))
    passages = split(DOCUMENT, (Block(BlockKind.TABLE, f"| animal | width |\n| --- | --- |\n{rows}"),))
    assert len(passages) > 2
    assert all(p.text.startswith("| animal | width |\n| --- | --- |\n| mouse") for p in passages)
    assert all(estimated_tokens(p.text) <= 420 for p in passages)


def test_a_row_too_long_is_never_cut_inside_a_number() -> None:
    number = "1,234,567"
    row = " | ".join(f"{number} mg" for _ in range(400))
    passages = split(DOCUMENT, (Block(BlockKind.TABLE, f"| dose |\n| --- |\n| {row} |"),))
    assert len(passages) > 2
    assert sum(p.text.count(number) for p in passages) == 400


def test_a_sentence_without_end_is_cut_at_spaces() -> None:
    passages = split(DOCUMENT, (paragraph("word " * 3000),))
    assert len(passages) > 5
    assert max(estimated_tokens(p.text) for p in passages) <= 450


def test_a_document_of_headings_alone_still_has_a_passage() -> None:
    (passage,) = split(DOCUMENT, (Block(BlockKind.HEADING, "On flow", level=1),))
    assert passage.text == "On flow"


KINDS = st.sampled_from([BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.HEADING, BlockKind.FORMULA, BlockKind.CAPTION])
TEXTS = st.lists(
    st.sampled_from(
        [
            "The fluid flows. ",
            "and so ",
            "脑间隙很窄。",
            "间质液",
            "See Fig. 2. ",
            "\n",
            "p < .05, ",
            "x" * 90,
            SENTENCE,
        ]
    ),
    min_size=1,
    max_size=30,
).map("".join)


@given(st.lists(st.builds(Block, KINDS, TEXTS), max_size=8).map(tuple), st.integers(20, 300))
def test_passages_rejoin_to_the_text_of_the_blocks(blocks: tuple[Block, ...], target: int) -> None:
    passages = split(DOCUMENT, blocks, target_tokens=target)
    for passage in passages:
        assert ink(passage.text) == ink(spanned(passage, blocks))
    if any(block.kind is not BlockKind.HEADING and block.text.strip() for block in blocks):
        body = "".join(block.text for block in blocks if block.kind is not BlockKind.HEADING)
        assert ink("".join(p.text for p in passages)) == ink(body)


@pytest.mark.parametrize(
    "block",
    [
        Block(BlockKind.TABLE, "| " + "x | " * 50_000 + "\n| - |"),
        Block(BlockKind.TABLE, "| a |\n" + " " * 200_000 + "\n| b |"),
        Block(BlockKind.PARAGRAPH, "We saw it. " * 20_000),
        Block(BlockKind.PARAGRAPH, "e.g. " * 40_000),
        Block(BlockKind.PARAGRAPH, "a" * 400_000),
    ],
    ids=["row", "blank", "sentences", "abbreviations", "letters"],
)
def test_a_long_block_is_cut_in_linear_time(block: Block) -> None:
    passages = split(DOCUMENT, (block,))
    assert set(ink(block.text)) == {c for passage in passages for c in ink(passage.text)}
    assert max(estimated_tokens(passage.text) for passage in passages[:20]) < 450
