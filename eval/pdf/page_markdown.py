"""Blocks as Markdown, page by page."""

from collections.abc import Sequence

from kg.domain import Block, BlockKind


def page_markdown(blocks: Sequence[Block], page: int) -> str:
    """The Markdown of one page, the way a reader would be shown it."""
    parts = []
    for block in blocks:
        if (block.page or 1) != page:
            continue
        if block.kind is BlockKind.HEADING:
            parts.append("#" * min(block.level or 1, 6) + f" {block.text}")
        elif block.kind is BlockKind.LIST:
            parts.append(f"- {block.text}")
        elif block.kind is BlockKind.CODE:
            parts.append(f"```\n{block.text}\n```")
        else:
            parts.append(block.text)
    return "\n\n".join(parts) + "\n"
