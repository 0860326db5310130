"""The list of references is found alike in every format."""

from kg.documents.markdown import markdown_blocks
from kg.documents.references import with_references
from kg.domain import Block, BlockKind


def test_a_caption_below_the_references_of_markdown_stays_one() -> None:
    blocks = markdown_blocks(
        "## IV. References and notes\n\n1. Iliff J. Sci 2012.\n\nFig. 1. The flow.\n\n## Appendix\n\nMore."
    )
    assert [b.kind.value for b in blocks] == ["heading", "reference", "caption", "heading", "paragraph"]


def test_a_false_heading_does_not_end_the_references() -> None:
    below = Block(BlockKind.PARAGRAPH, "Xie L. Science 2013.")
    blocks = [Block(BlockKind.HEADING, text, level=2) for text in ("References", "Iliff J.", "Appendix")]
    marked = with_references(
        [*blocks[:2], below, blocks[2], below],
        lambda b: b if b.text == "Appendix" else Block(BlockKind.REFERENCE, b.text),
    )
    assert [b.kind.value for b in marked] == ["heading", "reference", "reference", "heading", "paragraph"]
