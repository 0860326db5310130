"""The command ``demo``: load the sample and answer its questions."""

import asyncio
from typing import Annotated

import typer

from app.cli.output import out_of


def demo(
    extractive: Annotated[bool, typer.Option("--extractive", help="Do not use the embedded chat model.")] = False,
) -> None:
    """Load the domain's sample knowledge base and answer its example questions from it."""
    from app.cli.doctor import fetch_weights
    from models.errors import WeightsCorrupt, WeightsMissing

    out = out_of(False)
    if not extractive:
        try:
            fetch_weights()
        except (WeightsMissing, WeightsCorrupt) as error:
            out.note(f"no weights for the embedded chat model ({error}); answers are made of evidence sentences")
    asyncio.run(_demo(extractive))


async def _demo(extractive: bool) -> None:
    from app.answering.domain import AnswerRequest
    from app.bootstrap import build
    from app.cli.answer_page import show_answer
    from app.cli.documents import followed
    from app.cli.output import fail
    from app.settings import Settings
    from kg.tables.mapping import load_mapping
    from kg.tables.table_import import import_tables

    out = out_of(False)
    settings = Settings()
    if extractive:
        settings = settings.model_copy(update={"chat": "extractive"})
    async with build(settings) as app:
        sample = app.domain.sample
        if sample is None:
            fail(f"the domain {app.domain.name} has no sample; put one beside its domain.yaml (see docs/domain.md)")
        stats = await app.store.stats()
        folder = sample / "graph"
        if not stats.entities and folder.is_dir():
            mapping = load_mapping(folder / "mapping.yaml")
            await import_tables(app.store, folder, mapping, app.domain.ontology, author="demo")
        jobs = await app.open_jobs()
        await jobs.start("a demo")
        await followed(jobs, await jobs.submit([sample / "documents"], author="demo"), out)
        stats = await app.store.stats()
        out.line(
            f"[bold]Sample knowledge base[/bold]: {stats.documents} documents, {stats.passages} passages, "
            f"{sum(stats.entities.values())} entities, {sum(stats.relations.values())} relations"
        )
        chat = await app.chat()
        out.line(f"[bold]Chat model[/bold]: {chat.name} ({chat.kind}), because {chat.why}\n")
        answering = await app.answering()
        for question in app.domain.questions:
            events = [event async for event in answering.ask(AnswerRequest(question))]
            if events[-1].name != "done":
                fail(f"{question} ended with {dict(events[-1].data)}")
            show_answer(dict(events[-1].data))
    out.line(
        'Ask your own: [bold].venv/bin/jianxi ask "..."[/bold]   Serve the page and the API: [bold]make serve[/bold]'
    )
