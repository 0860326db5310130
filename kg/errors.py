"""What can go wrong with the knowledge.

KnowledgeError
├── StoreUnavailable        the store cannot be reached now; names it and the cause
├── StoreLocked             another process holds what this one needs; names it
├── StorageFull             the disk is full; nothing of the transaction was kept
├── NotFound                no such document, passage, entity, relation or revision
├── VersionConflict         a change was made against an older version than the store has
├── Purged                  a revision cannot be undone, because what it removed was erased
├── InvalidChange           a change breaks the ontology or the graph; lists every problem
├── InvalidOntology         the domain's YAML is wrong; names file and line
├── InvalidMapping          a mapping file is wrong; names file and field
├── InvalidTable            a table is wrong; lists rows
└── UnreadableDocument      a file cannot be parsed
    ├── UnsupportedFormat   no parser for this kind of file, or it is mislabelled
    │   └── OtherUse        JSON or XML that holds no paper, such as settings; a job skips it
    ├── EncryptedDocument   a password is needed
    ├── DamagedDocument     truncated, random or broken content
    ├── EmptyDocument       no text in it
    └── OversizedDocument   over the size, page, memory or time limit
"""

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class KnowledgeError(Exception):
    """Something went wrong with the knowledge."""


def said(error: BaseException) -> str:
    """What an error of a library says, in one line: its kind, and the last line without a traceback."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[-1][:300]}" if lines else type(error).__name__


def is_want_of_memory(error: BaseException) -> bool:
    """Whether Python or a native library could not allocate what it wanted."""
    return isinstance(error, MemoryError) or tells_want_of_memory(str(error))


def tells_want_of_memory(told: str) -> bool:
    """Whether a native library says, in an error or as its last words, that it could not allocate what it wanted."""
    return any(words in told for words in ("bad_alloc", "allocate memory", "memory allocation of"))


class StoreUnavailable(KnowledgeError):
    """The store cannot be reached now."""


class StoreLocked(KnowledgeError):
    """Another process holds what this one needs."""


class StorageFull(KnowledgeError):
    """The disk is full."""


def is_full(error: BaseException) -> bool:
    """Whether the disk, or the part of it that the user may fill, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def when_full(told: str) -> Iterator[None]:
    """Raise StorageFull with these words where the disk is full."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise StorageFull(told) from error
        raise


class NotFound(KnowledgeError):
    """No such thing in the store."""

    def __init__(self, kind: str, id_: str) -> None:
        super().__init__(f"no {kind} {id_!r}")
        self.kind = kind
        self.id = id_


class VersionConflict(KnowledgeError):
    """A change was made against an older version than the store has."""

    def __init__(self, kind: str, id_: str, expected: int, actual: int, *, others: Sequence[str] = ()) -> None:
        also = f" (so did {', '.join(map(repr, others[:10]))}{' ...' if len(others) > 10 else ''})" if others else ""
        at = f"is at version {actual}" if actual else "is not there"
        super().__init__(f"{kind} {id_!r} {at}, the change expected {expected or 'none'}{also}; read it again")
        self.kind = kind
        self.id = id_
        self.expected = expected
        self.actual = actual
        self.others = tuple(others)


class Purged(KnowledgeError):
    """A revision cannot be undone, because what it removed was erased."""

    def __init__(self, revision: int, ids: Sequence[str] = ()) -> None:
        which = f"documents that it removed ({', '.join(map(repr, ids))})" if ids else "the documents that it names"
        super().__init__(f"revision {revision} cannot be undone: {which} were purged; ingest their files again")
        self.revision = revision


class Problems(KnowledgeError):
    """Several problems reported together."""

    def __init__(self, what: str, problems: Sequence[str]) -> None:
        shown = list(problems[:20])
        more = f"; and {len(problems) - 20} more" if len(problems) > 20 else ""
        super().__init__(f"{what}: " + "; ".join(shown) + more)
        self.problems = tuple(problems)


class InvalidChange(Problems):
    """A change breaks the ontology or the graph."""


class InvalidOntology(Problems):
    """The domain's YAML is wrong."""


class InvalidMapping(Problems):
    """A mapping file is wrong."""


class InvalidTable(Problems):
    """A table is wrong."""


class UnreadableDocument(KnowledgeError):
    """A file cannot be parsed."""

    def __init__(self, path: str, why: str, cure: str = "") -> None:
        super().__init__(f"{path}: {why}" + (f"; {cure}" if cure else ""))
        self.path = path
        self.why = why
        self.cure = cure


class UnsupportedFormat(UnreadableDocument):
    """No parser for this kind of file, or it is mislabelled."""


class OtherUse(UnsupportedFormat):
    """JSON or XML that holds no paper, such as the settings of a program."""


class EncryptedDocument(UnreadableDocument):
    """A password is needed."""


class DamagedDocument(UnreadableDocument):
    """Truncated, random or broken content."""


class EmptyDocument(UnreadableDocument):
    """No text in it."""


class OversizedDocument(UnreadableDocument):
    """Over the size, page, memory or time limit."""
