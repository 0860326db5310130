"""The dense index on Milvus: a collection a snapshot, in a server or in a file by milvus-lite."""

import json
import re
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from kg.domain import PassageId
from models.errors import ExtraMissing
from models.protocols import Vectors
from retrieval.domain import Hit
from retrieval.errors import IndexCorrupt, IndexUnavailable, reading
from retrieval.index.query_vector import query_vector

_BATCH = 1000
_ALLOWED_AT_ONCE = 5000
_POINTER = "milvus.json"
_ID_LENGTH = 512


class MilvusIndex:
    """Unit vectors by inner product in one collection; the snapshot's folder holds only its name."""

    def __init__(self, uri: str, collection: str, dimension: int) -> None:
        self._uri = uri
        self._collection = collection
        self._dimension = dimension
        self._client = _client(uri)

    def search(self, vector: Vectors, k: int, *, allowed: Collection[PassageId] | None = None) -> Sequence[Hit]:
        """The k best, ties by id; only among ``allowed`` where given. Raises IndexMismatch for a wrong dimension."""
        query = query_vector(vector, self._dimension)
        if k < 1 or (allowed is not None and not allowed):
            return []
        if allowed is None:
            hits = self._found(query, k + 8, "")
        else:
            ids = sorted(allowed)
            parts = [ids[start : start + _ALLOWED_AT_ONCE] for start in range(0, len(ids), _ALLOWED_AT_ONCE)]
            hits = [h for part in parts for h in self._found(query, k + 8, f"id in {json.dumps(part)}")]
        return sorted(hits, key=lambda h: (-h.score, h.passage_id))[:k]

    def vectors_of(self, ids: Sequence[PassageId]) -> Vectors:
        """The vectors of passages that are there, in the order asked."""
        with _translated(self._uri):
            rows = self._client.get(self._collection, ids=list(ids), output_fields=["vector"]) if ids else []
        there = {str(row["id"]): row["vector"] for row in rows}
        found = [there[id_] for id_ in ids if id_ in there]
        return np.array(found, np.float32).reshape(len(found), self._dimension)

    def __len__(self) -> int:
        with _translated(self._uri):
            rows = self._client.query(
                self._collection, filter="", output_fields=["count(*)"], consistency_level="Strong"
            )
        return int(rows[0]["count(*)"])

    def _found(self, query: Vectors, limit: int, where: str) -> list[Hit]:
        with _translated(self._uri):
            found = self._client.search(
                self._collection,
                data=[query.tolist()],
                filter=where,
                limit=min(limit, 16_384),
                search_params={"metric_type": "IP"},
                consistency_level="Strong",
            )
        return [Hit(PassageId(str(hit["id"])), round(float(hit["distance"]), 6)) for hit in found[0]]


class MilvusEngine:
    """Milvus at a URI: a server's address, or a file for milvus-lite."""

    def __init__(self, uri: str) -> None:
        self._uri = uri

    name = "milvus"

    def build(self, folder: Path, ids: Sequence[PassageId], vectors: Vectors, *, snapshot: str) -> None:
        """Fill a collection and write its name into the folder; an earlier one of the same name is dropped."""
        collection = "jianxi_" + re.sub(r"\W", "_", snapshot)
        rows = [{"id": i, "vector": v} for i, v in zip(ids, np.asarray(vectors, np.float32), strict=True)]
        with _connected(self._uri) as client:
            if client.has_collection(collection):
                client.drop_collection(collection)
            _create(client, collection, vectors.shape[1])
            for start in range(0, len(rows), _BATCH):
                client.insert(collection, rows[start : start + _BATCH])
            client.flush(collection)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _POINTER).write_text(json.dumps({"collection": collection, "dimension": vectors.shape[1]}), "utf-8")

    def load(self, folder: Path) -> MilvusIndex:
        """The collection that a snapshot's folder names."""
        with reading(folder / _POINTER):
            pointer = json.loads((folder / _POINTER).read_text("utf-8"))
            collection, dimension = str(pointer["collection"]), int(pointer["dimension"])
        with _connected(self._uri) as client:
            there = client.has_collection(collection)
        if not there:
            raise IndexCorrupt(f"Milvus at {self._uri} has no collection {collection}; run `jianxi index rebuild`")
        return MilvusIndex(self._uri, collection, dimension)

    def drop(self, folder: Path) -> None:
        """Drop the collection of a snapshot that is about to go."""
        try:
            collection = json.loads((folder / _POINTER).read_text("utf-8"))["collection"]
        except (OSError, ValueError, KeyError):
            shutil.rmtree(folder, ignore_errors=True)
            return
        with _connected(self._uri) as client:
            client.drop_collection(collection)


def _create(client: Any, collection: str, dimension: int) -> None:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=_ID_LENGTH)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    parameters = client.prepare_index_params()
    parameters.add_index("vector", index_type="FLAT", metric_type="IP")
    client.create_collection(collection, schema=schema, index_params=parameters)


def _client(uri: str) -> Any:
    try:
        from pymilvus import MilvusClient
    except ImportError as error:
        raise ExtraMissing("pymilvus", "milvus") from error
    with _translated(uri):
        return MilvusClient(uri)


@contextmanager
def _connected(uri: str) -> Iterator[Any]:
    with closing(_client(uri)) as client, _translated(uri):
        yield client


@contextmanager
def _translated(uri: str) -> Iterator[None]:
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except (MilvusException, OSError) as error:
        raise IndexUnavailable(f"Milvus at {uri} cannot be reached or refused: {error}") from error
