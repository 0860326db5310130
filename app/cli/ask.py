"""The commands that ask: ``ask``, ``search`` and ``replay``."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import on_app
from app.cli.output import AsJson, fail, out_of

if TYPE_CHECKING:
    from app.answering.domain import Event
    from app.bootstrap import App
    from retrieval.domain import Filters

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
FromOption = Annotated[int | None, typer.Option("--from", min=0, max=3000, help="First year.")]
ToOption = Annotated[int | None, typer.Option("--to", min=0, max=3000, help="Last year.")]
LanguageOption = Annotated[str | None, typer.Option("--source-language", help="Only sources in zh or en.")]


@on_app
async def ask(
    app: "App",
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
    from rich.console import Console

    from app.answering.domain import AnswerRequest, Parameters, Policy
    from app.answering.messages import languages
    from app.cli.answer_page import show_answer
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
    answering = await app.answering()
    last: Event | None = None
    with Console(stderr=True, quiet=as_json).status("…") as waiting:
        async for event in answering.ask(request):
            if event.name == "retrieval":
                waiting.update(_found(event))
            last = event
    if last is None or last.name != "done":
        fail(str(last.data.get("message", "the run ended without an answer")) if last else "no answer")
    if as_json:
        out_of(True).json(dict(last.data))
    else:
        show_answer(dict(last.data))


@on_app
async def search(
    app: "App",
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
    from app.cli.answer_page import show_results
    from app.found import found_view
    from retrieval.domain import Mode, Query

    filters = _filters(document, entity, grade, year_from, year_to, source_language)
    pack = await app.retriever.retrieve(Query(text=query, mode=Mode(mode), k=k, filters=filters))
    if as_json:
        out_of(True).json(found_view(pack))
    else:
        show_results(found_view(pack), pack.language)


@on_app
async def replay(
    app: "App", run: Annotated[str, typer.Argument(help="The run's id.")], as_json: AsJson = False
) -> None:
    """Build the evidence and the prompt of a run again and report what differs."""
    out, replayed = out_of(as_json), await (await app.answering()).replay(run)
    if as_json:
        differences = [{"field": d.field, "then": d.then, "now": d.now} for d in replayed.differences]
        out.json({"run": run, "same": replayed.same, "differences": differences, "manifest": replayed.now})
        return
    out.line("[green]same evidence and prompt[/]" if replayed.same else "[red]not the same[/]")
    for difference in replayed.differences:
        out.text(f"{difference.field}: {difference.then} -> {difference.now}")


def _filters(
    documents: list[str] | None,
    entities: list[str] | None,
    grades: list[str] | None,
    year_from: int | None,
    year_to: int | None,
    language: str | None,
) -> "Filters":
    from app.years import check_years
    from kg.domain import EntityId
    from retrieval.domain import Filters

    check_years(year_from, year_to, field="--from")
    return Filters(
        document_ids=tuple(documents or ()),
        year_from=year_from,
        year_to=year_to,
        language=language,
        entity_ids=tuple(EntityId(e) for e in entities or ()),
        grades=tuple(grades or ()),
    )


def _found(event: "Event") -> str:
    """How much was found, in the language of the run."""
    from app.answering.messages import messages_in

    evidence = event.data.get("evidence")
    words = messages_in(str(event.data.get("language")))
    return words.page["found"].replace("{}", str(len(evidence) if isinstance(evidence, list) else 0))
