"""Indexes of a service that are rebuilt beside it."""

import asyncio
from pathlib import Path

import pytest

from app.index_upkeep import keep_whole, rebuild_beside
from kg.errors import KnowledgeError


class Worth:
    """Indexes that are worth a rebuild until they had one."""

    def __init__(self) -> None:
        self.rebuilt = asyncio.Event()
        self.asked = 0

    async def worth_rebuilding(self) -> bool:
        self.asked += 1
        return not self.rebuilt.is_set()


async def idle() -> bool:
    return True


async def test_what_has_changed_much_is_rebuilt_once() -> None:
    indexes, rebuilds = Worth(), []

    async def rebuild() -> None:
        rebuilds.append(indexes.asked)
        indexes.rebuilt.set()

    task = asyncio.create_task(keep_whole(indexes, rebuild, idle, every_s=0.0))
    async with asyncio.timeout(30):
        while indexes.asked < 4:
            await asyncio.sleep(0.001)
    task.cancel()
    assert rebuilds == [1]


async def test_nothing_is_rebuilt_while_a_job_changes_it_again() -> None:
    indexes, asked = Worth(), 0

    async def idle_at_last() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    async def rebuild() -> None:
        indexes.rebuilt.set()

    task = asyncio.create_task(keep_whole(indexes, rebuild, idle_at_last, every_s=0.0))
    async with asyncio.timeout(30):
        await indexes.rebuilt.wait()
    task.cancel()
    assert asked == 4


async def test_a_job_without_end_is_not_waited_for_for_ever() -> None:
    indexes = Worth()

    async def never_idle() -> bool:
        raise KnowledgeError("the jobs' database is away")

    async def rebuild() -> None:
        indexes.rebuilt.set()

    task = asyncio.create_task(keep_whole(indexes, rebuild, never_idle, every_s=0.0, longest_wait_s=0.02))
    async with asyncio.timeout(30):
        await indexes.rebuilt.wait()
    task.cancel()


async def test_a_rebuild_that_fails_is_told_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    indexes, tries = Worth(), 0

    async def rebuild() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise KnowledgeError("no space left")
        indexes.rebuilt.set()

    task = asyncio.create_task(keep_whole(indexes, rebuild, idle, every_s=0.0, after_failure_s=0.0))
    async with asyncio.timeout(30):
        await indexes.rebuilt.wait()
    task.cancel()
    assert tries == 2
    assert "no space left" in caplog.text


async def test_a_process_that_fails_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(KnowledgeError, match="JIANXI_HOME"):
        await rebuild_beside(tmp_path / "file")
