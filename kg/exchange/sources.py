"""The source of a graph by its address: a server, a file, or a folder."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from kg.errors import InvalidTable
from kg.exchange.domain import GraphSource
from kg.ontology import Ontology
from kg.tables.files import kind_of

_SCHEMES = {base + suffix for base in ("bolt", "neo4j") for suffix in ("", "+s", "+ssc")}


def is_server(address: str) -> bool:
    """Whether an address is that of a Neo4j server."""
    return urlsplit(address).scheme in _SCHEMES


def source_of(
    address: str,
    ontology: Ontology,
    *,
    user: str | None = None,
    password: Callable[[], str] = str,
    database: str | None = None,
) -> GraphSource | None:
    """The source of an address; None for a folder of tables that only a mapping file can read.

    ``password`` is asked only for a server whose address has none. Raises InvalidTable for what is no graph, and
    where the address or its kind and the user or the database disagree.
    """
    if is_server(address):
        from kg.exchange.neo4j_server import Neo4jGraph

        parts = urlsplit(address)
        if not _names_place(parts):
            where = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
            raise InvalidTable(where, ["names no server; write bolt://HOST:PORT"])
        problems = []
        if user and parts.username and unquote(parts.username) != user:
            problems.append("the address and --user name two users; name one")
        if parts.path.strip("/") or parts.query or parts.fragment:
            problems.append("nothing may stand behind the port; name a database by --database NAME")
        if problems:
            raise InvalidTable(f"{parts.scheme}://{parts.hostname}", problems)
        told = unquote(parts.password) if parts.password is not None else password()
        return Neo4jGraph(address, unquote(parts.username or "") or user or "neo4j", told, database)
    path, shown = Path(address).expanduser(), address.rpartition("@")[2]
    if user or database:
        cure = "leave them out, or name a server by bolt://HOST:PORT"
        raise InvalidTable(shown, [f"is no Neo4j server, which alone has --user and --database; {cure}"])
    if path.is_dir():
        from kg.exchange.neo4j_csv import Neo4jCsv, is_neo4j_csv

        return Neo4jCsv(path) if is_neo4j_csv(path) else None
    if not path.is_file():
        raise InvalidTable(shown, ["no such folder or file"])
    suffix = kind_of(path)
    if suffix == ".graphml":
        from kg.exchange.graphml import GraphMl

        return GraphMl(path)
    from kg.exchange.rdf import FORMATS, RdfGraph

    if suffix in FORMATS:
        return RdfGraph(path, ontology)
    cure = "name a folder of tables, bolt://HOST:PORT, or a file .ttl, .nt, .rdf, .owl, .jsonld or .graphml (also .gz)"
    if suffix in (".dump", ".backup"):
        cure = "load it into a Neo4j server (neo4j-admin database load) and name that by bolt://HOST:PORT"
    raise InvalidTable(str(path), [f"a file {suffix or 'without an ending'} is no graph that is read; {cure}"])


def _names_place(parts: SplitResult) -> bool:
    """Whether there is a host, and a port that is a number if there is one."""
    try:
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
