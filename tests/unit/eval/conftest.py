"""What the tests of measuring share."""

import logging
from collections.abc import Iterator

import pytest

from app.settings import Settings
from eval.runs import EvalRuns


@pytest.fixture(autouse=True)
def _no_log_of_an_earlier_command() -> Iterator[None]:
    """The jobs' library keeps the stderr of the command that used it first, which a test's runner then closes."""
    yield
    logging.getLogger("dbos").handlers.clear()


@pytest.fixture
def kept() -> EvalRuns:
    """The runs of the test's own home."""
    return EvalRuns(Settings().home_path / "eval" / "runs")
