"""The reference pages of docs/, made from the program itself: ``python -m app.reference`` writes them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.settings import Settings

FOLDER = Path(__file__).resolve().parents[1] / "docs"
_ROUTES = "## All routes\n"
"""What begins the generated part of api.md; the examples above it are written by hand."""


def settings_page() -> str:
    """Every setting: variable, default, meaning."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, ()) else f"`{field.default}`"
        rows.append(f"| `JIANXI_{name.upper()}` | {default} | {field.description} |")
    head = [
        "# Settings",
        "",
        "Environment variables, read once at the start.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def commands_page() -> str:
    """Every command with its arguments and options."""
    from typer.main import get_command

    from app.cli.main import root

    lines = ["# Commands", "", "Every reading command takes `--json`."]
    for path, command in _commands(get_command(root), ("jianxi",)):
        lines += ["", f"## {' '.join(path)}", "", command.help or ""]
        rows = [row for parameter in command.params if (row := _parameter(parameter))]
        if rows:
            lines += ["", *rows]
    return "\n".join(lines) + "\n"


def api_page() -> str:
    """The examples as they are written, then every route with the role that it needs."""
    from app.http.access import ROLES
    from app.http.api import create_api

    written = (FOLDER / "api.md").read_text(encoding="utf-8").partition(_ROUTES)[0]
    described = create_api(Settings()).openapi()["paths"]
    lines = [_ROUTES, "`open` routes need no key.", "", "| method | path | role | what |", "|---|---|---|---|"]
    for (method, path), role in ROLES.items():
        about = described.get(path, {}).get(method.lower(), {}).get("description", "")
        lines.append(f"| {method} | `{path}` | {role} | {about.splitlines()[0] if about else ''} |")
    return written + "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Text by file name."""
    return {"settings.md": settings_page(), "commands.md": commands_page(), "api.md": api_page()}


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name, each in inner.items():
        if not each.hidden:
            yield from _commands(each, (*path, name))


def _parameter(parameter: Any) -> str:
    if parameter.name == "help" or getattr(parameter, "hidden", False):
        return ""
    names = (
        ", ".join(parameter.opts)
        if parameter.param_type_name == "option"
        else (parameter.metavar or parameter.name.upper())
    )
    return f"- `{names}` {getattr(parameter, 'help', None) or ''}".rstrip()


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
