import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.answering.runs.service import Finished, Post, RunLimits, RunService, refreshed
from app.errors import ServiceFull, TooManyRuns
from app.state.database import now
from app.state.domain import Run, RunStatus
from app.state.state import open_state


@asynccontextmanager
async def _service(folder: Path, limits: RunLimits) -> AsyncIterator[RunService]:
    async with open_state("sqlite", folder=folder) as state:
        service = RunService(state.runs, limits)
        try:
            yield service
        finally:
            await service.close()


async def _endless(run: str, post: Post) -> Finished:
    await asyncio.Event().wait()
    raise AssertionError


async def test_a_key_may_have_so_many_unfinished_runs_and_another_is_still_served(tmp_path: Path) -> None:
    async with _service(tmp_path, RunLimits(of_owner=2, in_all=3)) as service:
        first = await service.start("q", _endless, owner="a")
        await service.start("q", _endless, owner="a")
        with pytest.raises(TooManyRuns):
            await service.start("q", _endless, owner="a")
        await service.start("q", _endless, owner="b")
        with pytest.raises(ServiceFull):
            await service.start("q", _endless, owner="c")

        await service.cancel(first)
        await service.start("q", _endless, owner="a")


async def test_a_run_over_its_deadline_is_stopped_and_told(tmp_path: Path) -> None:
    async with _service(tmp_path, RunLimits(deadline_s=0.05)) as service:
        run = await service.start("q", _endless, owner=None)

        events = [event async for event in service.events(run)]

    assert [(e.name, e.data["code"]) for e in events] == [("error", "deadline")]


async def test_a_reader_is_told_a_code_and_the_log_the_cause(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(run: str, post: Post) -> Finished:
        raise RuntimeError("a secret of http://10.0.0.9")

    async with _service(tmp_path, RunLimits()) as service:
        run = await service.start("q", broken, owner=None)
        events = [event async for event in service.events(run)]

    assert "10.0.0.9" not in str(events[-1].data)
    assert events[-1].data["code"] == "internal"
    assert "10.0.0.9" in caplog.text


async def test_a_run_of_a_process_that_is_gone_is_closed_when_it_is_read(tmp_path: Path) -> None:
    async with open_state("sqlite", folder=tmp_path) as state:
        await state.runs.start(Run("run_1", "q", RunStatus.RUNNING, now(), worker="another:1:x", lease_until=0.0))

        assert (await refreshed(state.runs, await state.runs.get("run_1"))).status.value == "failed"


async def test_a_run_that_this_process_answers_is_running_though_its_lease_has_passed(tmp_path: Path) -> None:
    async with open_state("sqlite", folder=tmp_path) as state:
        service = RunService(state.runs, RunLimits())
        run = await service.start("q", _endless, owner=None)
        await state.runs.renew([run], 0.0)

        assert (await refreshed(state.runs, await state.runs.get(run))).status.value == "running"
        await service.close()
