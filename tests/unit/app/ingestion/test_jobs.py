import asyncio
import os
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.bootstrap import App
from app.cli.main import root
from app.ingestion.domain import Job
from app.ingestion.selection import files_under
from app.ingestion.service import FileParser
from app.ingestion.stored_before import stored_before
from kg.errors import EmptyDocument, NotFound, StoreLocked, StoreUnavailable
from kg.protocols import ParseResult


async def run(app: App, *paths: Path) -> Job:
    jobs = await app.open_jobs()
    if not jobs.worker:
        await jobs.start("a test")
    return await jobs.finished(await jobs.submit(paths))


async def test_a_broken_line_is_told_by_number_and_the_others_go_in(app: App, abstracts: Path) -> None:
    job = await run(app, abstracts)
    assert job.status == "succeeded"
    assert job.summary is not None
    assert job.summary["documents"] == 2
    (failure,) = job.summary["failures"]
    assert failure["problems"][0].startswith("line 2:")
    stored = await app.store.list_documents()
    assert sorted(d.source_id for d in stored) == ["PM-1", "PM-2"]
    assert (await app.indexes.status()).revision == await app.store.head()


async def test_a_revision_of_a_job_names_who_submitted_it(app: App, abstracts: Path) -> None:
    jobs = await app.open_jobs()
    await jobs.start("a test")
    await jobs.finished(await jobs.submit([abstracts], author="key-1"))
    assert {r.author for r in await app.store.revisions()} == {"key-1"}


async def test_the_same_file_twice_adds_nothing(app: App, abstracts: Path, tmp_path: Path) -> None:
    first = await run(app, abstracts)
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(abstracts.read_bytes())
    second = await run(app, copy)
    assert first.summary is not None
    assert second.summary is not None
    assert second.summary["documents"] == 0
    assert second.summary["known"] == 2
    assert len(await app.store.list_documents()) == 2


async def test_one_bad_file_never_stops_the_others(app: App, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "random.pdf").write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 20)
    (folder / "good.md").write_text("---\ntitle: Good\n---\n# Good\n\nAquaporin-4 lies in astrocytic endfeet.\n")
    (folder / "chinese.txt").write_bytes("脑细胞外间隙的容积分数约为百分之二十。".encode("gb18030"))
    job = await run(app, folder)
    assert job.summary is not None
    assert job.summary["files"] == {"added": 2, "known": 0, "failed": 2}
    told = {Path(f["path"]).name: f["kind"] for f in job.summary["failures"]}
    assert set(told) == {"empty.pdf", "random.pdf"}
    assert all(kind != "UnreadableDocument" for kind in told.values())


async def test_files_whose_names_are_no_utf8_are_stored_under_readable_names(app: App, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    (folder / "plain.md").write_text("# Plain\n\nNumbats have wide clefts.\n")
    for name, text in (("电针研究.md", "Numbats have narrow clefts."), ("损坏.pdf", "%PDF-1.7 cut")):
        (folder / os.fsdecode(name.encode("gbk"))).write_text(text)
    job = await run(app, folder)
    assert job.summary is not None
    assert job.summary["files"] == {"added": 2, "known": 0, "failed": 1}
    assert [f["path"] for f in job.summary["failures"]] == [f"{folder}/损坏.pdf"]
    stored = {d.title: d for d in await app.store.list_documents()}
    assert stored["电针研究"].source_id == "电针研究.md"
    assert stored["电针研究"].path == f"{folder}/电针研究.md"


async def test_a_folder_with_no_readable_file_says_which_files_are_read(app: App, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    jobs = await app.open_jobs()
    await jobs.start("a test")
    with pytest.raises(EmptyDocument, match=r"pictures: no file is in it; .*PDF, .*Markdown"):
        await jobs.submit([folder])
    for name in ("a.png", "b.zip"):
        (folder / name).write_bytes(bytes(range(256)))
    job = await jobs.finished(await jobs.submit([folder]))
    assert job.summary is not None
    assert [Path(one["path"]).name for one in job.summary["skipped"]] == ["a.png", "b.zip"]
    assert job.summary["notice"].startswith(f"nothing could be read in {folder}; files that are read are PDF")


async def test_the_files_of_a_folder_are_ingested(app: App, abstracts: Path, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    abstracts.rename(folder / abstracts.name)
    jobs = await app.open_jobs()
    await jobs.start("a test")
    job = await jobs.finished(await jobs.submit([folder]))
    assert job.summary is not None
    assert job.summary["documents"] == 2
    assert job.summary["notice"] == ""


async def test_an_unknown_job_is_not_found(app: App) -> None:
    jobs = await app.open_jobs()
    await jobs.start("a test")
    with pytest.raises(NotFound, match="no job 'nothing'"):
        await jobs.get("nothing")


async def test_jobs_that_nobody_works_on_are_refused(app: App, abstracts: Path) -> None:
    jobs = await app.open_jobs()
    with pytest.raises(StoreLocked):
        await jobs.submit([abstracts])


async def test_a_job_sent_while_the_worker_starts_waits_for_it(app: App, abstracts: Path) -> None:
    jobs = await app.open_jobs()
    jobs.begin_soon()
    sent = asyncio.create_task(jobs.submit([abstracts]))
    await asyncio.sleep(0.05)
    assert not sent.done()
    await jobs.start("a test")
    assert (await jobs.finished(await sent)).status == "succeeded"


async def test_nobody_waits_for_a_worker_that_works_already(app: App) -> None:
    jobs = await app.open_jobs()
    await jobs.start("a test")
    jobs.begin_soon()
    assert await asyncio.wait_for(jobs.recent(), 5) == []


async def test_what_prevents_a_start_is_told_to_who_waits_for_it(app: App, abstracts: Path) -> None:
    jobs = await app.open_jobs()
    jobs.begin_soon()
    sent = asyncio.create_task(jobs.submit([abstracts]))
    await asyncio.sleep(0.05)
    jobs.begun()
    with pytest.raises(StoreLocked):
        await sent


async def test_a_broken_database_of_jobs_is_told_with_the_cure_until_it_is_whole_again(app: App) -> None:
    file = app.settings.home_path / "jobs.db"
    file.write_bytes(b"broken" * 3000)
    jobs = await app.open_jobs()
    with pytest.raises(StoreUnavailable, match=r"jobs\.db.*move it away"):
        await jobs.start("a test")
    with pytest.raises(StoreUnavailable, match=r"jobs\.db.*move it away"):
        await jobs.recent()
    file.unlink()
    await jobs.start("a test")
    assert jobs.problem is None
    assert await jobs.recent() == []


class Waiting:
    """Parses for ever, until it is cancelled."""

    def __init__(self) -> None:
        self.began, self.cancelled = asyncio.Event(), False

    async def parse(self, path: Path) -> ParseResult:
        self.began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        raise AssertionError(path)


class LastWaits(Waiting):
    """Parses the papers of ``papers`` but the last, at which it waits."""

    def __init__(self, parser: FileParser) -> None:
        super().__init__()
        self._parser = parser

    async def parse(self, path: Path) -> ParseResult:
        return await (super().parse(path) if path.name == "32.md" else self._parser.parse(path))


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """One paper more than are ingested at once."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for n in range(33):
        (folder / f"{n:02}.md").write_text(f"# Paper {n}\n\nNumbat {n} has wide clefts.\n")
    return folder


async def test_the_first_papers_of_a_long_job_are_found_before_its_last_is_read(
    app: App, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ingestion.service._SHOW_EVERY_S", 0.0)
    jobs = await app.open_jobs()
    await jobs.start("a test")
    jobs._ingestion._parser = waiting = LastWaits(jobs._ingestion._parser)
    id_ = await jobs.submit([papers])
    await asyncio.wait_for(waiting.began.wait(), 30)
    during = await jobs.get(id_)
    assert (during.status, during.progress.files) == ("running", 32)
    assert 1 <= (await app.indexes.status()).documents <= 32
    await jobs.cancel(id_)


async def test_progress_counts_what_a_worker_before_has_done(app: App, papers: Path) -> None:
    jobs = await app.open_jobs()
    await jobs.start("a test")
    parser = jobs._ingestion._parser
    jobs._ingestion._parser = waiting = LastWaits(parser)
    id_ = await jobs.submit([papers])
    await asyncio.wait_for(waiting.began.wait(), 30)
    await jobs.close()
    jobs._progress.clear()
    jobs._ingestion._parser = parser
    assert await jobs.start("a test") == [id_]
    job = await jobs.finished(id_)
    assert (job.status, job.progress.files, job.progress.passages) == ("succeeded", 33, 33)


async def test_cancelling_a_job_ends_what_it_parses_and_the_next_job_runs(app: App, abstracts: Path) -> None:
    jobs = await app.open_jobs()
    await jobs.start("a test")
    parser, waiting = jobs._ingestion._parser, Waiting()
    jobs._ingestion._parser = waiting
    id_ = await jobs.submit([abstracts])
    await waiting.began.wait()
    await jobs.cancel(id_)
    assert (await jobs.finished(id_)).status == "cancelled"
    async with asyncio.timeout(10):
        while not waiting.cancelled:
            await asyncio.sleep(0.01)
    jobs._ingestion._parser = parser
    assert (await run(app, abstracts)).status == "succeeded"
    assert (await jobs.get(id_)).status == "cancelled"


async def test_deleting_a_document_takes_it_from_store_and_indexes(app: App, abstracts: Path) -> None:
    await run(app, abstracts)
    documents = await app.store.list_documents()
    await app.store.remove([documents[0].id], author="test", reason="test")
    snapshot = await app.indexes.catch_up()
    assert snapshot.manifest.documents == 1
    again = await run(app, abstracts)
    assert again.summary is not None
    assert again.summary["documents"] == 1


def test_files_under_a_folder_come_in_order_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", ".hidden", "sub/c.txt", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = [str(p.relative_to(tmp_path)) for p in files_under([tmp_path, tmp_path / "a.txt"])]
    assert found == ["a.txt", "b.txt", "sub/c.txt"]


async def test_what_is_no_document_is_skipped_and_told_unless_it_is_asked_for(app: App, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "good.md").write_text("# Good\n\nAquaporin-4 lies in astrocytic endfeet.\n")
    (folder / "LICENSE").write_text("MIT License\n")
    (folder / "values.csv").write_text("region,lambda\ncortex,1.60\n")
    jobs = await app.open_jobs()
    await jobs.start("a test")
    job = await jobs.finished(await jobs.submit([folder]))
    assert job.summary is not None
    assert job.summary["documents"] == 1
    assert {Path(one["path"]).name: one["why"] for one in job.summary["skipped"]} == {
        "LICENSE": "paperwork of a project",
        "values.csv": "a table, which `jianxi kg import` reads",
    }
    again = await jobs.finished(await jobs.submit([folder], include=["*.csv"]))
    assert again.summary is not None
    assert again.summary["documents"] == 1
    assert [Path(one["path"]).name for one in again.summary["skipped"]] == ["LICENSE"]
    nothing = await jobs.finished(await jobs.submit([folder / "LICENSE"]))
    assert nothing.status == "failed"
    assert nothing.error is not None
    assert "--include" in nothing.error


async def test_json_and_xml_of_another_use_are_skipped_and_told(app: App, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "good.md").write_text("# Good\n\nAquaporin-4 lies in astrocytic endfeet.\n")
    (folder / "package.json").write_text('{"name": "papers", "version": "1.0.0", "scripts": {"test": "make"}}')
    (folder / "pom.xml").write_text("<project><modelVersion>4.0.0</modelVersion></project>")
    job = await run(app, folder)
    assert job.summary is not None
    assert (job.summary["files"], job.summary["failures"]) == ({"added": 1, "known": 0, "failed": 0}, [])
    assert {Path(one["path"]).name: one["why"] for one in job.summary["skipped"]} == {
        "package.json": "its JSON holds no record of a paper",
        "pom.xml": "its root element is <project>, and no <article> is in it",
    }
    alone = await run(app, folder / "package.json")
    assert (alone.status, "nothing could be read" in str(alone.error)) == ("failed", True)


async def test_files_are_told_apart_by_what_is_stored_of_them(app: App, tmp_path: Path) -> None:
    kept, edited = tmp_path / "kept.md", tmp_path / "edited.md"
    kept.write_text("# Kept\n\nAquaporin-4 lies in astrocytic endfeet.\n")
    edited.write_text("# Edited\n\nThe clefts are narrow.\n")
    await run(app, kept, edited)
    edited.write_text("# Edited\n\nThe clefts are wide in sleep.\n")
    copied, new = tmp_path / "copied.md", tmp_path / "new.md"
    copied.write_bytes(kept.read_bytes())
    new.write_text("# New\n\nFluid flows along the vessels.\n")
    before = await stored_before(app.store, app.files, [kept, edited, copied, new, tmp_path / "gone.md"])
    assert (before.known, before.changed) == ((kept, copied), (edited,))


def test_a_dry_run_makes_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "new.md").write_text("# New\n\nFluid flows along the vessels.\n")
    monkeypatch.setenv("JIANXI_HOME", str(tmp_path / "home"))
    told = CliRunner().invoke(root, ["ingest", "--dry-run", str(tmp_path / "new.md")]).output
    assert told.startswith("1 files would be read, 0 of them in place of an earlier version; 0 are known, 0 skipped")
    assert f"+ {tmp_path / 'new.md'}" in told
    assert not (tmp_path / "home").exists()


async def test_a_start_that_is_stopped_leaves_nobody_who_works(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = await app.open_jobs()
    start, half_way, goes_on = threading.Thread.start, threading.Event(), threading.Event()

    def slow_start(thread: threading.Thread) -> None:
        if "run_notifier" in thread.name:
            half_way.set()
            goes_on.wait(20)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", slow_start)
    starting = asyncio.create_task(jobs.start("a test"))
    assert await asyncio.to_thread(half_way.wait, 20)
    starting.cancel()
    await asyncio.sleep(0.5)
    goes_on.set()
    await asyncio.wait([starting])
    await asyncio.sleep(0.5)
    assert [t.name for t in threading.enumerate() if t.name.startswith("queue-worker")] == []
    await jobs.start("a test")
    assert jobs.worker
