"""What a report tells: runs side by side, suite by suite, with intervals, groups, costs and questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median_high

from eval.comparison import Comparison, compare
from eval.directions import is_cost
from eval.retrieval.figures import stage_times
from eval.runs import EvalRun, Item, quality_metrics
from eval.statistics import Interval, mean_interval

_MAIN = ("recall@5", "ndcg@10", "facts_found", "accuracy", "exact_match", "f1", "passed")
FEWEST_CLUSTERS = 6
"""With fewer clusters no interval is shown: five that agree may do so by chance once in sixteen times."""


@dataclass(frozen=True, slots=True)
class Cell(Interval):
    """The interval of a mean over n items, which is not ``sure`` where it comes of too few clusters."""

    n: int
    sure: bool


Rows = Mapping[str, tuple[Cell | None, ...]]
"""By name a cell for each run; None where a run does not have it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the item of each run that asked it, worst first by the main metric."""

    id: str
    text: str
    items: tuple[Item | None, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The runs of one kind on one suite; ``main`` is the metric by which groups and questions are shown."""

    kind: str
    suite: str
    runs: tuple[EvalRun, ...]
    main: str
    metrics: Rows
    groups: Mapping[str, Rows]
    costs: Mapping[str, tuple[float | None, ...]]
    stages: Mapping[str, tuple[float, ...]]
    comparisons: tuple[Comparison, ...]
    questions: tuple[Question, ...]


def sections(runs: Sequence[EvalRun]) -> tuple[Section, ...]:
    """One section for each kind and suite, in the order of the runs; later runs are held against the first."""
    kinds = dict.fromkeys((run.kind, run.suite) for run in runs)
    return tuple(_section([r for r in runs if (r.kind, r.suite) == key]) for key in kinds)


def labels(runs: Sequence[EvalRun]) -> tuple[str, ...]:
    """What each run is called in tables: its system, with the end of its id where two are of one system."""
    systems = [run.system for run in runs]
    return tuple(r.system if systems.count(r.system) == 1 else f"{r.system} {r.id.rsplit('-', 1)[-1]}" for r in runs)


def main_metric(runs: Sequence[EvalRun]) -> str:
    """The metric that stands for a run where only one is shown; empty without any."""
    names = quality_metrics(item for run in runs for item in run.items)
    return next((n for n in _MAIN if n in names), names[0] if names else "")


def _section(runs: Sequence[EvalRun]) -> Section:
    main = main_metric(runs)
    qualities = quality_metrics(item for run in runs for item in run.items)
    names = sorted(qualities, key=lambda name: name != main)
    return Section(
        kind=runs[0].kind,
        suite=runs[0].suite,
        runs=tuple(runs),
        main=main,
        metrics={name: tuple(_cell(run.items, name) for run in runs) for name in names},
        groups=_groups(runs, main),
        costs=_costs(runs),
        stages=_stages(runs),
        comparisons=tuple(compare(runs[0], run) for run in runs[1:]),
        questions=_questions(runs, main),
    )


def _cell(items: Sequence[Item], metric: str) -> Cell | None:
    own = [i for i in items if metric in i.metrics]
    if not own:
        return None
    clusters = [i.cluster or i.id for i in own]
    found = mean_interval([i.metrics[metric] for i in own], clusters)
    return Cell(found.mean, found.low, found.high, len(own), len(set(clusters)) >= FEWEST_CLUSTERS)


def _groups(runs: Sequence[EvalRun], metric: str) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for group in dict.fromkeys(g for run in runs for i in run.items for g in i.groups):
        values = sorted({i.groups[group] for run in runs for i in run.items if group in i.groups})
        if len(values) > 1:
            found[group] = {
                value: tuple(_cell([i for i in r.items if i.groups.get(group) == value], metric) for r in runs)
                for value in values
            }
    return found


def _costs(runs: Sequence[EvalRun]) -> dict[str, tuple[float | None, ...]]:
    names = [n for n in dict.fromkeys(n for run in runs for n in run.figures) if is_cost(n)]
    return {name: tuple(run.figures.get(name) for run in runs) for name in names}


def _stages(runs: Sequence[EvalRun]) -> dict[str, tuple[float, ...]]:
    """Median milliseconds by stage; the sum of a question is left out where its parts are there."""
    times = [stage_times(run.items) for run in runs]
    names = [n for n in dict.fromkeys(n for own in times for n in own) if n != "retrieve"]
    return {name: tuple(median_high(own.get(name, [0.0])) for own in times) for name in names}


def _questions(runs: Sequence[EvalRun], main: str) -> tuple[Question, ...]:
    by_id = [{item.id: item for item in run.items} for run in runs]
    ids = dict.fromkeys(id_ for own in by_id for id_ in own)
    found = []
    for id_ in ids:
        items = tuple(own.get(id_) for own in by_id)
        text = next((i.detail["question"] for i in items if i is not None and "question" in i.detail), id_)
        found.append(Question(id_, str(text), items))
    return tuple(sorted(found, key=lambda q: min((i.metrics.get(main, 0.0) for i in q.items if i), default=0.0)))
