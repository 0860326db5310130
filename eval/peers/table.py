"""The table of a comparison: a row a system, with intervals and what it is against the product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.comparison import MetricComparison, compare
from eval.retrieval.product import PRODUCT
from eval.runs import EvalRun
from eval.statistics import Interval, mean_interval

QUALITIES = ("recall@2", "recall@5", "recall@10", "all@5", "all@10", "ndcg@10", "mrr@10")
"""The figures of a ranking, in the order of the table."""

JUDGED = ("recall@5", "all@5", "ndcg@10")
"""The figures by which a system is compared with the product."""

COLUMNS = (
    "system",
    "recall@2",
    "recall@5",
    "95 %",
    "recall@10",
    "all@5",
    "all@10",
    "nDCG@10",
    "MRR@10",
    f"against {PRODUCT}",
    "index s",
    "p50 ms",
    "p95 ms",
    "LLM tokens index",
    "LLM tokens query",
)
"""The columns of the table."""


@dataclass(frozen=True, slots=True)
class Row:
    """A system on a suite with the interval of its recall@5, and each judged figure against the product's."""

    run: EvalRun
    interval: Interval
    compared: Mapping[str, MetricComparison]

    @property
    def verdicts(self) -> dict[str, str]:
        """Whether the system is better, worse or a tie by each judged figure; empty for the product itself."""
        return {metric: self.compared[metric].verdict.value for metric in JUDGED if self.compared}

    def against(self) -> str:
        """One word where the judged figures agree, else one for each that is no tie."""
        if len(set(self.verdicts.values())) < 2:
            return next(iter(self.verdicts.values()), "")
        said = {metric: verdict for metric, verdict in self.verdicts.items() if verdict != "tie"}
        return ", ".join(f"{verdict} {metric.replace('ndcg', 'nDCG')}" for metric, verdict in said.items())

    def cells(self) -> tuple[str, ...]:
        """The row as text, in the order of the columns."""
        figures = self.run.figures
        shown = [f"{figures[name]:.3f}" for name in QUALITIES]
        return (
            self.run.system,
            *shown[:2],
            f"{self.interval.low:.3f}-{self.interval.high:.3f}",
            *shown[2:],
            self.against(),
            f"{figures['index_s']:.1f}",
            f"{figures['p50_ms']:.1f}",
            f"{figures['p95_ms']:.1f}",
            f"{figures['index_llm_tokens']:.0f}",
            f"{figures['llm_tokens']:.0f}",
        )

    def document(self) -> dict[str, object]:
        """The row as JSON shows it."""
        figures = {name: round(value, 4) for name, value in self.run.figures.items()}
        return {
            "system": self.run.system,
            "run": self.run.id,
            "n": len(self.run.items),
            **figures,
            "recall@5 95 %": [round(self.interval.low, 4), round(self.interval.high, 4)],
            f"against {PRODUCT}": self.verdicts,
            "parameters": self.run.manifest.get("parameters"),
        }


def rows_of(runs: Sequence[EvalRun]) -> list[Row]:
    """Rows in the order of the runs; the product is the one that the others are compared with, where it is there."""
    product = next((run for run in runs if run.system == PRODUCT), None)
    return [_row(run, product) for run in runs]


def _row(run: EvalRun, product: EvalRun | None) -> Row:
    interval = mean_interval([i.metrics["recall@5"] for i in run.items], [i.cluster or i.id for i in run.items])
    if product is None or run.id == product.id:
        return Row(run, interval, {})
    return Row(run, interval, {m.metric: m for m in compare(product, run).metrics if m.metric in JUDGED})
