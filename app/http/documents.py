"""Routes of documents and of ingestion jobs."""

import asyncio
import re
import shutil
import tempfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, UploadFile

from app.errors import InvalidRequest
from app.home_folder import writing_in
from app.http import responses as out
from app.http.access import Asking, GuardedRoute, Served, Work, caller_of
from app.http.parameters import Id, Number, Text
from app.http.views import job_view
from app.ingestion.removal import document_named
from app.records import RecordSearch, found_records
from app.years import check_years
from kg.documents.file_names import cut_to_bytes
from kg.domain import DocumentId
from kg.errors import OversizedDocument

router = APIRouter(route_class=GuardedRoute, prefix="/v1", tags=["documents"], dependencies=[Depends(caller_of)])
_PIECE = 2**20
_FILES_AT_ONCE = 100
_WESTERN = re.compile("[\x80-\xff]{4}")


@router.get("/documents", response_model=out.Documents, response_model_exclude_unset=True)
async def list_documents(
    app: Served,
    after: Annotated[Text | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Number = 0,
    title: Annotated[list[Text] | None, Query(max_length=20)] = None,
    author: Annotated[list[Text] | None, Query(max_length=20)] = None,
    journal: Annotated[Text | None, Query(max_length=500)] = None,
    year_from: Annotated[int | None, Query(ge=0, le=3000)] = None,
    year_to: Annotated[int | None, Query(ge=0, le=3000)] = None,
    language: Literal["zh", "en"] | None = None,
    identifier: Annotated[Text | None, Query(max_length=500)] = None,
) -> dict[str, Any]:
    """Documents by id, paged by ``after``; or matching ones, newest first, paged by ``offset``, with their total."""
    asked = RecordSearch(tuple(title or ()), tuple(author or ()), journal, year_from, year_to, language, identifier)
    check_years(year_from, year_to, field="query.year_from")
    if after and not asked.empty:
        raise InvalidRequest(
            "wrong_page", "after: pages of matching documents are asked for by offset", field="query.after"
        )
    if offset and asked.empty:
        raise InvalidRequest(
            "wrong_page", "offset: pages of all documents are asked for by after", field="query.offset"
        )
    if not asked.empty:
        page = await found_records(app.store, asked, limit=limit, offset=offset)
        more = offset + len(page.documents) < page.total
        return {"documents": page.documents, "total": page.total, "next": offset + limit if more else None}
    found = await app.store.list_documents(after=DocumentId(after) if after else None, limit=limit)
    return {"documents": found, "next": found[-1].id if len(found) == limit else None}


@router.post("/documents", response_model=out.JobRow, status_code=202)
async def upload(
    request: Request,
    app: Served,
    work: Work,
    files: list[UploadFile],
    caller: Asking,
    include: Annotated[list[Text] | None, Query(max_length=20)] = None,
) -> dict[str, Any]:
    """Ingest files; returns the job. ``include`` are patterns of names to take that are skipped otherwise."""
    if others := sorted({*await request.form()} - {"files"}):
        raise InvalidRequest("unknown_field", f"{', '.join(others)}: only fields named files are read")
    if len(files) > _FILES_AT_ONCE:
        raise InvalidRequest("too_many_files", f"at most {_FILES_AT_ONCE} files a request")
    inbox = app.settings.inbox_path
    with writing_in(inbox):
        await asyncio.to_thread(inbox.mkdir, parents=True, exist_ok=True)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=inbox))
    paths = [folder / f"{number:03d}" / safe_name(file.filename or "") for number, file in enumerate(files)]
    try:
        with writing_in(inbox):
            for file, target in zip(files, paths, strict=True):
                await _keep(file, target, app.settings.limit_size_mb * 2**20)
        job = await work.submit(paths, include=include or (), author=caller.owner or "http")
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        raise
    return job_view(await work.get(job))


@router.get("/documents/{id:path}", response_model=out.DocumentWhole)
async def read(app: Served, id: Id) -> dict[str, Any]:
    """A document with its passages, by its id or the id of its source."""
    document = await document_named(app.store, id)
    ((_, passages),) = await app.store.content([document.id])
    return {**asdict(document), "passages": passages}


@router.delete("/documents/{id:path}", response_model=out.Deleted)
async def delete(app: Served, id: Id, caller: Asking, purge: bool = False) -> dict[str, Any]:
    """Delete a document, its file, and the facts that only it supports, by its id or its source's; or purge it."""
    author = caller.owner or "http"
    if purge:
        done = await app.purge_documents([id], author=author)
        return {"deleted": done.ids[0], "revision": done.revision, "purged": True, "answers": done.answers}
    (deleted,), revision = await app.delete_documents([id], author=author)
    return {"deleted": deleted, "revision": revision, "purged": False, "answers": 0}


@router.get("/jobs", response_model=out.JobPage)
async def jobs(
    work: Work,
    offset: Number = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> dict[str, Any]:
    """Jobs, newest first."""
    found = await work.recent(limit=limit, offset=offset)
    return {"jobs": [job_view(j) for j in found], "next": offset + limit if len(found) == limit else None}


@router.get("/jobs/{id}", response_model=out.JobRow)
async def job(work: Work, id: Id) -> dict[str, Any]:
    """One job."""
    return job_view(await work.get(id))


@router.post("/jobs/{id}/cancel", response_model=out.JobRow)
async def cancel(work: Work, id: Id) -> dict[str, Any]:
    """Stop a job within a second or two."""
    return job_view(await work.cancel(id))


def safe_name(name: str) -> str:
    """A file name without folders, control characters or leading dots; GBK that was read as Latin-1 is undone."""
    with suppress(UnicodeError):
        if _WESTERN.search(name):
            name = name.encode("latin-1").decode("gb2312")
    bare = re.split(r"[/\\]", name)[-1]
    kept = re.sub(r"[\x00-\x1f\x7f<>:\"|?*\ud800-\udfff]", "_", bare).lstrip(".").strip()
    return cut_to_bytes(kept) or "unnamed"


async def _keep(file: UploadFile, target: Path, limit: int) -> None:
    await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
    size = 0
    with await asyncio.to_thread(target.open, "wb") as sink:
        while piece := await file.read(_PIECE):
            size += len(piece)
            if size > limit:
                raise OversizedDocument(target.name, f"over the limit of {limit // 2**20} MB")
            await asyncio.to_thread(sink.write, piece)
