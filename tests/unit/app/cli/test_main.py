"""What holds for every command."""

from typing import Any, cast

import pytest
from langsmith.utils import get_env_var, tracing_is_enabled
from typer.testing import CliRunner

from app.cli.main import root


@pytest.mark.parametrize("command", ["ask", "eval judge", "eval prompts", "eval claims", "kg find"])
def test_no_command_sends_its_prompts_to_the_makers_of_libraries(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    cast("Any", get_env_var).cache_clear()

    assert CliRunner().invoke(root, [*command.split(), "--help"]).exit_code == 0

    assert not tracing_is_enabled()
