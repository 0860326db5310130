"""Commands on documents: ingest, list, show, delete, and the indexes made of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.home import app_of_home, on_app
from app.cli.output import MOST, AsJson, Out, fail, out_of
from kg.documents.file_names import shown

if TYPE_CHECKING:
    from app.bootstrap import App
    from app.ingestion.domain import Job
    from app.ingestion.jobs import Jobs

documents = typer.Typer(help="Documents of the library.", no_args_is_help=True)
index = typer.Typer(help="Indexes derived from the library.", no_args_is_help=True)


def ingest(
    paths: Annotated[
        list[Path], typer.Argument(help="Files or folders: PDF, JATS, PubMed, JSON, LaTeX, Markdown, HTML, DOCX, text.")
    ],
    engine: Annotated[str, typer.Option(help="`local` (processes on this machine) or `ray`.")] = "local",
    include: Annotated[
        list[str] | None, typer.Option(help="Pattern of names of files to take that are no documents; may be repeated.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show which files are new, changed, known or skipped; store nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ingest the documents among files; the same command resumes an interrupted run."""
    out = out_of(as_json)
    missing = [p for p in paths if not p.exists()]
    if missing:
        fail(f"no such file: {', '.join(map(shown, missing))}")
    if engine not in ("local", "ray"):
        fail(f"unknown engine {engine!r}; choose local or ray")
    if dry_run:
        asyncio.run(_show_selection(out, paths, include or ()))
        return
    summary = asyncio.run(_ingest(paths, engine, include or (), out))
    if as_json:
        out.json(summary)
    else:
        _tell(out, summary)
    if summary["status"] != "succeeded":
        raise typer.Exit(1)


async def _show_selection(out: Out, paths: list[Path], include: Sequence[str]) -> None:
    from app.ingestion.selection import selected
    from app.ingestion.stored_before import StoredBefore, stored_before
    from app.settings import Settings
    from kg.errors import EmptyDocument

    try:
        chosen = selected(paths, include)
    except EmptyDocument as error:
        fail(str(error))
    before = StoredBefore((), ())
    if Settings().home_path.exists():
        async with app_of_home() as app:
            before = await stored_before(app.store, app.files, chosen.files)
    marks = dict.fromkeys(before.known, "  = {}: known")
    marks |= dict.fromkeys(before.changed, "  ~ {}: changed since it was stored")
    lines = [marks.get(path, "  + {}").format(shown(path)) for path in chosen.files]
    told = (
        f"{len(chosen.files) - len(before.known)} files would be read, {len(before.changed)} of them in place of an "
        f"earlier version; {len(before.known)} are known, {len(chosen.skipped)} skipped; nothing is stored"
    )
    files, known, changed = (list(map(shown, some)) for some in (chosen.files, before.known, before.changed))
    out.tell(
        {"dry_run": True, "files": files, "known": known, "changed": changed, "skipped": chosen.told()},
        "\n".join([told, *lines, *_skipped_lines(chosen.told())]),
    )


def _skipped_lines(skipped: Sequence[dict[str, str]]) -> list[str]:
    from app.ingestion.domain import INCLUDE_CURE

    lines = [f"  - {one['path']}: skipped, {one['why']}" for one in skipped]
    return [*lines, f"    {INCLUDE_CURE}"] if lines else []


async def _ingest(paths: list[Path], engine: str, include: Sequence[str], out: Out) -> dict[str, Any]:
    from kg.errors import StoreLocked

    async with app_of_home(engine=engine) as app:
        jobs = await app.open_jobs()
        unfinished: list[str] = []
        try:
            unfinished = await jobs.start("an ingestion")
            for id_ in unfinished:
                out.note(f"resuming job {id_}, which was interrupted")
        except StoreLocked:
            await jobs.join()
            out.note("a service works on this home: it takes the job")
        job = await followed(jobs, await jobs.submit(paths, include=include), out)
        if job.status == "failed" and job.summary is None and job.id in unfinished:
            # It ended as it had before it was cut off; what stood in its way may be gone.
            job = await followed(jobs, await jobs.submit(paths, include=include), out)
    if job.summary is None:
        fail(f"job {job.id} {job.status}: {job.error or 'see the log'}; the same command resumes it")
    return {"job": job.id, "status": job.status, **job.summary}


async def followed(jobs: "Jobs", id_: str, out: Out) -> "Job":
    """The job once it has ended; bars tell how far it is."""
    with out.progress() as bars:
        async for job in jobs.follow(id_):
            bars.show("files", job.progress.files, job.progress.files_total)
            bars.show("passages embedded", job.progress.embedded, job.progress.to_embed)
    return job


def _tell(out: Out, summary: dict[str, Any]) -> None:
    files = summary["files"]
    if notice := summary.get("notice"):
        out.plain(notice)
    replaced = f"{summary['replaced']} replaced an earlier version; " if summary.get("replaced") else ""
    removed = f"{summary['removed']} are in their file no more and were removed; " if summary.get("removed") else ""
    out.plain(
        f"{summary['documents']} documents ({summary['passages']} passages) from {files['added']} files in "
        f"{summary['seconds']:.1f} s; {replaced}{removed}{summary['known']} were known; {files['failed']} files failed"
    )
    for failure in summary["failures"]:
        out.plain(f"  ✗ {failure['error'] or failure['path']}")
        for problem in failure["problems"]:
            out.plain(f"      {problem}")
    for warned in summary["warnings"]:
        for warning in warned["warnings"]:
            out.plain(f"  ! {warned['path']}: {warning}")
    for line in _skipped_lines(summary.get("skipped", ())):
        out.plain(line)


@documents.command("list")
@on_app
async def list_documents(
    app: "App",
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many.")] = 50,
    after: Annotated[str | None, typer.Option(help="Continue after this document id.")] = None,
    title: Annotated[list[str] | None, typer.Option(help="Word or phrase of the title; may be repeated.")] = None,
    author: Annotated[list[str] | None, typer.Option(help="Name of an author; may be repeated.")] = None,
    journal: Annotated[str | None, typer.Option(help="Name of the journal.")] = None,
    year_from: Annotated[int | None, typer.Option(min=0, max=3000, help="First year.")] = None,
    year_to: Annotated[int | None, typer.Option(min=0, max=3000, help="Last year.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the text, such as en.")] = None,
    identifier: Annotated[str | None, typer.Option(help="DOI, PMID or id in the source.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print every matching document as CSV, newest first.")] = False,
    as_json: AsJson = False,
) -> None:
    """List documents by id, or the matching ones, newest first."""
    from app.records import RecordSearch, csv_of, found_records
    from app.years import check_years
    from kg.domain import DocumentId

    check_years(year_from, year_to, field="--year-from")
    asked = RecordSearch(tuple(title or ()), tuple(author or ()), journal, year_from, year_to, language, identifier)
    total: int | None = None
    if asked.empty and not as_csv:
        found = await app.store.list_documents(after=DocumentId(after) if after else None, limit=limit)
    else:
        page = await found_records(app.store, asked, limit=None if as_csv else limit)
        found, total = page.documents, page.total
    out, rows = out_of(as_json), [asdict(d) for d in found]
    if as_csv:
        print(csv_of(rows), end="")
    elif as_json and total is not None:
        out.json({"documents": rows, "total": total})
    elif as_json:
        out.json({"documents": rows, "next": rows[-1]["id"] if len(rows) == limit else None})
    else:
        out.table(("id", "source_id", "year", "title"), rows)


@documents.command()
@on_app
async def show(
    app: "App",
    id_: Annotated[str, typer.Argument(metavar="ID", help="Id of the document or of its source.")],
    as_json: AsJson = False,
) -> None:
    """Show a document with its passages."""
    from app.ingestion.removal import document_named

    out, document = out_of(as_json), await document_named(app.store, id_)
    ((blocks, passages),) = await app.store.content([document.id])
    if as_json:
        shown = [{"id": p.id, "page": p.page, "heading_path": list(p.heading_path), "text": p.text} for p in passages]
        out.json({**asdict(document), "blocks": len(blocks), "passages": shown})
        return
    out.line(f"[bold]{document.title}[/bold]\n{', '.join(document.authors)} · {document.year or ''}")
    for passage in passages:
        out.line(f"\n[dim]{passage.id} · p. {passage.page or '-'} · {' > '.join(passage.heading_path)}[/dim]")
        out.text(passage.text)


@documents.command()
@on_app
async def delete(
    app: "App",
    names: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of documents or of their sources.")],
    purge: Annotated[
        bool,
        typer.Option(
            "--purge", help="Erase them for ever, also from history and stored answers; no undo restores them."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Delete documents, their files, and the facts that only they support."""
    if purge:
        done = await app.purge_documents(names, author="cli")
        left = f"in revision {int(done.revision)}" if done.revision else "before"
        out_of(as_json).tell(
            {"deleted": done.ids, "revision": int(done.revision), "purged": True, "answers": done.answers},
            f"purged {len(done.ids)} documents {left}, for ever; {done.answers} stored answers lost their words",
        )
        return
    ids, number = await app.delete_documents(names, author="cli")
    revision = int(number)
    out_of(as_json).tell(
        {"deleted": ids, "revision": revision, "purged": False, "answers": 0},
        f"deleted {len(ids)} documents in revision {revision}; `jianxi kg undo {revision}` restores them, "
        "`--purge` erases them",
    )


@index.command()
@on_app
async def status(app: "App", as_json: AsJson = False) -> None:
    """Report the revision of each index and whether it is out of date."""
    state = asdict(await app.indexes.status())
    out_of(as_json).tell(state, "\n".join(f"{key.replace('_', ' ')}: {value}" for key, value in state.items()))


@index.command()
@on_app
async def rebuild(app: "App", as_json: AsJson = False) -> None:
    """Rebuild the indexes from the library."""
    out = out_of(as_json)
    with out.progress() as bars:
        await app.indexes.rebuild(bars.show)
    state = asdict(await app.indexes.status())
    out.tell(state, "rebuilt: " + ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in state.items()))
