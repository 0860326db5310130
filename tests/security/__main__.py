"""``python -m tests.security NAME``: what an attack achieves; prints JSON and exits 1 where a limit is missed."""

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

security = typer.Typer(
    no_args_is_help=True, help="Attacks on a service of their own; each prints JSON.", add_completion=False
)


@security.command()
def contract(cases: int = 10_000, seed: int = 7) -> None:
    """Requests made from the OpenAPI description: no 5xx, no status and no content type that it does not name."""
    from tests.security.contract import measure

    with tempfile.TemporaryDirectory() as folder:
        _end(measure(Path(folder), cases=cases, seed=seed))


@security.command()
def roles() -> None:
    """Every route as every caller, on own and other people's objects: nobody gets more than the role allows."""
    from tests.security.roles import measure

    with tempfile.TemporaryDirectory() as folder:
        _end(measure(Path(folder)))


@security.command()
def cypher(
    uri: Annotated[str, typer.Option(help="An empty Neo4j.")],
    password: Annotated[str, typer.Option()],
    payloads: int = 500,
) -> None:
    """Cypher in every text of a request to a service on a real Neo4j: the graph stays the same, no 5xx."""
    from tests.security.cypher import measure

    with tempfile.TemporaryDirectory() as folder:
        _end(measure(Path(folder), uri=uri, password=password, payloads=payloads))


@security.command()
def injection(documents: int = 200, seed: int = 7) -> None:
    """Documents that give orders, in the open and hidden, to a model that obeys: what becomes of their canaries."""
    from tests.security.injection import measure

    with tempfile.TemporaryDirectory() as folder:
        _end(measure(Path(folder), documents=documents, seed=seed))


@security.command()
def bombs() -> None:
    """Files that cost far more than their size: each is decided in seconds while the service stays alive."""
    from tests.security.bombs import measure

    with tempfile.TemporaryDirectory() as folder:
        _end(measure(Path(folder)))


@security.command()
def resumption(chat: Annotated[str, typer.Option(help="JIANXI_CHAT for the cancelling.")] = "auto") -> None:
    """Streams cut at every event and resumed: the same bytes. Answers that are cancelled: the model stops."""
    from tests.security.resumption import measure

    with tempfile.TemporaryDirectory() as folder:
        _end(measure(Path(folder), chat=chat))


@security.command()
def outages(
    neo4j: Annotated[str, typer.Option(envvar="NEO4J_TEST_SERVE", help="Script that starts a Neo4j.")] = "",
    postgres: Annotated[str, typer.Option(envvar="POSTGRES_TEST_URL", help="URL of a PostgreSQL server.")] = "",
    seconds: Annotated[float, typer.Option(help="How long each outage lasts.")] = 30,
) -> None:
    """Chat server, Neo4j and PostgreSQL go away or fall silent: told within 3 s, back within 10 s of their return."""
    from tests.security.outages import measure

    with tempfile.TemporaryDirectory() as folder:
        _end(measure(Path(folder), neo4j=neo4j, postgres=postgres, seconds=seconds))


def _end(found: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    raise typer.Exit(0 if found["holds"] else 1)


if __name__ == "__main__":
    security()
