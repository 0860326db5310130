"""Documents listed by their records."""

from dataclasses import asdict
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import root
from app.errors import InvalidRequest
from app.records import RecordSearch, csv_of, found_records
from tests.unit.retrieval.question.paper_records import PAPERS, paper_store


async def test_documents_are_found_by_names_as_readers_write_them(tmp_path: Path) -> None:
    async with paper_store(tmp_path) as store:
        page = await found_records(store, RecordSearch(authors=("sorensen",), year_from=2000), limit=1)
        assert (page.total, [d.id for d in page.documents]) == (2, ["p2"])
        by_journal = await found_records(store, RecordSearch(journal="journal of glaciology"), limit=None)
        assert [d.id for d in by_journal.documents] == ["p5", "p3"]


async def test_an_author_that_no_record_names_finds_nothing(tmp_path: Path) -> None:
    async with paper_store(tmp_path) as store:
        assert (await found_records(store, RecordSearch(authors=("Zhdanov",)), limit=None)).total == 0


@pytest.mark.parametrize(
    "command",
    [
        ("documents", "list", "--year-from", "2020", "--year-to", "2010"),
        ("search", "x", "--from", "2020", "--to", "2010"),
    ],
)
def test_years_that_nothing_lies_between_are_refused_by_commands(command: tuple[str, ...]) -> None:
    error = CliRunner().invoke(root, command).exception
    assert isinstance(error, InvalidRequest)
    assert "2020 is after 2010" in str(error)


def test_a_table_has_a_row_a_document_and_runs_no_formula() -> None:
    document = {**asdict(PAPERS[0].document), "title": '=1+1, "quoted"'}
    head, row = csv_of([document]).splitlines()
    assert head.split(",")[:3] == ["id", "source_id", "authors"]
    assert 'Ingrid Sørensen; Wei Zhou,2004,"\'=1+1, ""quoted""",Ocean Science,10.5555/p1,30000001' in row
