"""The commands that ask: ``ask``, ``search`` and ``replay``."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.home import with_app
from app.cli.output import AsJson, fail, out_of

if TYPE_CHECKING:
    from app.answering.domain import AnswerRequest, Event
    from app.bootstrap import App
    from retrieval.domain import Filters, Query

_MODES = ("hybrid", "dense", "lexical", "graph")


def _mode(value: str) -> str:
    if value not in _MODES:
        raise typer.BadParameter(f"unknown mode {value!r}; choose one of {', '.join(_MODES)}")
    return value


ModeOption = Annotated[str, typer.Option("--mode", callback=_mode, help="hybrid, dense, lexical or graph.")]
CountOption = Annotated[int, typer.Option("-k", min=1, max=50, help="How many passages.")]
DocumentOption = Annotated[list[str] | None, typer.Option("--document", help="Only this document (repeatable).")]
EntityOption = Annotated[list[str] | None, typer.Option("--entity", help="Only about this entity's id (repeatable).")]
GradeOption = Annotated[list[str] | None, typer.Option("--grade", help="Only this evidence grade (repeatable).")]
FromOption = Annotated[int | None, typer.Option("--from", help="First year.")]
ToOption = Annotated[int | None, typer.Option("--to", help="Last year.")]
LanguageOption = Annotated[str | None, typer.Option("--source-language", help="Only sources in zh or en.")]


def ask(
    question: Annotated[str, typer.Argument(help="The question, in Chinese or English.")],
    mode: ModeOption = "hybrid",
    k: CountOption = 8,
    adapter: Annotated[str | None, typer.Option("--adapter", help="An adapter of the chat model.")] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="Language of the answer, such as zh or en.")
    ] = None,
    unsupported: Annotated[str | None, typer.Option("--unsupported", help="drop or mark what has no support.")] = None,
    temperature: Annotated[float | None, typer.Option("--temperature", min=0, max=2)] = None,
    document: DocumentOption = None,
    entity: EntityOption = None,
    grade: GradeOption = None,
    year_from: FromOption = None,
    year_to: ToOption = None,
    source_language: LanguageOption = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question; every sentence carries its evidence."""
    from app.answering.domain import AnswerRequest, Parameters, Policy
    from app.answering.messages import languages
    from retrieval.domain import Mode

    if unsupported not in (None, "drop", "mark"):
        raise typer.BadParameter("--unsupported is drop or mark")
    if language is not None and language not in languages():
        raise typer.BadParameter(f"--language is one of {', '.join(sorted(languages()))}")
    request = AnswerRequest(
        question=question,
        mode=Mode(mode),
        k=k,
        filters=_filters(document, entity, grade, year_from, year_to, source_language),
        adapter=adapter,
        language=language,
        parameters=Parameters(temperature=temperature),
        policy=Policy(unsupported) if unsupported else None,
    )
    with_app(lambda app: _ask(app, request, as_json))


def search(
    query: Annotated[str, typer.Argument(help="What to look for, in Chinese or English.")],
    mode: ModeOption = "hybrid",
    k: CountOption = 8,
    document: DocumentOption = None,
    entity: EntityOption = None,
    grade: GradeOption = None,
    year_from: FromOption = None,
    year_to: ToOption = None,
    source_language: LanguageOption = None,
    as_json: AsJson = False,
) -> None:
    """Find passages and facts, without a language model."""
    from retrieval.domain import Mode, Query

    filters = _filters(document, entity, grade, year_from, year_to, source_language)
    with_app(lambda app: _search(app, Query(text=query, mode=Mode(mode), k=k, filters=filters), as_json))


def replay(run: Annotated[str, typer.Argument(help="The run's id.")], as_json: AsJson = False) -> None:
    """Build the evidence and the prompt of a run again and report what differs."""
    with_app(lambda app: _replay(app, run, as_json))


def _filters(
    documents: list[str] | None,
    entities: list[str] | None,
    grades: list[str] | None,
    year_from: int | None,
    year_to: int | None,
    language: str | None,
) -> "Filters":
    from kg.domain import EntityId
    from retrieval.domain import Filters

    return Filters(
        document_ids=tuple(documents or ()),
        year_from=year_from,
        year_to=year_to,
        language=language,
        entity_ids=tuple(EntityId(e) for e in entities or ()),
        grades=tuple(grades or ()),
    )


async def _ask(app: "App", request: "AnswerRequest", as_json: bool) -> None:
    from app.cli.answer_page import show_answer

    answering = await app.answering()
    last: Event | None = None
    with _Waiting(as_json) as waiting:
        async for event in answering.ask(request):
            waiting.see(event)
            last = event
    if last is None or last.name != "done":
        fail(str(last.data.get("message", "the run ended without an answer")) if last else "no answer")
    if as_json:
        out_of(True).json(dict(last.data))
    else:
        show_answer(dict(last.data))


async def _search(app: "App", query: "Query", as_json: bool) -> None:
    from app.cli.answer_page import show_results
    from app.found import found_view

    pack = await app.retriever.retrieve(query)
    if as_json:
        out_of(True).json(found_view(pack))
    else:
        show_results(found_view(pack), pack.language)


async def _replay(app: "App", run: str, as_json: bool) -> None:
    replayed = await (await app.answering()).replay(run)
    differences = [{"field": d.field, "then": d.then, "now": d.now} for d in replayed.differences]
    if as_json:
        out_of(True).json({"run": run, "same": replayed.same, "differences": differences, "manifest": replayed.now})
        return
    out = out_of(False)
    out.line("[green]same evidence and prompt[/]" if replayed.same else "[red]not the same[/]")
    for difference in replayed.differences:
        out.text(f"{difference.field}: {difference.then} -> {difference.now}")


class _Waiting:
    """A status line on stderr until the answer arrives."""

    def __init__(self, quiet: bool) -> None:
        from rich.console import Console

        self._console = Console(stderr=True)
        self._quiet = quiet or not self._console.is_terminal
        self._status: Any = None
        self._tell: Callable[[str], None] = lambda _: None

    def __enter__(self) -> "_Waiting":
        if not self._quiet:
            self._status = self._console.status("…")
            self._status.start()
            self._tell = self._status.update
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def see(self, event: "Event") -> None:
        """Show the stage of the run."""
        from app.answering.messages import messages_in

        if event.name == "retrieval":
            evidence = event.data.get("evidence")
            count = len(evidence) if isinstance(evidence, list) else 0
            words = messages_in(str(event.data.get("language")))
            self._tell(words.page["found"].replace("{}", str(count)))
