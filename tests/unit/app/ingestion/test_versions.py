import json
from pathlib import Path

import pytest

from app.bootstrap import App
from app.ingestion.domain import Job
from kg.domain import Revision

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


async def test_two_records_with_one_id_and_different_texts_are_told(app: App, tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    rows = [{"paper_id": "PM-1", "title": "Measure", "abstract": text} for text in (FIRST, SECOND)]
    file.write_text("\n".join(map(json.dumps, rows)))
    job = await ingest(app, file)
    assert "has the same id pm-1" in warnings(job)[0]
    assert await texts(app) == [FIRST, SECOND]


async def test_a_job_whose_files_all_failed_has_failed(app: App, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 cut")
    job = await ingest(app, tmp_path / "a.pdf")
    assert job.status == "failed"
    assert job.error is not None
    assert "nothing could be read" in job.error
    assert job.summary is not None
    assert job.summary["files"]["failed"] == 1
