"""Versions of documents: what a newly read file corrects, and what it stands beside under the same identifier."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from kg.domain import Block, Document, DocumentId
from kg.protocols import Store
from kg.records import RecordFilter, identifier_key, record_key

_SCHEMES = ("doi", "pmid", "pmcid", "arxiv", "biorxiv")
_MOST = 10_000
_COMPARED_CHARS = 20_000
_SHINGLE = 4

Parsed = tuple[Document, tuple[Block, ...]]


@dataclass(slots=True)
class Versions:
    """The stored documents that new ones replace, by the new one's id, and what is told of those that stay beside."""

    earlier: dict[DocumentId, list[Document]] = field(default_factory=dict)
    beside: list[str] = field(default_factory=list)

    @property
    def replaced(self) -> list[DocumentId]:
        """The ids of what is replaced."""
        return [document.id for documents in self.earlier.values() for document in documents]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the versions of one file's documents depend on beside the store.

    ``read`` is all that the file holds, ``files`` counts the names of the files of the job, and ``holders`` knows the
    file that was last seen to hold a document.
    """

    read: Sequence[Parsed]
    files: Mapping[str, int]
    holders: Mapping[DocumentId, str]


async def versions_of(store: Store, new: Sequence[Parsed], beside: Neighbours) -> Versions:
    """Compare new documents with the stored ones and with each other.

    A stored document is an earlier version if it came from the same path, or if it has the same identifier and kind
    and its text or title is alike. Any other under the same identifier stays beside the new one, and that is told: a
    translation, a version in another kind of file (a manuscript in DOCX, published in PDF) or in another file of the
    same job, or another text, which is a conflict.
    """
    found = Versions()
    alone = len(beside.read) == 1
    keys = {key for document, _ in new for key in _looked_up(document, alone=alone)}
    page = await store.records(RecordFilter(identifiers=tuple(sorted(keys))), limit=_MOST)
    inside = {document.id for document, _ in beside.read}
    stored = [document for document in page.documents if document.id not in inside]
    paths = Counter(document.path for document in stored)
    for document, blocks in new:
        for old in stored:
            shared = identity_keys(document) & identity_keys(old)
            same_path = old.path == document.path
            place = same_path and ((alone and paths[old.path] == 1) or old.source_id == document.source_id)
            if not shared and not place:
                continue
            other = beside.files.get(old.path, 0) > same_path or beside.holders.get(old.id, old.path) != old.path
            if not other and same_path and PurePath(old.path).is_absolute():
                found.earlier.setdefault(document.id, []).append(old)
                continue
            alike = old.language == document.language and await _alike(store, document, blocks, old)
            if not other and alike and old.media_type == document.media_type:
                found.earlier.setdefault(document.id, []).append(old)
            elif shared:
                found.beside.append(_told(document, old, shared, alike=alike))
    found.beside += _told_inside(new, beside.read)
    return found


def identity_keys(document: Document) -> set[str]:
    """Identifiers that one work has: those of the world, and the id that the source itself gave."""
    keys = {f"{scheme} {identifier_key(value)}" for scheme, value in document.identifiers.items() if scheme in _SCHEMES}
    name = PurePath(document.path).name
    if document.source_id != name and not document.source_id.startswith(f"{name}:"):
        keys.add(f"id {identifier_key(document.source_id)}")
    return keys


def _looked_up(document: Document, *, alone: bool) -> Iterator[str]:
    yield document.source_id
    yield from (value for scheme, value in document.identifiers.items() if scheme in _SCHEMES)
    if alone:
        yield document.path


def _told_inside(new: Sequence[Parsed], read: Sequence[Parsed]) -> list[str]:
    """What stands beside each other in one file; each pair is told once, of the later one."""
    ids = {document.id for document, _ in new}
    first: dict[tuple[str, str], Document] = {}
    told: dict[tuple[DocumentId, DocumentId], str] = {}
    for document, _ in read:
        for key in sorted(identity_keys(document)):
            original = first.setdefault((key, ""), document)
            other = first.setdefault((key, document.language), document)
            other = original if other.id == document.id else other
            if other.id != document.id and document.id in ids:
                told[document.id, other.id] = _told(document, other, {key})
    return list(told.values())


def _told(document: Document, other: Document, shared: set[str], *, alike: bool = False) -> str:
    named = f"{document.title!r} ({document.id}) has the same {min(shared)}"
    beside = f"{other.title!r} ({other.id}) of {other.path}"
    if document.language != other.language:
        return f"{named} as {beside}, in another language: both stay, as translations"
    if alike or _one_title(document, other):
        return (
            f"{named} as {beside}, another version: both stay; `jianxi documents delete ID` removes the one not to cite"
        )
    return f"{named} and another text as {beside}; both stay: `jianxi documents delete ID` removes the wrong one"


async def _alike(store: Store, document: Document, blocks: Sequence[Block], old: Document) -> bool:
    ((before, _),) = await store.content([old.id])
    new_text, old_text = _text(blocks), _text(before)
    if _one_title(document, old):
        return 3 * len(new_text) >= len(old_text)
    ours, theirs = _shingles(new_text), _shingles(old_text)
    return 2 * len(ours & theirs) >= len(ours | theirs)


def _one_title(document: Document, other: Document) -> bool:
    return record_key(document.title) == record_key(other.title) != ""


def _text(blocks: Sequence[Block]) -> str:
    return " ".join(" ".join(block.text.split()) for block in blocks)[:_COMPARED_CHARS]


def _shingles(text: str) -> set[str]:
    return {text[at : at + _SHINGLE] for at in range(max(1, len(text) - _SHINGLE + 1))}
