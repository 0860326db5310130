import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from eval.bench.commands import run, start
from tests.e2e.conftest import ROWS, free_port
from tests.integration.inputs import write_papers

pytestmark = pytest.mark.integration


def until(ready: object, seconds: float = 60) -> None:
    began = time.monotonic()
    while not ready():  # type: ignore[operator]
        assert time.monotonic() - began < seconds
        time.sleep(0.02)


def owner(home: Path) -> str:
    try:
        return str(json.loads((home / "jobs.owner.json").read_text())["role"])
    except (OSError, ValueError):
        return ""


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    file = tmp_path / "abstracts.jsonl"
    file.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in ROWS))
    return file


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def ended(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def service(home: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    port = free_port()
    process = start(home, "serve", "--port", str(port), log=tmp_path / "service.log", settings={"chat": "extractive"})
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
            until(lambda: owner(home) == "service")
            until(lambda: answers(client))
            yield client
    finally:
        ended(process)


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/health").status_code == 200
    except httpx.TransportError:
        return False


def test_a_running_service_takes_the_job_of_a_command_and_finds_what_it_brought(
    service: httpx.Client, home: Path, papers: Path
) -> None:
    ran = run(home, "ingest", str(papers), "--json")
    assert ran.json()["documents"] == 2
    assert "a service works on this home" in ran.err
    found = service.post("/v1/search", json={"query": "aquaporin-4 endfeet"}).json()["results"]
    assert found[0]["source_id"] == "PM-1"
    (job,) = service.get("/v1/jobs").json()["jobs"]
    assert job["status"] == "succeeded"
    again = run(home, "ingest", str(papers), "--json").json()
    assert (again["documents"], again["known"]) == (0, 2)


def worker_of(home: Path) -> int:
    return int(json.loads((home / "jobs.owner.json").read_text())["pid"])


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def lives(pid: int) -> bool:
    try:
        return state(pid) != "Z"
    except OSError:
        return False


def submitted(service: httpx.Client, folder: Path) -> str:
    files = [("files", (p.name, p.read_bytes())) for p in sorted(folder.iterdir())]
    job = service.post("/v1/documents", files=files).raise_for_status().json()
    return str(job["id"])


def progress(service: httpx.Client, job: str) -> int:
    return int(service.get(f"/v1/jobs/{job}").json()["progress"]["files"])


def test_a_service_works_on_its_jobs_in_a_process_that_gives_way_and_ends_with_it(
    service: httpx.Client, home: Path, tmp_path: Path
) -> None:
    worker = worker_of(home)
    assert os.sched_getscheduler(worker) == os.SCHED_IDLE
    job = submitted(service, write_papers(tmp_path / "papers", files=12, records=2))
    until(lambda: service.get(f"/v1/jobs/{job}").json()["status"] == "succeeded")
    assert service.get(f"/v1/jobs/{job}").json()["summary"]["documents"] == 24
    parent = int(Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()[1])
    os.kill(worker, signal.SIGSTOP)  # as by a search that ran when the service died
    os.kill(parent, signal.SIGKILL)
    until(lambda: not lives(worker), 20)


def test_a_search_pauses_the_worker(service: httpx.Client, home: Path, papers: Path) -> None:
    run(home, "ingest", str(papers), "--json")
    worker = worker_of(home)
    with ThreadPoolExecutor(1) as pool:

        def seen_paused() -> bool:
            search = pool.submit(service.post, "/v1/search", json={"query": "aquaporin-4 endfeet"})
            states = set()
            while not search.done():
                states.add(state(worker))
            return "T" in states

        until(seen_paused)
    until(lambda: state(worker) != "T")


def test_a_worker_that_is_killed_is_followed_by_another_which_goes_on(
    service: httpx.Client, home: Path, tmp_path: Path
) -> None:
    job = submitted(service, write_papers(tmp_path / "papers", files=60, records=2))
    until(lambda: progress(service, job) > 0)
    first = worker_of(home)
    os.kill(first, signal.SIGKILL)
    until(lambda: service.get(f"/v1/jobs/{job}").json()["status"] == "succeeded", 120)
    assert worker_of(home) != first
    listed = run(home, "documents", "list", "--limit", "1000", "--json").json()["documents"]
    assert len({d["source_id"] for d in listed}) == len(listed) == 120


def test_a_job_that_is_cancelled_at_the_service_stops_in_its_process(
    service: httpx.Client, home: Path, tmp_path: Path
) -> None:
    job = submitted(service, write_papers(tmp_path / "papers", files=90, records=12, sentences=4))
    until(lambda: progress(service, job) > 0)
    assert service.post(f"/v1/jobs/{job}/cancel").json()["status"] == "cancelled"
    time.sleep(4)
    spent = cpu_s(worker_of(home))
    time.sleep(2)
    assert cpu_s(worker_of(home)) - spent < 1
    assert progress(service, job) < 90
    again = submitted(service, write_papers(tmp_path / "others", files=1, records=1))
    until(lambda: service.get(f"/v1/jobs/{again}").json()["status"] == "succeeded")


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_service_that_ends_in_the_middle_is_told_and_the_same_command_goes_on(home: Path, tmp_path: Path) -> None:
    folder = write_papers(tmp_path / "papers", files=80, records=2)
    process = start(
        home, "serve", "--port", str(free_port()), log=tmp_path / "service.log", settings={"chat": "extractive"}
    )
    try:
        until(lambda: owner(home) == "service")
        waiting = start(home, "ingest", str(folder), "--json", log=tmp_path / "ingest.log")
        until(lambda: (home / "files").is_dir())
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert waiting.wait(60) == 1
    told = (tmp_path / "ingest.log").read_text()
    assert "the same command resumes it" in told, told
    assert "Traceback" not in told
    summary = run(home, "ingest", str(folder), "--json").json()
    assert summary["documents"] + summary["known"] == 160
    listed = run(home, "documents", "list", "--limit", "1000", "--json").json()["documents"]
    assert len({d["source_id"] for d in listed}) == len(listed) == 160


def test_a_second_ingestion_is_told_who_holds_the_home(home: Path, papers: Path, tmp_path: Path) -> None:
    folder = write_papers(tmp_path / "papers", files=60, records=2)
    first = start(home, "ingest", str(folder), "--json", log=tmp_path / "first.log")
    try:
        until(lambda: owner(home) == "an ingestion")
        second = run(home, "ingest", str(papers), "--json")
        assert second.code == 1
        assert f"process {first.pid}" in second.err
        assert len(second.err.strip().splitlines()) == 1, second.err
        assert first.wait(120) == 0, (tmp_path / "first.log").read_text()
    finally:
        ended(first)
    assert run(home, "ingest", str(papers), "--json").json()["documents"] == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if done.returncode != 0:
        pytest.skip(f"mounting a small disk needs root with the right to mount: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_ends_the_command_in_one_line_and_the_same_command_goes_on(
    small_disk: Path, tmp_path: Path
) -> None:
    folder = write_papers(tmp_path / "papers", files=40, records=3)
    home = small_disk / "home"
    full = run(home, "ingest", str(folder), "--json", timeout_s=240)
    assert full.code == 1, full
    assert "Traceback" not in full.err
    assert len(full.err.strip().splitlines()) == 1, full.err
    assert "space" in full.err or "full" in full.err, full.err
    subprocess.run(["mount", "-o", "remount,size=300m", str(small_disk)], check=True)
    summary = run(home, "ingest", str(folder), "--json").json()
    assert summary["documents"] + summary["known"] == 120
    assert summary["failures"] == []
    listed = run(home, "documents", "list", "--limit", "1000", "--json").json()["documents"]
    assert len({d["source_id"] for d in listed}) == len(listed) == 120
    assert run(home, "index", "status", "--json").json()["documents"] == 120
