from pathlib import Path

from app.http.views import job_view
from app.ingestion.domain import Job, JobProgress
from kg.documents.file_names import written


def test_a_job_of_thousands_of_files_names_the_first_and_no_path_of_the_server() -> None:
    paths = [written(Path(f"/srv/内部/batch {n % 3}/paper-{n}.xml")) for n in range(2700)]
    failed = {"path": paths[2699], "error": f"{paths[2698]}: not XML"}
    job = Job(
        id="j", status="succeeded", created="2026-11-29T00:00:00+00:00", progress=JobProgress(files_total=2700),
        summary={"failures": [failed]}, error=None, request={"paths": paths},
    )  # fmt: skip
    view = job_view(job)
    assert view["files"] == [f"paper-{n}.xml" for n in range(100)]
    assert view["progress"]["files_total"] == 2700
    assert view["summary"] == {"failures": [{"path": "paper-2699.xml", "error": "paper-2698.xml: not XML"}]}
    assert "request" not in view


def test_a_name_that_is_no_utf8_is_told_as_text() -> None:
    path = Path("/srv") / b"\xc4\xe3\xba\xc3.txt".decode("utf-8", "surrogateescape")
    request = {"paths": [written(path)]}
    job = Job("j", "waiting", "2026-11-29T00:00:00+00:00", JobProgress(), None, "/srv/: cannot be read", request)
    view = job_view(job)
    assert (view["files"], view["error"]) == (["你好.txt"], ": cannot be read")
