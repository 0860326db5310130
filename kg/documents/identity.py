"""Stable ids of documents and passages."""

import hashlib

from kg.domain import DocumentId, PassageId


def content_hash_of(data: bytes) -> str:
    """The SHA-256 of a file's or record's bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def document_id(content_hash: str, given_id: str = "") -> DocumentId:
    """Twenty hex digits from the content and the id that the source itself gave, if it gave one.

    A file name is no such id: the same bytes under two names are one document.
    """
    return DocumentId(hashlib.sha256(f"{content_hash}\n{given_id}".encode()).hexdigest()[:20])


def passage_id(document: DocumentId, ordinal: int) -> PassageId:
    """The document's id with the passage's place in it; sorts in reading order."""
    return PassageId(f"{document}-{ordinal:05d}")
