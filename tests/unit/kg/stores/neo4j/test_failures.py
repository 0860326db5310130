"""Every error of the driver becomes one of ours, with its cause."""

import pytest
from neo4j import exceptions

from kg.errors import KnowledgeError, StorageFull, StoreLocked, StoreUnavailable
from kg.stores.neo4j.failures import translated

_ALL = sorted(
    name
    for name in exceptions.__all__
    if isinstance(cls := getattr(exceptions, name), type)
    and issubclass(cls, (exceptions.Neo4jError, exceptions.DriverError))
)
_RESULT_ERRORS = {n for n in _ALL if issubclass(getattr(exceptions, n), exceptions.ResultError)}
_TRANSACTION_ERRORS = {n for n in _ALL if issubclass(getattr(exceptions, n), exceptions.TransactionError)}
_SESSION_ERRORS = {"SessionError"}


def _made(name: str) -> Exception:
    cls = getattr(exceptions, name)
    if name in _RESULT_ERRORS | _TRANSACTION_ERRORS | _SESSION_ERRORS:
        error: Exception = cls(None, "it went wrong")
    else:
        error = cls("it went wrong")
    return error


def _of_code(code: str, message: str = "it went wrong") -> exceptions.Neo4jError:
    return exceptions.Neo4jError._hydrate_neo4j(code=code, message=message)


def _told(error: Exception, *, writing: bool = False) -> KnowledgeError:
    with pytest.raises(KnowledgeError) as told, translated("host:7687", writing=writing):
        raise error
    assert told.value.__cause__ is error
    assert "host:7687" in str(told.value)
    return told.value


@pytest.mark.parametrize("name", _ALL)
def test_every_error_of_the_driver_is_told_as_ours(name: str) -> None:
    _told(_made(name))


@pytest.mark.parametrize(
    "name",
    [
        *("ServiceUnavailable", "SessionExpired", "ConnectionAcquisitionTimeoutError", "IncompleteCommit", "AuthError"),
        *("RoutingServiceUnavailable", "DatabaseUnavailable", "ConfigurationError", "UnsupportedServerProduct"),
    ],
)
def test_a_server_that_is_away_or_refuses_is_unavailable(name: str) -> None:
    assert type(_told(_made(name))) is StoreUnavailable


@pytest.mark.parametrize(
    ("code", "message", "writing", "told"),
    [
        ("Neo.ClientError.Security.Unauthorized", "no", False, StoreUnavailable),
        ("Neo.ClientError.Security.AuthenticationRateLimit", "no", False, StoreUnavailable),
        ("Neo.TransientError.Transaction.DeadlockDetected", "no", True, StoreLocked),
        ("Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration", "no", True, StoreLocked),
        ("Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration", "no", False, StoreUnavailable),
        ("Neo.ClientError.Schema.ConstraintValidationFailed", "already exists", True, StoreLocked),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "no", True, StoreUnavailable),
        ("Neo.DatabaseError.Transaction.TransactionCommitFailed", "No space left on device", True, StorageFull),
        ("Neo.DatabaseError.General.UnknownError", "no", False, StoreUnavailable),
        ("Neo.ClientError.Statement.SyntaxError", "no", False, KnowledgeError),
    ],
)
def test_the_code_of_the_server_decides(code: str, message: str, writing: bool, told: type[KnowledgeError]) -> None:
    assert type(_told(_of_code(code, message), writing=writing)) is told


def test_errors_of_the_network_are_unavailability() -> None:
    assert type(_told(ConnectionRefusedError("refused"))) is StoreUnavailable
    assert type(_told(TimeoutError())) is StoreUnavailable


def test_errors_that_are_not_of_the_driver_pass() -> None:
    with pytest.raises(ZeroDivisionError), translated("host:7687"):
        raise ZeroDivisionError
