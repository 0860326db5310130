"""Translates errors of the Neo4j driver into KnowledgeErrors with cause and cure."""

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j import exceptions as driver

from kg.errors import KnowledgeError, StorageFull, StoreLocked, StoreUnavailable

_FULL = ("no space left", "disk full", "not enough disk space", "insufficient disk")
_LOCKED = ("DeadlockDetected", "LockAcquisitionTimeout", "LockClientStopped")
_LATE = ("TransactionTimedOut", "Terminated")


@contextmanager
def translated(where: str, *, writing: bool = False, network: bool = True) -> Iterator[None]:
    """Raise a KnowledgeError for an error of the driver; ``where`` is the store's address without its password.

    With ``network``, errors of the operating system count as errors of the connection too.
    """
    kinds = (driver.Neo4jError, driver.DriverError, *((OSError,) if network else ()))
    try:
        yield
    except kinds as error:
        raise translation(error, where, writing=writing) from error


def translation(error: Exception, where: str, *, writing: bool = False) -> KnowledgeError:
    """The KnowledgeError for an error of the driver."""
    what = _brief(error)
    if isinstance(error, driver.Neo4jError):
        return _of_server(error, where, what, writing)
    if isinstance(error, driver.IncompleteCommit):
        return StoreUnavailable(
            f"Neo4j at {where} went away while committing ({what}): whether it was kept is not known, "
            "read the latest revision before you repeat it"
        )
    if isinstance(error, driver.ConnectionPoolError):
        return StoreUnavailable(f"Neo4j at {where} gave no free connection in time ({what}): try again in a moment")
    if isinstance(error, TimeoutError) and writing:
        return _busy(where)
    if isinstance(error, TimeoutError):
        return StoreUnavailable(f"Neo4j at {where} did not answer in time: see whether it is overloaded, try again")
    if isinstance(error, driver.ConfigurationError):
        return StoreUnavailable(f"the store's address {where} is not usable ({what}): write bolt://HOST:PORT")
    if isinstance(error, driver.ServiceUnavailable | driver.SessionExpired | OSError):
        return StoreUnavailable(
            f"Neo4j at {where} cannot be reached ({what}): see whether it runs and whether host and port are right"
        )
    return KnowledgeError(f"the exchange with Neo4j at {where} failed ({what}): this is a fault of the program")


def _of_server(error: driver.Neo4jError, where: str, what: str, writing: bool) -> KnowledgeError:
    code = error.code or ""
    if any(sign in str(error).lower() for sign in _FULL):
        return StorageFull(f"the disk of Neo4j at {where} is full, nothing was kept: make room and do it again")
    if isinstance(error, driver.AuthError) or ".Security." in code:
        return StoreUnavailable(
            f"Neo4j at {where} refused the login ({what}): check user and password of the store's address"
        )
    if any(sign in code for sign in _LOCKED) or isinstance(error, driver.ConstraintError):
        return StoreLocked(f"another writer holds what this one needs in Neo4j at {where} ({what}): do it again")
    if any(sign in code for sign in _LATE):
        if writing:
            return _busy(where)
        return StoreUnavailable(
            f"Neo4j at {where} did not answer in time: ask for less, or see whether it is overloaded"
        )
    if "OutOfMemory" in code or "Memory" in code:
        return StoreUnavailable(f"Neo4j at {where} has not enough memory ({what}): give it a larger heap")
    if isinstance(error, driver.TransientError):
        return StoreUnavailable(f"Neo4j at {where} cannot serve this now ({what}): try again in a moment")
    if isinstance(error, driver.DatabaseError):
        return StoreUnavailable(f"Neo4j at {where} has a fault ({what}): see its log, restart it")
    return KnowledgeError(f"Neo4j at {where} refused a statement ({what}): it needs Neo4j 5.26 or later")


def _busy(where: str) -> StoreLocked:
    return StoreLocked(
        f"Neo4j at {where} did not let this write in: another one, such as an import, is under way; "
        "try again when it has ended"
    )


def _brief(error: Exception) -> str:
    if isinstance(error, driver.Neo4jError):
        return f"{error.code}: {(error.message or '').splitlines()[0][:200] if error.message else ''}"
    text = str(error).splitlines()
    return f"{type(error).__name__}: {text[0][:200]}" if text else type(error).__name__
