"""The report tells everything, carries nothing from elsewhere, and lets no data become markup."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.cli import eval_commands
from eval.report.charts import intervals_chart
from eval.report.content import labels, sections
from eval.report.markdown import markdown_report
from eval.report.page import html_report
from eval.report.questions import value_html
from eval.runs import EvalRun, EvalRuns, Item, Json
from tests.unit.eval.runs_made import run_of

EVIL = '<script>alert("x")</script>'
DETAIL: dict[str, Json] = {
    "question": f"哪些方剂含有黄芪？{EVIL}",
    "found": [{"id": "a", "title": EVIL, "text": "补气 <b>", "gold": 1}, {"id": "b", "title": "B", "text": "t"}],
    "missed": [{"id": "c", "title": "C", "text": "not found", "gold": 1}],
    "stages_ms": {"embed": 5.0, "dense": 2.0, "retrieve": 3.0},
    "sentences": [
        {"text": "补气。", "verdict": "supported", "citations": [1]},
        {"text": "错。", "verdict": "unsupported"},
    ],
    "refused": False,
}


class Tags(HTMLParser):
    VOID = ("meta", "input", "br", "line", "circle", "rect")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def two() -> list[EvalRun]:
    groups = [{"language": "zh" if n % 2 else "en"} for n in range(20)]
    a = run_of({"recall@5": [0.0] * 10 + [1.0] * 10, "retrieve_ms": [3.0] * 20}, detail=DETAIL, groups=groups)
    b = run_of({"recall@5": [1.0] * 20}, id_="20260101-000001-s-bm25-ffff", system="bm25", detail=DETAIL, groups=groups)
    return [a, b]


def test_the_page_is_whole_and_holds_nothing_from_elsewhere() -> None:
    page = html_report(two())
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.seen.count("script") == 1
    assert not re.search(r"(?:src|href)\s*=|@import|url\(|https?://", page)
    assert "default-src 'none'" in page


def test_data_never_becomes_markup() -> None:
    page = html_report([run_of({"recall@5": [1.0]}, suite=EVIL, system=EVIL, detail=DETAIL)], title=EVIL)
    assert EVIL not in page
    assert "&lt;script&gt;" in page


def test_every_number_stands_with_its_run_and_chinese_is_kept() -> None:
    runs = two()
    for text in (html_report(runs), markdown_report(runs)):
        assert all(run.id in text for run in runs)
        assert "better" in text
    assert "哪些方剂含有黄芪" in html_report(runs)


def test_questions_show_what_was_found_and_missed_with_verdicts() -> None:
    page = html_report(two())
    assert 'class="gold"' in page
    assert "not found" in page
    assert 'class="badge supported"' in page
    assert 'class="badge unsupported"' in page


def test_the_worst_questions_come_first_and_the_rest_may_be_left_out() -> None:
    section = sections(two())[0]
    worst = [q.items[0].metrics["recall@5"] for q in section.questions if q.items[0]]
    assert worst == sorted(worst)
    page = html_report(two(), most_questions=3)
    assert page.count("<details") == 3
    assert "17 better ones are left out" in page


def test_groups_have_intervals_of_their_own() -> None:
    section = sections(two())[0]
    assert list(section.groups["language"]) == ["en", "zh"]
    cell = section.groups["language"]["en"][0]
    assert cell is not None
    assert cell.n == 10
    assert cell.low < cell.mean < cell.high


def test_stages_are_medians_without_their_sum() -> None:
    assert sections(two())[0].stages == {"embed": (5.0, 5.0), "dense": (2.0, 2.0)}


def test_runs_of_one_system_are_told_apart() -> None:
    a, b = run_of({"m": [1.0]}, id_="x-1"), run_of({"m": [1.0]}, id_="x-2")
    assert labels([a, b]) == ("jianxi 1", "jianxi 2")


def test_a_chart_has_a_dot_for_every_mean_and_none_without_any() -> None:
    section = sections(two())[0]
    assert intervals_chart(section.metrics, labels(section.runs), title="t").count("<circle") == 2
    assert intervals_chart({}, (), title="t") == ""


def test_a_chart_leaves_counts_to_the_table() -> None:
    run = run_of({"recall@5": [1.0], "sentences": [4.0]})
    section = sections([run])[0]
    chart = intervals_chart(section.metrics, labels([run]), title="t")
    assert "recall@5" in chart
    assert "sentences" not in chart
    assert "sentences" in html_report([run])


@pytest.mark.parametrize(
    ("value", "told"),
    [(True, "yes"), (None, "–"), (0.123456, "0.1235"), ("a<b", "a&lt;b"), ([1], '<ul class="plain"><li>1</li></ul>')],
)
def test_any_detail_is_shown(value: Json, told: str) -> None:
    assert value_html(value) == told


def test_markdown_cells_hold_no_markup() -> None:
    text = markdown_report([run_of({"a|b": [1.0]}, system="x<y")])
    assert "a\\|b" in text
    assert "x&lt;y" in text


def test_the_command_writes_both_files(tmp_path: Path, kept: EvalRuns) -> None:
    items = [Item("q", {"recall@5": 1.0}, detail={"question": "问？"})]
    run = kept.keep("retrieval", "s", "jianxi", items, figures={"p50_ms": 1.0}, manifest={})
    page, text = tmp_path / "r.html", tmp_path / "r.md"
    done = CliRunner().invoke(eval_commands, ["report", run.id, "-o", str(page), "--markdown", str(text)])
    assert done.exit_code == 0, done.output
    assert run.id in page.read_text("utf-8")
    assert text.read_text("utf-8").startswith("# What was measured")


def test_a_development_set_is_called_so_wherever_its_figures_stand() -> None:
    from eval.development_sets import is_development_set, titled

    assert titled("ecs") == "ecs (development set)"
    assert titled("hotpot100") == "hotpot100"
    assert is_development_set("musique100")
