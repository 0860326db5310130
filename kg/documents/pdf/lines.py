"""Prose that a page sets line by line like code, as old scans with a text layer do."""

import re
from dataclasses import replace

from kg.documents.pdf.pieces import Page, Piece, PieceKind
from kg.domain import Box

_CODE_SIGNS = re.compile(r"[{};]|==|=>|->|\bdef \b|\bfunction\b|#include|</|//|\breturn\b|\bimport \w+$", re.MULTILINE)
_FINISHED = re.compile(r"[.!?:。！？：][\"'”’)]*\Z")


def with_prose_from_code(page: Page) -> Page:
    """The page, with text wrongly marked as code split into lines, each with its own box."""
    pieces: list[Piece] = []
    for piece in page.pieces:
        if piece.kind is not PieceKind.CODE or _is_code(piece.text):
            pieces.append(piece)
            continue
        lines = piece.text.split("\n")
        widest = max(len(line) for line in lines)
        height = (piece.box.y1 - piece.box.y0) / len(lines)
        opens = True
        for number, line in enumerate(lines):
            text = line.strip()
            box = Box(piece.box.x0, piece.box.y0 + number * height, piece.box.x1, piece.box.y0 + (number + 1) * height)
            pieces.append(Piece(PieceKind.TEXT if opens else PieceKind.LINE, text, box))
            opens = len(text) < 0.8 * widest and (_FINISHED.search(text) is not None or text.isupper())
    return replace(page, pieces=tuple(pieces))


def with_lines_joined(page: Page) -> Page:
    """The page, with each line joined to the piece it continues; words hyphenated at the end of a line are joined."""
    pieces: list[Piece] = []
    for piece in page.pieces:
        if piece.kind is not PieceKind.LINE:
            pieces.append(piece)
        elif pieces and pieces[-1].kind is PieceKind.TEXT:
            before = pieces[-1]
            broken = re.search(r"[a-z]-\Z", before.text) is not None and piece.text[:1].islower()
            text = before.text[:-1] + piece.text if broken else f"{before.text} {piece.text}"
            pieces[-1] = replace(before, text=text, box=replace(before.box, y1=piece.box.y1))
        else:
            pieces.append(replace(piece, kind=PieceKind.TEXT))
    return replace(page, pieces=tuple(pieces))


def _is_code(text: str) -> bool:
    signs = len(_CODE_SIGNS.findall(text))
    return signs > 0 and signs >= 0.2 * len(text.split("\n"))
