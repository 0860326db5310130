"""The database of the jobs, which DBOS keeps: how it is opened, and its errors as ours."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from sqlalchemy import make_url

from app.state.database import POSTGRES
from kg.errors import KnowledgeError, StorageFull, StoreUnavailable
from models.errors import ModelError
from retrieval.errors import RetrievalError

_FULL = "the disk with the jobs' database is full; free space and try again"
STATUS = {
    "SUCCESS": "succeeded",
    "ERROR": "failed",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
    "CANCELLED": "cancelled",
    "PENDING": "running",
}
"""The statuses of DBOS that a job has, as ours."""


def configuration(url: str, version: str) -> Any:
    """How the process that works opens it."""
    from dbos import DBOSConfig, DBOSPortableJSONSerializer

    return DBOSConfig(
        name="jianxi",
        system_database_url=impatient(url),
        application_version=version,
        console_log_level="CRITICAL",
        log_level="ERROR",
        serializer=DBOSPortableJSONSerializer(),
        use_listen_notify=False,
    )


def imported_dbos() -> ModuleType:
    """DBOS, imported; for the thread of the event loop alone.

    Of two threads that import SQLAlchemy at once each sees half of it, and routes import it on that thread.
    """
    import dbos
    import sqlalchemy.dialects.sqlite  # noqa: F401  # its first connection would import it

    return dbos


def client_of(dbos: ModuleType, url: str) -> Any:
    """What reads it and leaves jobs in it from any other process.

    It raises where the database is away: DBOS would hold the calling thread, at last for a minute between two tries.
    """
    logging.getLogger("dbos").setLevel(logging.CRITICAL)  # its errors hold statements with their values
    return dbos.DBOSClient(
        system_database_url=impatient(url), serializer=dbos.DBOSPortableJSONSerializer(), retry_connection_errors=False
    )


def impatient(url: str) -> str:
    """The URL with the time limits of the state's connections, unless it sets others.

    The system notices a server that vanished, with its machine for example, after a quarter of an hour.
    """
    if url.startswith("sqlite"):
        return url
    limits = {name: str(value) for name, value in POSTGRES.items()}
    parts = make_url(url)
    return parts.update_query_dict({**limits, **parts.query}).render_as_string(hide_password=False)


def in_one_line(error: BaseException) -> str:
    """An own error unchanged; an error of the jobs' database in one line."""
    if isinstance(error, KnowledgeError | ModelError | RetrievalError):
        return str(error)
    first = (str(error).strip().splitlines() or [""])[0]
    return _FULL if "disk is full" in first else f"{type(error).__name__}: {first}"


@contextmanager
def told_as_ours(url: str) -> Iterator[None]:
    """Raise errors of the database as StorageFull or StoreUnavailable with their cure."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except SQLAlchemyError as error:
        said = in_one_line(error)
        if said == _FULL:
            raise StorageFull(said) from error
        where, broken = url.split("@")[-1], "not a database" in said or "malformed" in said
        cure = "restore it from a copy, or move it away: jobs are then forgotten" if broken else "check that it exists"
        raise StoreUnavailable(f"the jobs' database {where} cannot be used: {said}; {cure}") from error
