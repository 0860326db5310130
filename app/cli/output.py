"""What a command prints: JSON or text to stdout, notes and progress to stderr."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

MOST = 2**31 - 1
"""The largest whole number that every store keeps."""
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


class Bars:
    """Progress bars by name; a bar appears when its total is known."""

    def __init__(self, progress: Any) -> None:
        self._progress = progress
        self._bars: dict[str, Any] = {}

    def show(self, name: str, done: int, total: int) -> None:
        """Move a bar."""
        if not total:
            return
        if name not in self._bars:
            self._bars[name] = self._progress.add_task(name, total=total)
        self._progress.update(self._bars[name], completed=done, total=total)


class Out:
    """The two streams of a command."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json

    def tell(self, value: Mapping[str, Any], text: str) -> None:
        """Print the JSON document where it is asked for, else the text."""
        if self._as_json:
            self.json(value)
        else:
            _console(soft_wrap=True).print(text, markup=False)

    def json(self, value: Mapping[str, Any]) -> None:
        """Print one JSON document."""
        typer.echo(json.dumps(value, ensure_ascii=False, indent=2))

    def line(self, text: str) -> None:
        """Print a line for people; rich markup is understood."""
        _console(soft_wrap=True).print(text)

    def plain(self, text: str) -> None:
        """Print a line as it is, without markup, uncut."""
        _console(soft_wrap=True).print(text, markup=False)

    def text(self, text: str) -> None:
        """Print text as it is, without markup."""
        _console().print(text, markup=False)

    def note(self, text: str) -> None:
        """Print a note on stderr, beside the result."""
        typer.echo(text, err=True)

    def table(self, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
        """Print a table; its cells are text without markup."""
        from rich.markup import escape
        from rich.table import Table

        names = list(columns)
        table = Table(*names, header_style="bold", box=None)
        for row in rows:
            table.add_row(*("" if row.get(n) is None else escape(str(row[n])) for n in names))
        _console().print(table)

    @contextmanager
    def progress(self) -> Iterator[Bars]:
        """Bars on stderr while the block runs."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=_console(stderr=True), transient=True) as progress:
            yield Bars(progress)


def out_of(as_json: bool) -> Out:
    """The streams of a command."""
    return Out(as_json)


def _console(**options: Any) -> "Console":
    from rich.console import Console

    return Console(highlight=False, **options)


def fail(why: str) -> NoReturn:
    """End the command with an error on stderr."""
    typer.secho(f"jianxi: {why}", fg="red", err=True)
    raise typer.Exit(1)
