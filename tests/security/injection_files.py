"""Word and PDF files written by hand, so that text can be put where readers do not look."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = re.compile(r"[!-~]+ ?|.", re.DOTALL)
_WIDTH = 84


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph of a file; ``look`` is what the format says of its appearance."""

    text: str
    look: str = ""


def word_file(pieces: Sequence[Piece], *, properties: Mapping[str, str], linked: str | None = None) -> bytes:
    """A DOCX; ``look`` is the content of ``w:rPr``, ``linked`` the address of a template outside the file."""
    body = "".join(
        f'<w:p><w:r><w:rPr>{p.look}</w:rPr><w:t xml:space="preserve">{escape(p.text)}</w:t></w:r></w:p>' for p in pieces
    )
    core = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in properties.items())
    types = "application/vnd.openxmlformats-"
    outside = f'<Relationship Id="r1" Type="{_OFFICE}/image" Target="{escape(linked or "")}" TargetMode="External"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="{types}package.relationships+xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{types}officedocument.wordprocessingml.document.main+xml"/><Override '
        f'PartName="/docProps/core.xml" ContentType="{types}package.core-properties+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/><Relationship Id="r2" '
        f'Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
        "word/document.xml": f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{outside if linked else ""}'
        "</Relationships>",
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{core}</cp:coreProperties>',
    }
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), f'<?xml version="1.0"?>{text}'.encode())
    return sink.getvalue()


def pdf_file(
    pieces: Sequence[Piece], *, chinese: bool, info: Mapping[str, str], linked: str | None = None, cover: bool = False
) -> bytes:
    """A PDF of one page; ``look`` holds operators in front of a paragraph, ``linked`` is the address of its one link.

    ``cover`` paints white over the last paragraph.
    """
    drawn, y = [], 800
    for piece in pieces:
        first = y
        for line in _lines(piece.text):
            shown = line.encode("utf-16-be").hex() if chinese else line.encode("latin-1", "replace").hex()
            drawn.append(f"q BT /F1 11 Tf 0 g {piece.look} 40 {y} Td <{shown}> Tj ET Q")
            y -= 14
        if cover and piece is pieces[-1]:
            drawn.append(f"q 1 g 30 {y} 550 {first - y + 14} re f Q")
        y -= 8
    stream = "\n".join(drawn)
    told = "".join(f"/{name} <feff{text.encode('utf-16-be').hex()}> " for name, text in info.items())
    font = (
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>"
        if chinese
        else "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    link = f"[<< /Type /Annot /Subtype /Link /Rect [40 700 300 820] /A << /S /URI /URI ({linked}) >> >>]"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> "
        f"{'/Annots ' + link if linked else ''} >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        font,
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R /DW 1000 "
        "/W [1 95 500] /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
        f"<< {told}>>",
    ]
    made, places = bytearray(b"%PDF-1.5\n"), []
    for number, text in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size, start = len(objects) + 1, len(made)
    made += f"xref\n0 {size}\n0000000000 65535 f \n{table}".encode()
    made += f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(made)


def _lines(text: str) -> list[str]:
    """The text in lines that fit; a word of Latin letters is never cut."""
    lines, line, wide = [], "", 0
    for word in _WORD.findall(text):
        width = sum(1 if c.isascii() else 2 for c in word)
        if line and wide + width > _WIDTH:
            lines.append(line)
            line, wide = "", 0
        line, wide = line + word, wide + width
    return [*lines, line] if line else lines
