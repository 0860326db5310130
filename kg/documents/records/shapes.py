"""The records in a JSON value, whatever its maker wraps around them."""

from collections.abc import Iterator, Mapping, Sequence

from kg.documents.authors import plain_key
from kg.documents.records.fields import is_record

_LISTS = (
    "items", "results", "result", "records", "articles", "papers", "documents", "docs", "data", "collection", "works",
    "hits", "references", "entries", "entry",
)  # fmt: skip
_WRAPS = ("message", "searchresults", "response", "resultlist", "hits", "result", "data")


def records_in(value: object) -> Iterator[object]:
    """The records of a list, of a reply of Crossref, PubMed, Europe PMC and the like, or of a table of pandas."""
    if isinstance(value, list):
        yield from value
        return
    if not isinstance(value, Mapping):
        yield value
        return
    fields = {plain_key(name): inner for name, inner in value.items()}
    columns, rows = fields.get("columns"), fields.get("data")
    if isinstance(columns, list) and isinstance(rows, list):
        yield from (_row(columns, row) for row in rows)
        return
    result = fields.get("result")
    if isinstance(result, Mapping) and isinstance(uids := result.get("uids"), list):
        yield from (result[uid] for uid in uids if uid in result)
        return
    if not is_record(value):
        for name in _LISTS:
            if isinstance(inner := fields.get(name), list) and any(isinstance(one, Mapping) for one in inner):
                yield from (_source(one) for one in inner)
                return
        for name in _WRAPS:
            if isinstance(inner := fields.get(name), Mapping):
                yield from records_in(inner)
                return
    parts = list(value.values())
    if parts and all(isinstance(part, Mapping) for part in parts):
        if is_record(value):
            yield from _transposed(value)
            return
        if all(is_record(part) for part in parts):
            yield from parts
            return
    yield value


def _row(columns: Sequence[object], row: object) -> object:
    return dict(zip(map(str, columns), row, strict=False)) if isinstance(row, list) else row


def _source(value: object) -> object:
    """What a search engine found, without its score."""
    inner = value.get("_source") if isinstance(value, Mapping) else None
    return inner if isinstance(inner, Mapping) else value


def _transposed(columns: Mapping[str, object]) -> Iterator[object]:
    """The rows of a table that is written column by column: ``{"title": {"0": ..., "1": ...}, ...}``."""
    rows: dict[str, dict[str, object]] = {}
    for name, cells in columns.items():
        if isinstance(cells, Mapping):
            for key, cell in cells.items():
                rows.setdefault(str(key), {})[name] = cell
    yield from rows.values()
