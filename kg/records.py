"""The bibliographic records of the library: their search conditions and their search keys."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from kg.domain import Document
from kg.names.folding import fold_name
from kg.names.ranking import spaced

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"})
"""Letters that no accent makes, as they are typed without them."""

_RESOLVER = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s{0,3})(?=10\.)")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records: every field that is set must hold; an empty filter takes all.

    Each of ``title`` is a word or phrase that begins at a word of the title. Each of ``authors`` is a group of
    spellings of which the record has at least one. ``journals`` are alternatives. Names are compared by
    ``record_key``. ``identifier`` is a DOI, a PMID or another identifier, the source's own id, or the path;
    ``identifiers`` are alternatives to it.
    """

    title: tuple[str, ...] = ()
    authors: tuple[tuple[str, ...], ...] = ()
    journals: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    language: str | None = None
    identifier: str | None = None
    identifiers: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it takes every record."""
        return self == RecordFilter()

    def keyed(self) -> "RecordFilter":
        """The same conditions as the records' keys are compared with them; phrases without a word are left out."""
        return replace(
            self,
            title=tuple(key for phrase in self.title if (key := record_key(phrase))),
            authors=tuple(tuple(map(record_key, spellings)) for spellings in self.authors),
            journals=tuple(map(record_key, self.journals)),
            identifier=None,
            identifiers=tuple(identifier_key(i) for i in (self.identifier, *self.identifiers) if i is not None),
        )


class RecordOrder(StrEnum):
    """How records are listed; those without a year come last in ``newest`` and ``oldest``."""

    ID = "id"
    NEWEST = "newest"
    OLDEST = "oldest"


class RecordField(StrEnum):
    """A field whose values are counted."""

    YEAR = "year"
    JOURNAL = "journal"
    AUTHOR = "author"
    LANGUAGE = "language"
    MEDIA_TYPE = "media_type"


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Some of the records that fit, and how many fit."""

    total: int
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class RecordCount:
    """How many records have a value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class RecordNames:
    """Authors and journals as the records write them."""

    authors: tuple[str, ...] = ()
    journals: tuple[str, ...] = ()


def record_words(text: str) -> list[str]:
    """The words of a title, name or question as they are compared: folded, each Chinese character a word."""
    return _WORD.findall(spaced(fold_name(text).translate(_LETTERS)))


def record_key(text: str) -> str:
    """The words joined: equal for two spellings of one name."""
    return " ".join(record_words(text))


def identifier_keys(document: Document) -> list[str]:
    """Identifiers of a record as they are compared, its own id in the source and its path among them."""
    own = (document.source_id, document.path)
    return sorted({identifier_key(value) for value in (*document.identifiers.values(), *own)})


def identifier_key(value: str) -> str:
    """An identifier as it is compared: in lower case, a DOI without its resolver."""
    return _RESOLVER.sub("", value.strip().lower())


def distinct_names(names: Iterable[str]) -> dict[str, str]:
    """The first spelling of each name by its key, in order."""
    found: dict[str, str] = {}
    for name in names:
        key = record_key(name)
        if key:
            found.setdefault(key, name)
    return found
