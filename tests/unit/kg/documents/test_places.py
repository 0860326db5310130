"""Page and box of every sentence of a passage."""

from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

from kg.documents.ocr.page_reader import Line
from kg.documents.ocr.paragraphs import paragraphs
from kg.documents.parse import parse
from kg.documents.passages import split
from kg.documents.pdf.liteparse_parser import LiteparseParser
from kg.documents.places import places_of, places_of_quote, sentence_places
from kg.domain import Block, BlockKind, Box, DocumentId, Passage, PassageId, Span
from kg.plain_values import block_from, block_values
from kg.protocols import ParseLimits

LIMITS = ParseLimits()


def test_characters_stand_on_a_part_of_their_lines() -> None:
    block = Block(
        BlockKind.PARAGRAPH,
        "one two three four",
        1,
        Box(0, 0, 90, 20),
        lines=((0, Box(0, 0, 80, 10)), (8, Box(0, 10, 100, 20))),
    )
    assert block.boxes(4, 7) == (Box(40, 0, 70, 10),)
    assert block.boxes(4, 13) == (Box(40, 0, 80, 10), Box(0, 10, 50, 20))
    assert Block(BlockKind.PARAGRAPH, "one", 1, Box(0, 0, 9, 9)).boxes(0, 2) == (Box(0, 0, 9, 9),)
    assert Block(BlockKind.PARAGRAPH, "one").boxes(0, 2) == ()
    assert block_from(block_values(block)) == block


def test_a_sentence_over_two_blocks_has_both_pages() -> None:
    blocks = (
        Block(BlockKind.PARAGRAPH, "It is narrow. It runs", 1, Box(0, 700, 90, 710)),
        Block(BlockKind.PARAGRAPH, "on here.", 2, Box(0, 50, 90, 60)),
    )
    passage = Passage(
        PassageId("p"),
        DocumentId("d"),
        0,
        "It is narrow. It runs on here.",
        "en",
        spans=(Span(0, 0, 21), Span(1, 0, 8)),
    )
    first, second = sentence_places(passage, blocks)
    assert [place.page for place in first.places] == [1]
    assert [place.page for place in second.places] == [1, 2]
    assert places_of(passage, (), 0, 5) == ()


def test_a_quote_is_found_by_its_sentences_else_it_stands_where_its_passage_does() -> None:
    blocks = tuple(
        Block(BlockKind.PARAGRAPH, text, page, Box(0, top, 90, top + 10))
        for text, page, top in (("It is narrow.", 1, 700), ("It runs on\nhere.", 2, 50), ("It ends.", 2, 90))
    )
    spans = tuple(Span(n, 0, len(b.text)) for n, b in enumerate(blocks))
    text = "It is narrow. It runs on here. It ends."
    passage = Passage(PassageId("p"), DocumentId("d"), 0, text, "en", page=1, spans=spans)

    def found(quote: str) -> list[tuple[int | None, float]]:
        return [(p.page, p.box.y0) for p in places_of_quote(passage, blocks, quote) if p.box]

    assert found("It runs on  here.") == [(2, 50)]
    assert found("It runs on here. It ends.") == [(2, 50), (2, 90)]
    assert found("It is narrow.\nIt ends.") == [(1, 700), (2, 90)]
    assert found("Nobody said this.") == found("") == found(text) == [(1, 700), (2, 50), (2, 90)]
    assert places_of_quote(passage, (), text) == ()
    assert places_of_quote(passage, [Block(BlockKind.PARAGRAPH, text)], text) == ()


def word(number: int) -> str:
    """A word of its own for each number."""
    return "".join(chr(97 + (number * step + step) % 26) for step in (1, 3, 7, 9, 11, 17, 19))


@pytest.fixture
def two_columns(tmp_path: Path) -> Path:
    path = tmp_path / "columns.pdf"
    width, height = A4
    frames = [Frame(50, 50, width / 2 - 60, height - 100), Frame(width / 2 + 10, 50, width / 2 - 60, height - 100)]
    template = BaseDocTemplate(str(path), pagesize=A4)
    template.addPageTemplates([PageTemplate(frames=frames)])
    style = getSampleStyleSheet()["BodyText"]
    template.build(
        [
            Paragraph(
                f"Here {word(n)} begins and {word(n + 40)} tells of {word(n + 80)} clefts in rats. "
                f"The 10<super>6</super> cells of {word(n + 120)} were counted by {word(n + 160)} twice.",
                style,
            )
            for n in range(40)
        ]
    )
    return path


def test_every_sentence_of_a_pdf_has_the_boxes_of_its_own_lines(two_columns: Path) -> None:
    document, blocks = parse(two_columns, LIMITS, ocr=False).documents[0]
    found = 0
    for passage in split(document, blocks):
        for sentence in sentence_places(passage, blocks):
            text = passage.text[sentence.start : sentence.end]
            assert sentence.places
            boxes = [place.box for place in sentence.places if place.box]
            assert len(boxes) == len(sentence.places) <= 3
            assert all(8 <= box.y1 - box.y0 <= 20 and 0 < box.x1 - box.x0 <= 260 for box in boxes), text
            found += 1
    assert found == 80


def test_lines_of_a_scan_are_boxes_of_its_sentences(tmp_path: Path) -> None:
    class Reader:
        identity = "scripted"

        def read(self, image: bytes) -> list[Line]:
            told = ("It is narrow. It", "runs on here.")
            return paragraphs([Line(t, Box(10, 20 + 12 * n, 110, 30 + 12 * n), 0.9) for n, t in enumerate(told)])

    path = tmp_path / "scan.pdf"
    canvas = Canvas(str(path), pagesize=(200, 100))
    canvas.rect(10, 10, 100, 50, fill=1)
    canvas.save()
    document, blocks = LiteparseParser(Reader()).parse(path, LIMITS).documents[0]
    (passage,) = split(document, blocks)
    first, second = sentence_places(passage, blocks)
    assert (len(first.places), len(second.places)) == (1, 2)
    assert second.places[1].box is not None
    assert first.places[0].box is not None
    assert second.places[1].box.y0 > first.places[0].box.y0
