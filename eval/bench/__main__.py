"""``python -m eval.bench NAME``: speed against a limit, measured in the same run; exits 1 where the limit is missed."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

bench = typer.Typer(no_args_is_help=True, help="Speed against a limit; each command prints JSON.", add_completion=False)
Graph = Annotated[Path, typer.Option(help="Folder with nodes.tsv.gz and edges_core.tsv.gz.")]


@bench.command()
def embedder(
    corpus: Annotated[Path | None, typer.Option(help="JSON Lines with `abstract` or `text`.")] = None,
    passages: int = 300,
    rounds: int = 3,
) -> None:
    """The embedder's GFLOP/s against its other engines and the machine's matmul peak."""
    from eval.bench.embedder import measure
    from eval.bench.passages import texts

    found = measure(texts(corpus, passages), rounds=rounds, engines=("onnx", "openvino"))
    _end(found, holds=bool(found["passed"]))


@bench.command()
def judge(
    corpus: Annotated[Path | None, typer.Option(help="JSON Lines with `abstract` or `text`.")] = None,
    passages: Annotated[int, typer.Option(min=12)] = 300,
    rounds: Annotated[int, typer.Option(min=2)] = 40,
) -> None:
    """The judge's time for 12 passages by each of its engines, against 600 ms."""
    from eval.bench.judge import measure
    from eval.bench.passages import texts

    found = measure(texts(corpus, passages), rounds=rounds)
    _end(found, holds=bool(found["passed"]))


@bench.command()
def ingestion(rounds: int = 3) -> None:
    """Ingestion of the abstracts against the embedder's own time."""
    from eval.bench.ingestion import figures

    with tempfile.TemporaryDirectory() as folder:
        found = figures(_data(), Path(folder), rounds=rounds)
    _end(found, holds=bool(found["holds"]))


@bench.command()
def kg(data: Graph) -> None:
    """Loading and walking the gene graph on SQLite against raw inserts."""
    from eval.bench.kg import sqlite_figures

    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(sqlite_figures(data, Path(folder)))
    _end({"sqlite": found}, holds=found["ratio"] <= 3 and found["two_hop_p95_ms"] <= 20)


@bench.command()
def neo4j(
    uri: Annotated[str, typer.Option()],
    password: Annotated[str, typer.Option()],
    data: Graph,
    user: str = "neo4j",
    edges: Annotated[int | None, typer.Option(help="Only the first so many edges and their ends.")] = None,
) -> None:
    """The same on an empty Neo4j, which is emptied again, against raw Cypher."""
    from eval.bench.neo4j import LOAD_LIMIT, TWO_HOP_LIMIT, measure

    found = asyncio.run(measure(uri, user, password, data, edges))
    _end(found, holds=found["ratio"] <= LOAD_LIMIT and found["two_hop_ratio"] <= TWO_HOP_LIMIT)


@bench.command()
def service(
    home: Annotated[Path | None, typer.Option(help="A filled home; by default one is made of the data.")] = None,
) -> None:
    """Start to `/health`, memory, searches and `--help`."""
    from eval.bench.service import measure

    with tempfile.TemporaryDirectory() as folder:
        found = measure(home, _data(), Path(folder))
    _end(found, holds=bool(found["holds"]))


@bench.command()
def streams(
    home: Annotated[Path, typer.Option(help="A filled home.")],
    streams: int = 100,
    seconds: float = 600,
    reply: Annotated[float, typer.Option(help="Seconds that a reply of the scripted model takes.")] = 20,
    port: Annotated[int, typer.Option(help="Port of the scripted model.")] = 8398,
) -> None:
    """Answers streamed to many readers at once: time to the evidence, failures, `/health`, growth of memory."""
    from eval.bench.scripted_server import MODEL, scripted_server
    from eval.bench.streams import FIRST_P95_MS, GROWTH, HEALTH_P99_MS, measure

    asked = _questions()
    with tempfile.TemporaryDirectory() as folder, scripted_server(port, reply) as url:
        chat = {"chat": f"openai+{url}", "chat_model": MODEL}
        found = asyncio.run(measure(home, Path(folder), asked, streams=streams, seconds=seconds, settings=chat))
    late = found["first_retrieval_p95_ms"] > FIRST_P95_MS or found["health_p99_ms"] > HEALTH_P99_MS
    _end(found, holds=not (late or found["failed"] or found["growth"] > GROWTH))


@bench.command()
def kills(kills: int = 30, seed: int = 7) -> None:
    """Kills (-9) of ingestion, import and a service that is edited, each resumed, then examined."""
    from eval.bench.kills import measure, real_inputs

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = asyncio.run(measure(real_inputs(_data(), folder), folder, kills=kills, seed=seed)).to_json()
    _end(found, holds=bool(found["holds"]))


@bench.command()
def orders(orders: int = 1000, seed: int = 7) -> None:
    """Random orders of additions and deletions: the indexes they leave against ones that are built whole."""
    from app.settings import Settings
    from eval.bench.index_orders import measure
    from kg.ontology import load_domain

    ontology = load_domain(Settings().domain).ontology
    found = asyncio.run(measure(orders=orders, seed=seed, ontology=ontology)).to_json()
    _end(found, holds=found["equal"] == orders)


@bench.command("one-more")
def one_more(
    passages: int = 180_000,
    limit_s: float = 3.0,
    home: Annotated[Path | None, typer.Option(help="Keep the library here, or take the one that is here.")] = None,
    served: Annotated[bool, typer.Option(help="A Markdown file, through a service on the library, over HTTP.")] = False,
) -> None:
    """A document more and one less in a large library, until they are found and not found."""
    from app.cli.output import out_of
    from app.providers import embedder_of
    from app.settings import Settings
    from eval.scale.one_more import measure
    from eval.scale.one_more_served import measure_served
    from kg.ontology import load_domain

    settings = Settings()
    ontology, embedder = load_domain(settings.domain).ontology, embedder_of(settings)
    with tempfile.TemporaryDirectory() as folder, out_of(True).progress() as bars:
        here, measured = home or Path(folder), measure_served if served else measure
        found = asyncio.run(
            measured(here, count=passages, data=_data(), embedder=embedder, ontology=ontology, tell=bars.show)
        )
    _end(found, holds=max(found["add_s"], found["delete_s"]) <= limit_s)


@bench.command()
def laboratory(
    papers: int = 3000,
    kills: int = 10,
    seed: int = 7,
    port: int = 8399,
    folder: Annotated[Path | None, typer.Option(help="Keep all here; what was stopped here goes on.")] = None,
    served: Annotated[
        bool, typer.Option(help="Vectors from a server that costs nothing, as where another machine embeds.")
    ] = False,
) -> None:
    """Thousands of full texts ingested by a service that is asked and killed meanwhile: hours, memory, latency."""
    from eval.bench.laboratory import measure
    from eval.bench.scripted_server import MODEL, scripted_server

    asked = _questions()
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        settings = {}
        if served:
            url = stack.enter_context(scripted_server(port + 1))
            settings = {"embedder": f"openai+{url}", "embedder_model": MODEL}
        found = measure(
            _data(), folder or Path(temporary), asked, papers=papers, kills=kills, seed=seed, port=port,
            settings=settings,
        )  # fmt: skip
    _end(found, holds=bool(found["holds"]))


def _data() -> Path:
    from eval.data_folder import data_folder
    from eval.errors import MissingData

    try:
        return data_folder()
    except MissingData as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from error


def _questions() -> list[str]:
    from eval.answers.suites import read_ecs

    return [question.text for question in read_ecs(_data()).questions]


def _end(found: Mapping[str, object], *, holds: bool) -> None:
    sys.stdout.write(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    raise typer.Exit(0 if holds else 1)


if __name__ == "__main__":
    bench()
