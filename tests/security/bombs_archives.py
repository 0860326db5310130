"""Zip archives and PDF files that cost far more than their size."""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from io import BytesIO

GIB = 2**30
_PIECE = 2**20
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
_KINDS = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CENTRAL, _LOCAL = b"PK\x01\x02", b"PK\x03\x04"


def zipped(parts: Mapping[str, bytes | Iterable[bytes]]) -> bytes:
    """A deflated archive of the parts, with the same bytes each time."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=not isinstance(content, bytes)) as part:
                for piece in (content,) if isinstance(content, bytes) else content:
                    part.write(piece)
    return made.getvalue()


def docx(
    body: str, *, notes: str = "", styles: str = "", head: str = "", more: Mapping[str, bytes] | None = None
) -> bytes:
    """A Word document with the body; ``head`` is a document type before it, ``more`` are further parts."""
    document = f'<?xml version="1.0"?>{head}<w:document {_W} {_M}><w:body>{body}</w:body></w:document>'
    named = {"footnotes": notes, "styles": styles}
    parts: dict[str, bytes | Iterable[bytes]] = {
        "[Content_Types].xml": _types([name for name, text in named.items() if text]),
        "_rels/.rels": _relations({"officeDocument": "word/document.xml"}),
        "word/document.xml": document.encode(),
        "word/_rels/document.xml.rels": _relations({name: f"{name}.xml" for name, text in named.items() if text}),
    }
    for name, text in named.items():
        if text:
            parts[f"word/{name}.xml"] = f"<w:{name} {_W}>{text}</w:{name}>".encode()
    return zipped({**parts, **(more or {})})


def paragraph(text: str = "x") -> str:
    """A paragraph of a Word document."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _types(names: Iterable[str]) -> bytes:
    kinds = "".join(f'<Override PartName="/word/{n}.xml" ContentType="{_KINDS}.{n}+xml"/>' for n in names)
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{_KINDS}.document.main+xml"/>{kinds}</Types>'
    ).encode()


def _relations(targets: Mapping[str, str]) -> bytes:
    told = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'.encode()


@cache
def gigabyte_docx() -> bytes:
    """A Word document whose text is 1 GiB of blanks."""
    opening = f"<w:document {_W}><w:body><w:p><w:r><w:t>".encode()
    pieces = (opening, *(b" " * _PIECE for _ in range(GIB // _PIECE)))
    return zipped({"[Content_Types].xml": _types(()), "word/document.xml": pieces})


def nested_zip(depth: int, width: int) -> bytes:
    """Archives in archives: each level holds ``width`` of the one below, the lowest 100 MiB of zeros."""
    inner = _zeros()
    for _ in range(depth):
        inner = zipped({f"{number}.zip": inner for number in range(width)})
    return inner


@cache
def _zeros() -> bytes:
    return zipped({"0.bin": (b"\0" * _PIECE for _ in range(100))})


def lying_docx(told_bytes: int, text_bytes: int) -> bytes:
    """A Word document whose archive tells another size of its text than it has."""
    made = bytearray(docx(paragraph("x" * text_bytes)))
    for mark, size_at, name_at in ((_CENTRAL, 24, 46), (_LOCAL, 22, 30)):
        at = -1
        while (at := made.find(mark, at + 1)) >= 0:
            if made[at + name_at :].startswith(b"word/document.xml"):
                made[at + size_at : at + size_at + 4] = struct.pack("<I", told_bytes)
    return bytes(made)


def overlapping_docx(members: int) -> bytes:
    """An archive whose members are all the same bytes of it, each 10 MiB unpacked."""
    one = zipped({"word/document.xml": b" " * (10 * _PIECE)})
    start, end = one.index(_CENTRAL), one.rindex(b"PK\x05\x06")
    entries = one[start:end] * members
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, members, members, len(entries), start, 0)
    return one[:start] + entries + tail


def pdf(objects: Mapping[int, bytes], *, trailer: bytes = b"") -> bytes:
    """A PDF file of the objects; the first one is its catalogue."""
    made, places = bytearray(b"%PDF-1.7\n"), {}
    for number, content in objects.items():
        places[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(made)
    most = max(objects) + 1
    made += b"xref\n0 %d\n0000000000 65535 f \n" % most
    for number in range(1, most):
        made += b"%010d %05d %c \n" % (places.get(number, 0), 0, b"n"[0] if number in places else b"f"[0])
    made += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (most, trailer, table)
    return bytes(made)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object with its bytes as they are; ``entries`` go into its dictionary."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def pages(content: bytes, *, entries: bytes = b"", box: bytes = b"0 0 595 842", **more: bytes) -> dict[int, bytes]:
    """The objects of a file of one page with the content stream; ``more`` are further objects, ``o7`` number 7."""
    return {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> %s >> >>"
        % (box, entries),
        4: content,
        5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        **{int(name[1:]): value for name, value in more.items()},
    }


def shown(text: bytes) -> bytes:
    """A content stream that shows the text once."""
    return b"BT /F 10 Tf 50 700 Td (%s) Tj ET\n" % text


PLAIN_PAGE = b"".join(
    b"BT /F 10 Tf 50 %d Td (The extracellular space widens during sleep, night %d.) Tj ET\n" % (760 - 14 * line, line)
    for line in range(40)
)
"""A content stream of an ordinary page, which needs no OCR."""


@cache
def deflated_gigabyte() -> bytes:
    """1 GiB of blanks, deflated."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b" " * _PIECE) for _ in range(GIB // _PIECE)) + packer.flush()


def doubling_forms(levels: int) -> bytes:
    """A page whose form draws the next one twice, level after level."""
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 500 500]"
    forms = {
        f"o{10 + level}": stream(b"/N Do /N Do", head + b" /Resources << /XObject << /N %d 0 R >> >>" % (11 + level))
        for level in range(levels)
    }
    fonts = b" /Resources << /Font << /F 5 0 R >> >>"
    forms[f"o{10 + levels}"] = stream(shown(b"ha"), head + fonts)
    return pdf(pages(stream(b"/N Do"), entries=b"/XObject << /N 10 0 R >>", **forms))


def picture_page(width: int, height: int) -> bytes:
    """A page that is one picture of so many white pixels, told in a few bytes."""
    row = zlib.compressobj(9)
    blank = b"\xff" * ((width + 7) // 8)
    data = b"".join(row.compress(blank) for _ in range(height)) + row.flush()
    entries = b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray" % (
        width,
        height,
    )
    content = stream(b"q 595 0 0 842 0 0 cm /P Do Q")
    return pdf(pages(content, entries=b"/XObject << /P 6 0 R >>", o6=stream(data, entries + b" /Filter /FlateDecode")))


def many_pages(count: int) -> bytes:
    """A file of so many pages that share one content."""
    kids = b" ".join(b"%d 0 R" % number for number in range(10, 10 + count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
    objects = pages(stream(PLAIN_PAGE)) | dict.fromkeys(range(10, 10 + count), page)
    return pdf(objects | {2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)})
