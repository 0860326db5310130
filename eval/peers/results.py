"""``docs/results.md``: the page of results, written from kept runs."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from eval.development_sets import NOTE, is_development_set
from eval.peers.table import COLUMNS, Row, rows_of
from eval.report.markdown import table
from eval.retrieval.product import LEFT_OUT, PRODUCT
from eval.retrieval.run import KIND
from eval.runs import EvalRun, Json

_TITLES = {
    "ecs": "ECS: questions of the field",
    "musique100": "MuSiQue-100: two to four hops",
    "hotpot100": "HotpotQA-100: two hops",
    "scifact": "SciFact: claims on abstracts",
    "rgb": "RGB: Chinese news",
}
_PAGE = Path(__file__).with_name("results_page.md")
"""What stands before and behind the suites."""


def results_page(runs: Sequence[EvalRun]) -> str:
    """The page over the newest comparison of each suite."""
    before, _, behind = _PAGE.read_text("utf-8").partition("\n<!-- suites -->\n")
    told = [line for suite, own in _newest(runs).items() for line in _suite(suite, own)]
    return "\n".join([before, *told, behind])


def _newest(runs: Sequence[EvalRun]) -> dict[str, list[EvalRun]]:
    """Of each suite the runs of the last table that holds the product and something else."""
    tables: dict[tuple[str, Json], list[EvalRun]] = {}
    for run in sorted((r for r in runs if r.kind == KIND and "table" in r.manifest), key=lambda r: r.created):
        tables.setdefault((run.suite, run.manifest.get("table")), []).append(run)
    found = {}
    for (suite, _), own in tables.items():
        systems = [run.system for run in own]
        if PRODUCT in systems and not all(name.startswith(PRODUCT) for name in systems):
            found[suite] = own
    order = [*_TITLES, *sorted(found.keys() - _TITLES.keys())]
    return {suite: found[suite] for suite in order if suite in found}


def _suite(suite: str, runs: Sequence[EvalRun]) -> Iterator[str]:
    rows = rows_of(runs)
    whole = next(row for row in rows if row.run.system == PRODUCT)
    left_out = {f"{PRODUCT}-without-{part}": part for part in LEFT_OUT}
    first = whole.run
    yield f"## {_TITLES.get(suite, suite)}\n"
    if is_development_set(suite):
        yield f"This is {NOTE}.\n"
    yield f"{len(first.items)} questions, {first.manifest['texts']} texts. {_machine(runs)}\n"
    yield table(
        [*COLUMNS, "run"], [[*row.cells(), f"`{row.run.id}`"] for row in rows if row.run.system not in left_out]
    )
    yield (
        f"\nShared by all: embedding the texts about {first.figures['embedding_s']:.0f} s (from a sample), "
        f"a question {first.figures['question_ms']:.0f} ms.\n"
    )
    yield _parameters(rows)
    ablated = [row for row in rows if row.run.system in left_out]
    if ablated:
        yield "### Ablation\n"
        yield table(
            ["without", "recall@5", "all@5", "nDCG@10", "difference in recall@5", "95 %", "is", "run"],
            [["nothing", *_three(whole), "", "", "", f"`{whole.run.id}`"]]
            + [_ablated(left_out[row.run.system], row) for row in ablated],
        )
        yield ""


def _ablated(part: str, row: Row) -> list[str]:
    _, _, _, difference, bounds, _, _ = row.compared["recall@5"].cells()
    return [part, *_three(row), difference, bounds, row.against(), f"`{row.run.id}`"]


def _three(row: Row) -> list[str]:
    return [f"{row.run.figures[name]:.3f}" for name in ("recall@5", "all@5", "ndcg@10")]


def _machine(runs: Sequence[EvalRun]) -> str:
    machines = [m for run in runs if isinstance(m := run.manifest.get("machine"), Mapping)]
    if not machines:
        return ""
    first = machines[0]
    busy = any(m.get("busy") for m in machines)
    loads = [float(str(m.get("load", 0.0))) for m in machines]
    note = f", busy with other work (load {min(loads):.1f} to {max(loads):.1f}): times are upper bounds" if busy else ""
    return f"{first.get('processor')}, {first.get('cores')} cores, Python {first.get('python')}{note}."


def _parameters(rows: Sequence[Row]) -> str:
    lines = []
    for row in rows:
        given = row.run.manifest.get("parameters")
        if isinstance(given, Mapping) and not row.run.system.startswith(PRODUCT):
            lines.append(f"- {row.run.system}: " + ", ".join(f"{name} {value}" for name, value in given.items()))
    return "Settings:\n\n" + "\n".join(lines) + "\n" if lines else ""
