"""Chinese questions of English abstracts: ``python -m eval.retrieval.cross_language --glossary none|bundled|FILE``."""

import argparse
import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from eval.retrieval import ecs
from eval.retrieval.ask import ask_all
from eval.retrieval.domain import Suite, SuiteQuestion
from eval.retrieval.figures import figures_of
from eval.retrieval.homes import SuiteHome
from eval.retrieval.product import JianxiSystem
from models.protocols import Embedder
from retrieval.domain import Mode
from retrieval.retriever import Retriever
from retrieval.text.glossary import Glossary, bundled_glossary

QUESTIONS = Path(__file__).with_name("cross_language.jsonl")

PARTS = ("open", "held_out", "after")
"""Two halves written before the glossary by its writer, who knew both, and questions of abstracts read after it."""


def questions(part: str) -> list[SuiteQuestion]:
    """The questions of a part, each with the abstract it was written from."""
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    return [SuiteQuestion(r["id"], r["question"], {r["gold"]: 1}, "zh") for r in rows if r["part"] == part]


def glossary_named(name: str) -> Glossary:
    """``none``, ``bundled``, or a file of terms."""
    if name == "none":
        return Glossary({})
    return bundled_glossary() if name == "bundled" else Glossary.read([Path(name)])


async def measure(
    glossary: Glossary, *, home: Path, data: Path, embedder: Embedder, modes: Sequence[Mode] = tuple(Mode)
) -> list[dict[str, object]]:
    """Figures by mode and part; the home is built where it is not there yet."""
    async with ecs.open_home(home, data, embedder, graphs=()) as opened:
        retriever = Retriever(opened.store, opened.indexes, embedder, glossary=glossary)
        home_ = SuiteHome(opened.store, opened.indexes, retriever, opened.ontology)
        rows: list[dict[str, object]] = []
        for mode in modes:
            system = JianxiSystem(home_, embedder, mode=mode)
            for part in PARTS:
                items = await ask_all(system, Suite(part, (), tuple(questions(part))))
                rows.append({"mode": mode.value, "part": part, "n": len(items), **figures_of(items)})
        return rows


def main() -> None:
    """The command."""
    from app.providers import embedder_of
    from app.settings import Settings

    settings = Settings()
    parser = argparse.ArgumentParser(description="Chinese questions of English abstracts.")
    parser.add_argument("--glossary", default="bundled", help="none, bundled, or a file of terms (zh<TAB>en)")
    parser.add_argument("--mode", action="append", choices=[m.value for m in Mode], help="all where left out")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    if settings.shared_data is None:
        parser.error("set JIANXI_SHARED_DATA to the folder of evaluation data (eval/README.md)")
    rows = asyncio.run(
        measure(
            glossary_named(options.glossary),
            home=settings.home_path / "eval/cross_language",
            data=settings.shared_data,
            embedder=embedder_of(settings),
            modes=[Mode(m) for m in options.mode] if options.mode else tuple(Mode),
        )
    )
    if options.json:
        print(json.dumps({"glossary": options.glossary, "rows": rows}))
        return
    for row in rows:
        print("  ".join(f"{k} {v}" for k, v in row.items()))


if __name__ == "__main__":
    main()
