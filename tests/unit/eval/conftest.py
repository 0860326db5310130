"""What the tests of measuring share."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _no_log_of_an_earlier_command() -> Iterator[None]:
    """The jobs' library keeps the stderr of the command that used it first, which a test's runner then closes."""
    yield
    logging.getLogger("dbos").handlers.clear()
