"""The dictionary of all names of a store, built again only if names have changed."""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.domain import Revision
from kg.ontology import Ontology
from kg.protocols import NamedEntity, Store
from retrieval.index.garbage import settle

if TYPE_CHECKING:
    from kg.names.linker import Linker


@dataclass(frozen=True, slots=True)
class _Built:
    """A dictionary with the digest of its names and the newest revision that is known to have no others."""

    revision: Revision
    digest: str
    linker: "Linker"


class NameDictionary:
    """Links names of one store by its ontology; one thread at a time builds it."""

    def __init__(self, store: Store, ontology: Ontology, *, terms: Mapping[str, str] | None = None) -> None:
        """``terms`` are Chinese terms of the field with their English words, by which names are linked as well."""
        self._store = store
        self._ontology = ontology
        self._terms = terms or {}
        self._built: _Built | None = None
        self._building = asyncio.Lock()

    async def since(self, revision: Revision) -> "Linker":
        """A dictionary that is not older than a revision."""
        built = self._built
        return built.linker if built is not None and built.revision >= revision else await self.newest()

    async def newest(self) -> "Linker":
        """The dictionary of all names that the store has now."""
        from kg.names.linker import Linker

        async with self._building:
            head, before = await self._store.head(), self._built
            if before is not None and (
                not (await self._store.delta(before.revision)).graph_changed or await self.digest() == before.digest
            ):
                self._built = _Built(head, before.digest, before.linker)
                return before.linker
            named = await self._read()
            digest = await asyncio.to_thread(_digest, named)
            linker = await asyncio.to_thread(Linker.build, named, self._ontology, terms=self._terms)
            self._built = _Built(head, digest, linker)
            settle()
            return linker

    async def digest(self) -> str:
        """A digest of all names that the store has now."""
        return await asyncio.to_thread(_digest, await self._read())

    async def _read(self) -> list[NamedEntity]:
        """The names of all entities, in order of id."""
        return [entity async for batch in self._store.named() for entity in batch]


def _digest(named: Iterable[NamedEntity]) -> str:
    """Equal where the dictionaries of the names are."""
    digest = hashlib.sha256()
    for entity in named:
        digest.update(repr((entity.id, entity.type, entity.names)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]
