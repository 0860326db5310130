"""The graph of a running Neo4j server, read by Cypher over Bolt: nodes in one read transaction, edges in another."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString
from urllib.parse import urlsplit

from neo4j import READ_ACCESS, Driver, GraphDatabase, NotificationMinimumSeverity, Session
from neo4j import exceptions as driver
from neo4j.graph import Node as ServerNode
from neo4j.graph import Relationship

from kg.errors import InvalidTable, StoreUnavailable
from kg.exchange.domain import Edge, Node, Value, value_of
from kg.stores.neo4j.failures import translated
from kg.tables.report import Findings

_PAGE = 2000
"""Records that the server is asked for at once."""
_COUNT = "MATCH ()-[r]->() RETURN count(r)"
_IDS = ("id", "identifier", "curie", "uid", "uuid", "ID", "Id")


class Neo4jGraph:
    """Every node and relationship of a database; nothing can be written through it.

    A node keeps the id that its label has a constraint on, else a property such as ``id``, behind its label where
    the values are not one node's alone; only where there is none the number that the server gives it.
    """

    def __init__(self, address: str, user: str, password: str, database: str | None = None) -> None:
        parts = urlsplit(address)
        self._where = f"{parts.hostname}:{parts.port or 7687}"
        self.name = f"Neo4j at {self._where}" + (f", database {database}" if database else "")
        self.findings = Findings()
        self._uri = f"{parts.scheme}://{parts.hostname}:{parts.port or 7687}"
        self._auth = (user, password)
        self._database = database
        self._ids: dict[str, str] = {}
        self._numbered = 0
        self._edges = 0

    def nodes(self) -> Iterator[Node]:
        """Every node."""
        with self._connected() as session:
            self._edges = session.run(_COUNT).single(strict=True)[0]
            keys = _Keys(session)
            for node in _all(session, "MATCH (n) RETURN n"):
                assert isinstance(node, ServerNode)  # noqa: S101 - the query returns nothing else
                labels = tuple(sorted(node.labels))
                properties = _properties(node)
                key = next((k for k in (*keys.of(labels), *_IDS) if isinstance(properties.get(k), str)), None)
                id_ = node.element_id if key is None else str(properties[key])
                if key not in keys.alone:
                    id_ = f"{labels[0] if labels else 'node'}:{id_}"
                self._numbered += key is None
                self._ids[node.element_id] = id_
                yield Node(id_, labels, properties)
        if self._numbered:
            self.findings.notes.append(
                f"nodes without a property such as id: {self._numbered:,}; they got the server's numbers, which "
                "another copy of the database may give to other nodes"
            )
        if repeated := [i for i, n in Counter(self._ids.values()).items() if n > 1]:
            self.findings.notes.append(f"several nodes have the id {', '.join(repeated[:5])}; they are read as one")

    def edges(self) -> Iterator[Edge]:
        """Every relationship; those that came or went since the nodes were read are told."""
        given = strange = 0
        with self._connected() as session:
            for edge in _all(session, "MATCH ()-[r]->() RETURN r"):
                assert isinstance(edge, Relationship)  # noqa: S101 - the query returns nothing else
                ends = [
                    self._ids.get(n.element_id) if n is not None else None for n in (edge.start_node, edge.end_node)
                ]
                if ends[0] is None or ends[1] is None:
                    strange += 1
                else:
                    given += 1
                    yield Edge(ends[0], edge.type, ends[1], _properties(edge))
        if lost := max(strange, self._edges - given):
            cure = "import again while nobody writes to it"
            self.findings.add("changed", self.name, f"relationships changed while it was read, {lost:,} lost: {cure}")

    @contextmanager
    def _connected(self) -> Iterator[Session]:
        try:
            with translated(self._where), self._driver() as opened:
                opened.verify_connectivity()
                with opened.session(database=self._database, default_access_mode=READ_ACCESS, fetch_size=_PAGE) as made:
                    self._refuse_own(made)
                    yield made
        except StoreUnavailable as error:
            if isinstance(error.__cause__, driver.AuthError):
                cure = "name its user by --user and its password by JIANXI_NEO4J_PASSWORD"
                raise StoreUnavailable(f"{self.name} refused the login: {cure}") from None
            raise

    def _driver(self) -> Driver:
        return GraphDatabase.driver(
            self._uri,
            auth=self._auth,
            connection_timeout=5.0,
            connection_acquisition_timeout=10.0,
            max_transaction_retry_time=1.0,
            notifications_min_severity=NotificationMinimumSeverity.OFF,
            telemetry_disabled=True,
            user_agent="jianxi",
        )

    def _refuse_own(self, session: Session) -> None:
        labels = {record["label"] for record in session.run("CALL db.labels() YIELD label RETURN label")}
        if {"Ledger", "Revision"} <= labels:
            cure = "name it as JIANXI_STORE and use `jianxi kg export`"
            raise InvalidTable(self.name, [f"the database is a store of Jianxi; {cure}"])


class _Keys:
    """The properties that tell nodes apart."""

    def __init__(self, session: Session) -> None:
        self._of_label: dict[str, str] = {}
        constraints = "SHOW CONSTRAINTS YIELD type, labelsOrTypes, properties RETURN type, labelsOrTypes, properties"
        try:
            for record in session.run(constraints):
                if len(record["properties"]) == 1 and ("UNIQUENESS" in record["type"] or "NODE_KEY" in record["type"]):
                    self._of_label.update(dict.fromkeys(record["labelsOrTypes"], record["properties"][0]))
        except driver.ClientError:
            # a reader without the right to see constraints, or a server without them: the ids tell
            self._of_label.clear()
        there = {record["key"] for record in session.run("CALL db.propertyKeys() YIELD propertyKey AS key RETURN key")}
        counts = "MATCH (n) WHERE n[$key] IS NOT NULL RETURN count(n) AS nodes, count(DISTINCT n[$key]) AS values"
        self.alone = set()
        for key in {*_IDS, *(k for k in self._of_label.values() if k.casefold().endswith("id"))} & there:
            found = session.run(counts, key=key).single(strict=True)
            if found["nodes"] == found["values"]:
                self.alone.add(key)

    def of(self, labels: tuple[str, ...]) -> tuple[str, ...]:
        """The properties that a constraint makes the ids of the labels."""
        return tuple(self._of_label[label] for label in labels if label in self._of_label)


def _all(session: Session, cypher: LiteralString) -> Iterator[object]:
    """The one value of every record of a statement, page by page, in a read transaction."""
    with session.begin_transaction() as reading:
        for record in reading.run(cypher):
            yield record[0]


def _properties(of: ServerNode | Relationship) -> dict[str, Value]:
    read = {key: value_of(value) for key, value in of.items()}
    return {key: value for key, value in read.items() if value is not None}
