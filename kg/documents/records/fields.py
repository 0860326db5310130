"""The fields of a record under the spellings of their makers: Crossref, PubMed, OpenAlex, pandas and others."""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from kg.documents.authors import author_names, plain_key
from kg.documents.description import Particulars, doi_in, is_absent, with_subtitle, year_in
from kg.documents.records.markup import blocks_of, line_of
from kg.domain import Block, BlockKind

_IDS = ("paperid", "sourceid", "documentid", "docid", "id", "uid", "pmid")
_TITLES = (
    "title",
    "articletitle",
    "papertitle",
    "preprinttitle",
    "name",
    "headline",
    "标题",
    "题名",
    "篇名",
    "论文题目",
)
_ABSTRACTS = ("abstract", "abstracttext", "preprintabstract", "summary", "description", "摘要", "中文摘要")
_TEXTS = ("text", "contents", "content", "body", "passage", "pagecontent", "fulltext", "bodytext", "正文", "全文")
_PARTS = ("sections", "paragraphs")
_AUTHORS_TEXT = """
authorsparsed authors author authorstring authorlist authorships authornames creators creator zauthors preprintauthors
作者
"""
_AUTHORS = tuple(_AUTHORS_TEXT.split())
_YEARS_TEXT = """
preprintdate publicationyear year pubyear publicationdate published issued publishedprint publishedonline
pubdate epubdate sortpubdate date publisheddate coverdate firstpublicationdate datepublished versions
年份 年 出版年 发表年份 发表时间 出版日期
"""
_YEARS = tuple(_YEARS_TEXT.split())
_JOURNALS_TEXT = """
fulljournalname journal journaltitle containertitle sourcetitle publicationname journalbook venue journalinfo
hostvenue primarylocation journalname journalref ispartof 期刊 刊名 期刊名称 文献来源
"""
_JOURNALS = tuple(_JOURNALS_TEXT.split())
_IDENTIFIERS = {
    "doi": ("doi", "preprintdoi"),
    "pmid": ("pmid", "pubmedid", "pubmed"),
    "pmcid": ("pmcid", "pmc", "pubmedcentral"),
    "arxiv": ("arxivid", "arxiv"),
    "biorxiv": ("biorxivid",),
}
READ_AS_TEXT = frozenset({*_TITLES, "subtitle", *_ABSTRACTS, *_TEXTS, *_JOURNALS})
"""Fields, in plain spelling, whose value is text for a reader."""
_NESTED = ("metadata", "ids", "externalids", "pdfparse", "latexparse")
_SURE = frozenset({"abstractinvertedindex", *_ABSTRACTS, *_TEXTS} - {"description"})
_BESIDE = frozenset({*_AUTHORS, *_YEARS, *_JOURNALS, "doi", "pmid", "id"})
_SINCE_1970 = (10**8, 10**20)
"""Numbers of nine digits or more are times since 1970, in seconds to nanoseconds; shorter ones are dates in digits."""
_DATE_AND_HOUR = re.compile(r"((?:19|20)\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])(?:[0-5]\d){0,2}")
"""A date with an hour, minutes and seconds, all in digits: as a time since 1970 it lies after 2029 or in 1976."""


def is_record(value: object) -> bool:
    """Whether a value has the fields of a paper: a text, or a title with something else that papers have."""
    if not isinstance(value, Mapping):
        return False
    known = {plain_key(name) for name in value}
    return not known.isdisjoint(_SURE) or (not known.isdisjoint(_TITLES) and not known.isdisjoint(_BESIDE))


def paper_of(record: Mapping[str, object]) -> tuple[Particulars, tuple[Block, ...]]:
    """The particulars and the text of a record."""
    fields = dict(_flat(record))
    found = {name: _identifier(name, value) for name, value in _identifiers(fields).items()}
    identifiers = {name: value for name, value in found.items() if not is_absent(value)}
    known = Particulars(
        title=with_subtitle(line_of(_first(fields, _TITLES)), line_of(_first(fields, ("subtitle",)))),
        authors=next((names for name in _AUTHORS if (names := author_names(fields.get(name)))), ()),
        year=next((year for name in _YEARS if (year := _year(fields.get(name)))), None),
        journal=next((text for name in _JOURNALS if (text := line_of(_journal(fields.get(name))))), None)
        or (line_of(_text(fields.get("source"))) if "uid" in fields else None)
        or None,
        identifiers=identifiers,
        source_id=_first(fields, _IDS) or identifiers.get("doi", ""),
    )
    return known, _body(fields)


def _flat(record: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The fields by plain spelling; those of nested metadata first, so that the record's own win."""
    for outer, value in record.items():
        if plain_key(outer) in _NESTED and isinstance(value, Mapping):
            yield from ((plain_key(name), inner) for name, inner in value.items() if _text(inner) or inner)
    yield from ((plain_key(name), value) for name, value in record.items() if not _is_missing(value))


def _is_missing(value: object) -> bool:
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or (isinstance(value, str) and is_absent(value))


def _first(fields: Mapping[str, object], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := _text(fields.get(name)))), "")


def _text(value: object) -> str:
    """A string, a number or a list of strings as text; what pandas writes for a missing value is empty."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value.is_integer() else ""
    if isinstance(value, str | int):
        text = str(value).strip()
        return "" if is_absent(text) else text
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return "\n".join(part.strip() for part in value if part.strip())
    return ""


def _body(fields: Mapping[str, object]) -> tuple[Block, ...]:
    """The abstract and the text, without one that repeats the other."""
    abstract = next((blocks for name in _ABSTRACTS if (blocks := _blocks(fields.get(name)))), ())
    if not abstract and isinstance(index := fields.get("abstractinvertedindex"), Mapping):
        abstract = blocks_of(_uninverted(index))
    text = _texts(fields)
    if not abstract or not text:
        return abstract or text
    told = {block.text for block in text}
    return text if all(block.text in told for block in abstract) else (*abstract, *text)


def _texts(fields: Mapping[str, object]) -> tuple[Block, ...]:
    return next((blocks for name in (*_TEXTS, *_PARTS) if (blocks := _blocks(fields.get(name)))), ())


def _blocks(value: object) -> tuple[Block, ...]:
    """A text, a list of texts or of sections, or sections by name."""
    if text := _text(value):
        return blocks_of(text)
    if isinstance(value, Mapping):
        value = [{"section": name, "text": text} for name, text in value.items()]
    if not isinstance(value, list):
        return ()
    blocks: list[Block] = []
    head = ""
    for part in value:
        fields = dict(_flat(part)) if isinstance(part, Mapping) else {"text": part}
        section = line_of(_first(fields, ("section", "label", "heading", "title")))
        found = _texts(fields)
        if section and section != head and found:
            blocks.append(Block(BlockKind.HEADING, section, level=2))
        head = section or head
        blocks.extend(found)
    return tuple(blocks)


def _uninverted(index: Mapping[object, object]) -> str:
    """The text of an index of words with their places, as OpenAlex gives abstracts."""
    places = [(at, str(word)) for word, ats in index.items() if isinstance(ats, list) for at in ats]
    return " ".join(word for at, word in sorted((at, word) for at, word in places if isinstance(at, int)))


def _year(value: object) -> int | None:
    if isinstance(value, Mapping):
        fields = {plain_key(name): inner for name, inner in value.items()}
        names = ("dateparts", "year", "raw", "literal", "created")
        return _year(next((value for name in names if (value := fields.get(name))), None))
    if isinstance(value, list):
        return _year(value[0]) if value else None
    if hour := _DATE_AND_HOUR.fullmatch(_text(value)):
        return int(hour[1])
    if isinstance(value, int | float) and not isinstance(value, bool) and _SINCE_1970[0] <= abs(value) < _SINCE_1970[1]:
        unit = 1000 ** ((len(str(int(abs(value)))) - 9) // 3)
        return year_in(str(datetime.fromtimestamp(value / unit, UTC).year))
    return year_in(_text(value))


def _journal(value: object) -> str:
    if isinstance(value, Mapping):
        fields = {plain_key(name): inner for name, inner in value.items()}
        names = ("title", "name", "displayname", "source", "journal")
        return next((text for name in names if (text := _journal(fields.get(name)))), "")
    if isinstance(value, list):
        return _journal(value[0]) if value else ""
    return _text(value)


def _identifiers(fields: Mapping[str, object]) -> dict[str, str]:
    """Identifiers by name, those of a list of types and values (as in summaries of PubMed) among them."""
    listed = fields.get("articleids")
    pairs = [dict(_flat(pair)) for pair in listed if isinstance(pair, Mapping)] if isinstance(listed, list) else []
    given = {plain_key(_text(pair.get("idtype"))): pair.get("value") for pair in pairs}
    known = {**given, **fields}
    return {name: value for name, spellings in _IDENTIFIERS.items() if (value := _first(known, spellings))}


def _identifier(name: str, value: str) -> str:
    """An identifier without the address before it."""
    if name == "doi":
        return doi_in(value) or re.sub(r"\A(?:https?://(?:dx\.)?doi\.org/|doi:)\s*", "", value, flags=re.IGNORECASE)
    bare = value.rstrip("/").rsplit("/", 1)[-1].split()[0] if value.strip("/") else value
    return f"PMC{bare}" if name == "pmcid" and bare.isdigit() else bare.removeprefix("pmid:")
