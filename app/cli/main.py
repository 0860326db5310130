"""The root of the command line."""

import io
import os
import sys
from importlib.metadata import entry_points
from typing import Annotated

import typer

from app.cli import ask as asking
from app.cli import demo as showing
from app.cli import doctor as checking
from app.cli import documents as filing
from app.cli import keys as keeping
from app.cli import serve as serving
from app.cli.kg import kg

root = typer.Typer(
    name="jianxi",
    help="Jianxi 间隙 answers a laboratory's questions from its papers and its knowledge graph, with evidence.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
root.command()(showing.demo)
root.command()(checking.init)
root.command()(checking.doctor)
root.command()(serving.serve)
root.command(hidden=True)(serving.work)
root.command()(filing.ingest)
root.add_typer(filing.documents, name="documents")
root.add_typer(filing.index, name="index")
root.command()(asking.ask)
root.command()(asking.search)
root.command()(asking.replay)
root.add_typer(kg, name="kg")
root.add_typer(keeping.keys, name="keys")
for _floor in sorted(entry_points(group="jianxi.commands"), key=lambda e: e.name):
    root.add_typer(_floor.load(), name=_floor.name)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("jianxi"))
        raise typer.Exit


@root.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of every command."""
    from app.settings import send_no_reports

    send_no_reports()


def main() -> None:
    """Run a command; an expected error prints one line on stderr and ends with exit code 1.

    What it writes only its own user may read: the home holds papers and questions.
    """
    os.umask(0o077)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        root()
    except Exception as error:
        line = _one_line(error)
        if line is None:
            raise
        typer.secho(f"jianxi: {line}", fg="red", err=True)
        sys.exit(1)


def _one_line(error: Exception) -> str | None:
    from pydantic import ValidationError

    from app.errors import AppError
    from app.settings import refusal
    from kg.errors import KnowledgeError
    from models.errors import ModelError
    from retrieval.errors import RetrievalError

    if isinstance(error, AppError | KnowledgeError | ModelError | RetrievalError):
        return str(error)
    if isinstance(error, ValidationError):
        return refusal(error)
    return None
