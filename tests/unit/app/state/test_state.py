"""The operational state: one suite over SQLite and PostgreSQL."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, exc, select

from app import errors
from app.errors import StateNewer, StateUnavailable, UnknownKey, UnknownRun
from app.state.database import now, translate
from app.state.domain import Event, FeedbackKind, JsonObject, Role, Run, RunStatus
from app.state.runs import Rewrite
from app.state.state import State, open_state
from app.state.tables import API_KEYS, METADATA, RUN_EVENTS, RUNS


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
async def state(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[State]:
    setting = "sqlite"
    if request.param == "postgresql":
        setting = os.environ.get("POSTGRES_TEST_URL", "")
        if not setting:
            pytest.skip("POSTGRES_TEST_URL does not name a PostgreSQL server (see CONTRIBUTING.md)")
    async with open_state(setting, folder=tmp_path) as opened:
        yield opened
        async with opened.database.writing() as connection:
            await connection.execute(delete(RUNS))
            await connection.execute(delete(API_KEYS))


def run_named(id_: str, *, owner: str | None = None) -> Run:
    return Run(id_, "什么是脑细胞外间隙?", RunStatus.RUNNING, now(), "host:1:a", 0.0, owner=owner)


async def test_a_run_is_read_back_as_it_was_finished(state: State) -> None:
    await state.runs.start(run_named("r1", owner="k1"))
    await state.runs.append({"r1": [Event(1, "retrieval", {"名": "值"}), Event(2, "text", {"text": "甲"})]})
    await state.runs.finish(
        "r1", RunStatus.DONE, last=Event(3, "done", {}), sufficiency="answer", answer={"a": 1}, manifest={"m": [1, 2]}
    )
    got = await state.runs.get("r1", owner="k1")
    assert (got.status, got.sufficiency, got.answer, got.manifest) == (
        RunStatus.DONE,
        "answer",
        {"a": 1},
        {"m": [1, 2]},
    )
    assert [e.number for e in await state.runs.events("r1", after=1)] == [2, 3]
    assert [r.id for r in await state.runs.recent(owner="k1")] == ["r1"]


async def test_the_answer_and_manifest_of_a_run_are_stored_once_and_read_whole(state: State) -> None:
    manifest: JsonObject = {"model": "extractive", "prompt": "x" * 5000}
    answer: JsonObject = {"answer": "a", "manifest": manifest}
    await state.runs.start(run_named("r1"))
    await state.runs.finish("r1", RunStatus.DONE, last=Event(1, "done", answer), answer=answer, manifest=manifest)
    got = await state.runs.get("r1")
    assert (got.answer, got.manifest) == (answer, manifest)
    assert list(await state.runs.events("r1")) == [Event(1, "done", answer)]
    async with state.database.reading() as connection:
        rows = [str(tuple(r)) for table in (RUNS, RUN_EVENTS) for r in await connection.execute(select(table))]
    assert "".join(rows).count("x" * 5000) == 1


async def test_finished_runs_are_rewritten_and_others_left(state: State) -> None:
    manifest: JsonObject = {"prompt": "secret"}
    answer: JsonObject = {"answer": "secret", "manifest": manifest}
    for id_ in ("done", "running"):
        await state.runs.start(run_named(id_))
        await state.runs.append({id_: [Event(1, "text", {"text": "secret"})]})
    await state.runs.finish("done", RunStatus.DONE, last=Event(2, "done", answer), answer=answer, manifest=manifest)

    def change(run: Run, events: Sequence[Event]) -> tuple[Run, Sequence[Event]]:
        told = [replace(e, data={"text": ""} if e.name == "text" else {"answer": "", "manifest": {}}) for e in events]
        return replace(run, answer={"answer": "", "manifest": {}}, manifest={}), told

    assert await state.runs.rewrite(change) == 1
    assert await state.runs.rewrite(lambda run, events: (run, events)) == 0
    got = await state.runs.get("done")
    assert (got.answer, got.manifest, got.status) == ({"answer": "", "manifest": {}}, {}, RunStatus.DONE)
    assert [e.data for e in await state.runs.events("done")] == [{"text": ""}, {"answer": "", "manifest": {}}]
    assert [e.data for e in await state.runs.events("running")] == [{"text": "secret"}]


async def test_a_rewrite_that_is_killed_learns_the_same_again(state: State) -> None:
    for n, (id_, answer) in enumerate([("first", "secret"), ("later", "as said: secret")]):
        await state.runs.start(replace(run_named(id_), created_at=f"2026-11-0{n + 1}"))
        await state.runs.finish(id_, RunStatus.DONE, last=Event(1, "done", {}), answer={"answer": answer})

    def killed_after(stored: int) -> Rewrite:
        words, calls = set[str](), 0

        def change(run: Run, events: Sequence[Event]) -> tuple[Run, Sequence[Event]]:
            nonlocal calls
            calls += 1
            if calls > 2 + stored:
                raise KeyboardInterrupt
            text = str((run.answer or {})["answer"])
            words.update({text} if run.id == "first" else ())
            return (replace(run, answer={"answer": ""}) if any(w and w in text for w in words) else run), events

        return change

    with pytest.raises(KeyboardInterrupt):
        await state.runs.rewrite(killed_after(1))
    assert await state.runs.rewrite(killed_after(9)) == 1
    assert [(r.answer or {})["answer"] for r in await state.runs.recent()] == ["", ""]


async def test_old_runs_are_deleted_except_unfinished_ones_and_those_with_feedback(state: State) -> None:
    for id_ in ("old", "running", "liked", "new"):
        await state.runs.start(replace(run_named(id_), created_at="2026-11-01" if id_ != "new" else "2026-11-20"))
        if id_ != "running":
            await state.runs.finish(id_, RunStatus.DONE, last=Event(1, "done", {}))
    await state.feedback.add("liked", FeedbackKind.HELPFUL)
    assert await state.runs.prune("2026-11-10") == 1
    assert sorted(r.id for r in await state.runs.recent()) == ["liked", "new", "running"]
    with pytest.raises(UnknownRun):
        await state.runs.get("old")


async def test_a_run_of_another_owner_is_unknown(state: State) -> None:
    await state.runs.start(run_named("r1", owner="k1"))
    with pytest.raises(UnknownRun):
        await state.runs.get("r1", owner="k2")
    with pytest.raises(UnknownRun):
        await state.runs.get("r2")


async def test_a_number_is_taken_once_and_nothing_of_the_batch_is_kept(state: State) -> None:
    await state.runs.start(run_named("r1"))
    await state.runs.append({"r1": [Event(1, "text", {})]})
    with pytest.raises(errors.StateConflict):
        await state.runs.append({"r1": [Event(2, "text", {}), Event(1, "text", {})]})
    assert [e.number for e in await state.runs.events("r1")] == [1]


async def test_an_abandoned_run_ends_with_an_error_once(state: State) -> None:
    await state.runs.start(run_named("r1"))
    await state.runs.append({"r1": [Event(1, "text", {})]})
    assert await state.runs.abandon("r1", {"code": "interrupted"})
    assert not await state.runs.abandon("r1", {"code": "interrupted"})
    assert [(e.number, e.name) for e in await state.runs.events("r1")] == [(1, "text"), (2, "error")]
    assert await state.runs.unfinished() == []


async def test_feedback_is_kept_by_kind_and_needs_a_run(state: State) -> None:
    await state.runs.start(run_named("r1"))
    kept = await state.feedback.add("r1", FeedbackKind.WRONG_FACT, sentence=0, comment="剂量不对", owner="k1")
    await state.feedback.add("r1", FeedbackKind.HELPFUL)
    assert (await state.feedback.recent())[0] == kept
    assert [f.kind for f in await state.feedback.recent(after=kept.id)] == [FeedbackKind.HELPFUL]
    with pytest.raises(UnknownRun):
        await state.feedback.add("r9", FeedbackKind.HELPFUL)


async def test_a_key_opens_until_it_is_revoked(state: State) -> None:
    made = await state.keys.create("门诊小程序", Role.EXPERT)
    assert await state.keys.verify(made.secret) == made.key
    assert await state.keys.verify(made.secret + "x") is None
    assert await state.keys.verify("") is None
    assert made.secret not in repr(made)
    await state.keys.revoke(made.key.id)
    await state.keys.revoke(made.key.id)
    assert await state.keys.verify(made.secret) is None
    assert not await state.keys.any_active()
    assert await state.keys.in_use()
    with pytest.raises(UnknownKey):
        await state.keys.revoke("nobody")


async def test_a_key_with_an_end_opens_until_then(state: State) -> None:
    ending, ended = [await state.keys.create("x", Role.READER, days=days) for days in (1, -1)]
    assert await state.keys.verify(ending.secret) == ending.key
    assert await state.keys.verify(ended.secret) is None
    await state.keys.revoke(ending.key.id)
    assert not await state.keys.any_active()
    assert [k.expires_at is not None for k in await state.keys.all()] == [True, True]


async def test_no_secret_lies_in_the_file(tmp_path: Path) -> None:
    async with open_state("sqlite", folder=tmp_path) as state:
        made = await state.keys.create("x", Role.READER)
    random_part = made.secret.split("_", 2)[2].encode()
    assert all(random_part not in f.read_bytes() for f in tmp_path.iterdir())


def test_roles_include_the_lower_ones() -> None:
    assert Role.ENGINEER.includes(Role.READER)
    assert not Role.READER.includes(Role.EXPERT)


async def test_migrations_lead_to_the_tables_of_the_code(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    async with open_state("sqlite", folder=tmp_path) as state, state.database.reading() as connection:
        differences = await connection.run_sync(lambda c: compare_metadata(MigrationContext.configure(c), METADATA))
    assert differences == []


async def test_a_newer_state_is_refused_with_the_cure(tmp_path: Path) -> None:
    async with open_state("sqlite", folder=tmp_path):
        pass
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StateNewer, match="upgrade the program"):
        async with open_state("sqlite", folder=tmp_path):
            pass


async def test_a_state_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()
    with pytest.raises(StateUnavailable):
        async with open_state("sqlite", folder=tmp_path):
            pass


@pytest.mark.parametrize("kept", [0, 4096])
async def test_a_state_whose_file_is_broken_is_unavailable_with_the_cure(tmp_path: Path, kept: int) -> None:
    async with open_state("sqlite", folder=tmp_path) as state:
        for number in range(50):
            await state.runs.start(run_named(f"r{number}"))
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    file = tmp_path / "state.db"
    file.write_bytes(file.read_bytes()[:kept] + b"broken" * 3000)
    with pytest.raises(StateUnavailable, match="restore it from a copy"):
        async with open_state("sqlite", folder=tmp_path) as state:
            await state.runs.recent()


def test_two_processes_may_open_a_new_state_at_once(tmp_path: Path) -> None:
    program = (
        "import asyncio, pathlib, sys; from app.state.state import open_state\n"
        "async def main():\n"
        "    async with open_state('sqlite', folder=pathlib.Path(sys.argv[1])) as s:\n"
        "        await s.keys.all()\n"
        "asyncio.run(main())"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(3)]
    assert [p.wait(60) for p in running] == [0, 0, 0]


async def test_writers_wait_for_each_other(state: State) -> None:
    async def write(number: int) -> None:
        await state.runs.start(run_named(f"r{number}"))
        await state.runs.append({f"r{number}": [Event(1, "text", {})]})

    await asyncio.gather(*(write(n) for n in range(20)))
    assert len(await state.runs.recent(limit=100)) == 20


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (exc.OperationalError("x", {}, Exception("database or disk is full")), errors.StateFull),
        (exc.OperationalError("x", {}, Exception("database is locked")), errors.StateBusy),
        (exc.OperationalError("x", {}, Exception("connection refused")), errors.StateUnavailable),
        (exc.InterfaceError("x", {}, Exception("gone")), errors.StateUnavailable),
        (exc.TimeoutError("pool"), errors.StateUnavailable),
        (OSError("no route to host"), errors.StateUnavailable),
        (exc.IntegrityError("x", {}, Exception("UNIQUE")), errors.StateConflict),
        (exc.ProgrammingError("x", {}, Exception("no such table")), errors.StateRejected),
    ],
)
def test_every_error_of_the_database_has_one_of_ours(error: Exception, expected: type[Exception]) -> None:
    assert type(translate(error)) is expected


async def test_keys_stay_in_use_where_the_database_is_lost(tmp_path: Path) -> None:
    async with open_state("sqlite", folder=tmp_path) as state:
        assert not await state.keys.in_use()
        await state.keys.create("x", Role.READER)
    for file in tmp_path.glob("state.db*"):
        file.unlink()
    async with open_state("sqlite", folder=tmp_path) as state:
        assert await state.keys.in_use()
