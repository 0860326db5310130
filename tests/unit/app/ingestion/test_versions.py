import json
from pathlib import Path

import pytest

from app.bootstrap import App
from app.errors import InvalidRequest
from app.ingestion.beats import Beats
from app.ingestion.domain import Job
from app.ingestion.inbox import Inbox
from app.ingestion.jobs import Jobs
from app.ingestion.lock import HomeLock
from app.providers import jobs_url
from kg.domain import Revision
from kg.errors import NotFound

FIRST = "The tortuosity of the cortex of tree shrews is 1.50, and its volume fraction is 0.19."
SECOND = FIRST.replace("1.50", "1.62")


async def ingest(app: App, *paths: Path) -> Job:
    jobs = await app.open_jobs()
    if not jobs.worker:
        await jobs.start("a test")
    return await jobs.finished(await jobs.submit(paths))


async def texts(app: App) -> list[str]:
    ids = [d.id for d in await app.store.list_documents()]
    return sorted(p.text for _, passages in await app.store.content(ids) for p in passages)


def paper(path: Path, text: str, front: str = "", title: str = "Measure") -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{f'---{chr(10)}{front}{chr(10)}---{chr(10)}' if front else ''}# {title}\n\n{text}\n")
    return path


def warnings(job: Job) -> list[str]:
    assert job.summary is not None
    return [w for warned in job.summary["warnings"] for w in warned["warnings"]]


async def test_a_corrected_file_replaces_its_earlier_version_and_an_undo_brings_it_back(
    app: App, tmp_path: Path
) -> None:
    await ingest(app, paper(tmp_path / "measure.md", FIRST))
    job = await ingest(app, paper(tmp_path / "measure.md", SECOND, title="A new title"))
    assert job.summary is not None
    assert (job.summary["documents"], job.summary["replaced"]) == (1, 1)
    (told,) = warnings(job)
    revision = await app.store.head()
    assert f"jianxi kg undo {revision}" in told
    assert await texts(app) == [SECOND]
    assert (await app.indexes.catch_up()).manifest.documents == 1
    await app.store.undo(Revision(revision), author="test", reason="the first was right")
    assert await texts(app) == [FIRST]


@pytest.mark.parametrize("front", ["doi: 10.1000/x", "id: LAB-7", "pmid: 123"])
async def test_a_corrected_text_with_the_same_identifier_replaces_the_earlier_one(
    app: App, tmp_path: Path, front: str
) -> None:
    await ingest(app, paper(tmp_path / "a" / "draft.md", FIRST, front))
    job = await ingest(app, paper(tmp_path / "b" / "final.md", SECOND, front))
    assert await texts(app) == [SECOND]
    assert "is replaced by" in warnings(job)[0]


async def test_two_versions_in_one_batch_stay_and_are_told(app: App, tmp_path: Path) -> None:
    paper(tmp_path / "p" / "draft.md", FIRST, "doi: 10.1000/x")
    paper(tmp_path / "p" / "final.md", SECOND, "doi: https://doi.org/10.1000/X")
    job = await ingest(app, tmp_path / "p")
    assert await texts(app) == [FIRST, SECOND]
    (told,) = warnings(job)
    assert "has the same doi 10.1000/x" in told


async def test_another_work_under_the_same_identifier_stays_and_is_told(app: App, tmp_path: Path) -> None:
    await ingest(app, paper(tmp_path / "paper.md", FIRST, "doi: 10.1000/x"))
    other = "Sections were cut on a freezing microtome and stained for an hour in cresyl violet."
    job = await ingest(app, paper(tmp_path / "supplement.md", other, "doi: 10.1000/x", title="Supplement"))
    assert await texts(app) == sorted([FIRST, other])
    assert "both stay" in warnings(job)[0]


async def test_a_manuscript_and_its_publication_stay_and_are_told_as_versions(app: App, tmp_path: Path) -> None:
    await ingest(app, paper(tmp_path / "draft.md", FIRST, "doi: 10.1000/x"))
    page = (
        f'<html><head><title>Measure</title><meta name="citation_doi" content="10.1000/x"></head><body>{SECOND}</body>'
    )
    (tmp_path / "final.html").write_text(page)
    job = await ingest(app, tmp_path / "final.html")
    assert await texts(app) == [FIRST, SECOND]
    (told,) = warnings(job)
    assert "has the same doi 10.1000/x" in told
    assert "another version: both stay" in told


async def test_a_translation_stays_and_is_told(app: App, tmp_path: Path) -> None:
    await ingest(app, paper(tmp_path / "en.md", FIRST, "doi: 10.1000/x"))
    chinese = "树鼩皮层细胞外间隙的迂曲度为1.50，容积分数为0.19。"
    job = await ingest(app, paper(tmp_path / "zh.md", chinese, "doi: 10.1000/x", title="测量"))
    assert await texts(app) == [FIRST, chinese]
    assert "in another language: both stay, as translations" in warnings(job)[0]


async def test_files_of_one_name_in_two_folders_are_two_documents(app: App, tmp_path: Path) -> None:
    await ingest(app, paper(tmp_path / "a" / "paper.md", FIRST))
    job = await ingest(app, paper(tmp_path / "b" / "paper.md", SECOND))
    assert await texts(app) == [FIRST, SECOND]
    assert warnings(job) == []


async def test_a_file_that_moved_is_not_replaced_by_what_took_its_place(app: App, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    await ingest(app, paper(folder / "a.md", FIRST))
    (folder / "a.md").rename(folder / "b.md")
    other = "Sections were cut on a freezing microtome."
    paper(folder / "a.md", other)
    await ingest(app, folder)
    assert await texts(app) == sorted([FIRST, other])


async def test_a_corrected_record_replaces_its_earlier_one_and_leaves_the_others(app: App, tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    rows = [{"paper_id": "PM-1", "title": "Measure", "abstract": FIRST}, {"title": "Other", "abstract": "Ice floats."}]
    file.write_text("\n".join(map(json.dumps, rows)))
    await ingest(app, file)
    rows[0]["abstract"] = SECOND
    file.write_text("\n".join(map(json.dumps, [{"title": "First", "abstract": "A new first line."}, *rows])))
    job = await ingest(app, file)
    assert job.summary is not None
    assert (job.summary["documents"], job.summary["known"], job.summary["replaced"]) == (2, 1, 1)
    assert await texts(app) == sorted(["A new first line.", "Ice floats.", SECOND])


def records(file: Path, *rows: tuple[str, str]) -> Path:
    file.write_text("\n".join(json.dumps({"paper_id": id_, "title": id_, "abstract": text}) for id_, text in rows))
    return file


async def test_records_that_their_file_holds_no_more_are_removed_and_told(app: App, tmp_path: Path) -> None:
    file, one, two = tmp_path / "papers.jsonl", ("PM-1", FIRST), ("PM-2", "Ice floats.")
    await ingest(app, records(file, one, two))
    job = await ingest(app, records(file, one))
    assert job.summary is not None
    assert (job.summary["removed"], await texts(app)) == (1, [FIRST])
    (told,) = warnings(job)
    revision = await app.store.head()
    assert "1 documents that it held before and holds no more ('PM-2'" in told
    assert f"jianxi kg undo {revision}" in told
    await app.store.undo(revision, author="test", reason="it was right")
    assert await texts(app) == sorted([FIRST, "Ice floats."])
    await ingest(app, file)
    assert await texts(app) == [FIRST], "the file is known by now, and holds one record all the same"


async def test_records_that_another_file_holds_too_or_that_could_not_be_read_stay(app: App, tmp_path: Path) -> None:
    file, one, two = tmp_path / "papers.jsonl", ("PM-1", FIRST), ("PM-2", "Ice floats.")
    await ingest(app, records(file, one, two))
    file.write_text(records(file, one).read_text() + "\n{broken\n")
    job = await ingest(app, file)
    assert "stay, because a part of it could not be read" in warnings(job)[0]
    await ingest(app, records(tmp_path / "copy.jsonl", two))
    job = await ingest(app, records(file, one))
    assert warnings(job) == []
    assert await texts(app) == sorted([FIRST, "Ice floats."])


async def test_records_stay_where_the_notes_do_not_say_that_no_other_file_holds_them(app: App, tmp_path: Path) -> None:
    file, one, two = tmp_path / "papers.jsonl", ("PM-1", FIRST), ("PM-2", "Ice floats.")
    await ingest(app, records(file, one, two))
    for note in (app.settings.home_path / "files").rglob("*.json"):
        note.write_text(json.dumps({"documents": json.loads(note.read_text())["documents"]}))
    await ingest(app, records(file, one))
    assert await texts(app) == sorted([FIRST, "Ice floats."]), "an older program noted no paths"
    for note in (app.settings.home_path / "files").rglob("*.json"):
        note.unlink()
    await ingest(app, records(file, one, ("PM-3", "Salt melts.")))
    assert await texts(app) == sorted([FIRST, "Ice floats.", "Salt melts."]), "another home stored them"


async def test_records_of_a_file_that_moved_stay_as_they_were_in_every_cut_of_the_job(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ingestion.jobs._CHUNK", 1)
    folder, one = tmp_path / "p", ("PM-1", FIRST)
    folder.mkdir()
    await ingest(app, records(folder / "a.jsonl", one, ("PM-2", "Ice floats.")))
    first = await app.store.head()
    (folder / "a.jsonl").unlink()
    records(folder / "z.jsonl", one)
    records(folder / "a.jsonl", ("PM-3", "Salt melts."))
    job = await ingest(app, folder)
    assert job.summary is not None
    assert (job.summary["removed"], await texts(app)) == (1, sorted([FIRST, "Salt melts."]))
    (kept,) = [d for d in await app.store.list_documents() if d.source_id == "PM-1"]
    assert kept.id not in (await app.store.delta(first)).removed


async def test_two_records_with_one_id_and_different_texts_are_told(app: App, tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    rows = [{"paper_id": "PM-1", "title": "Measure", "abstract": text} for text in (FIRST, SECOND)]
    file.write_text("\n".join(map(json.dumps, rows)))
    job = await ingest(app, file)
    assert "has the same id pm-1" in warnings(job)[0]
    assert await texts(app) == [FIRST, SECOND]


async def test_a_document_is_deleted_by_its_source_id_with_its_bytes(app: App, tmp_path: Path) -> None:
    await ingest(app, paper(tmp_path / "a.md", FIRST, "id: LAB/7"), paper(tmp_path / "b.md", "Ice floats."))
    await app.delete_documents(["LAB/7"], author="test")
    assert await texts(app) == ["Ice floats."]
    kept = [p.read_text() for p in (app.settings.home_path / "files").rglob("*.md")]
    assert kept == [(tmp_path / "b.md").read_text()]
    with pytest.raises(NotFound):
        await app.delete_documents(["LAB/7"], author="test")


async def test_a_source_id_of_two_documents_is_refused_with_their_ids(app: App, tmp_path: Path) -> None:
    await ingest(app, paper(tmp_path / "a" / "p.md", FIRST), paper(tmp_path / "b" / "p.md", "Ice floats."))
    with pytest.raises(InvalidRequest, match=r"several documents are called 'p\.md'"):
        await app.delete_documents(["p.md"], author="test")
    assert len(await texts(app)) == 2


async def test_the_inbox_is_empty_after_a_job(app: App, tmp_path: Path) -> None:
    upload = app.settings.inbox_path / "x1" / "000" / "measure.md"
    upload.parent.mkdir(parents=True)
    job = await ingest(app, paper(upload, FIRST), paper(tmp_path / "mine.md", "Ice floats."))
    assert job.status == "succeeded"
    assert list(app.settings.inbox_path.iterdir()) == []
    assert (tmp_path / "mine.md").exists()
    assert sorted(d.path for d in await app.store.list_documents()) == [str(tmp_path / "mine.md"), "measure.md"]


async def test_the_inbox_is_empty_after_an_upload_that_is_no_document(app: App) -> None:
    upload = app.settings.inbox_path / "x1" / "000" / "table.csv"
    upload.parent.mkdir(parents=True)
    upload.write_text("a,b\n1,2\n")
    assert (await ingest(app, upload)).status == "failed"
    assert list(app.settings.inbox_path.iterdir()) == []


async def test_a_second_process_leaves_its_jobs_to_the_worker(app: App, tmp_path: Path) -> None:
    jobs = await app.open_jobs()
    await jobs.start("a test")
    home = app.settings.home_path
    second = Jobs(
        url=jobs_url(app.settings),
        lock=HomeLock(home),
        ingestion=jobs._ingestion,
        inbox=Inbox(home / "inbox"),
        beats=Beats(home),
    )
    await second.queue_for_worker()
    job = await second.finished(await second.submit([paper(tmp_path / "a.md", FIRST)]))
    await second.close()
    assert job.status == "succeeded"
    assert await texts(app) == [FIRST]


async def test_an_uploaded_correction_replaces_the_upload_of_the_same_name(app: App) -> None:
    for number, text in enumerate((FIRST, SECOND, "Ice floats on water because it is less dense.")):
        upload = app.settings.inbox_path / f"x{number}" / "000" / "measure.md"
        upload.parent.mkdir(parents=True)
        await ingest(app, paper(upload, text, title="Measure" if number < 2 else "Ice"))
    assert await texts(app) == sorted(["Ice floats on water because it is less dense.", SECOND])


async def test_a_job_whose_files_all_failed_has_failed(app: App, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 cut")
    job = await ingest(app, tmp_path / "a.pdf")
    assert job.status == "failed"
    assert job.error is not None
    assert "nothing could be read" in job.error
    assert job.summary is not None
    assert job.summary["files"]["failed"] == 1
