"""What the routes tell of a run."""

import time

from app.state.database import now
from app.state.domain import Run, RunStatus
from tests.unit.app.http.conftest import Routes


async def test_a_run_whose_process_is_gone_is_told_as_failed_wherever_it_is_read(routes: Routes) -> None:
    state, client = await routes.app.state(), routes.client

    async def left(name: str, lease_s: float) -> None:
        run = Run(name, "What is AQP4?", RunStatus.RUNNING, now(), "another-container:1:x", time.time() + lease_s)
        await state.runs.start(run)

    for name in ("run_read", "run_paged", "run_listed"):
        await left(name, -1)
    read = (await client.get("/v1/answers/run_read")).json()
    paged = (await client.get("/v1/answers/run_paged/events")).json()
    listed = {run["run"]: run["status"] for run in (await client.get("/v1/answers")).json()["runs"]}
    await left("run_lives", 60)

    assert (read["status"], read["answer"]) == ("failed", None)
    assert (paged["done"], [e["data"]["code"] for e in paged["events"]]) == (True, ["interrupted"])
    assert listed["run_listed"] == "failed"
    assert (await client.get("/v1/answers/run_lives")).json()["status"] == "running"
