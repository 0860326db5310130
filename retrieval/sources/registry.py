"""All sources of a snapshot, in the order in which they are asked."""

from retrieval.index.snapshot_contents import Snapshot
from retrieval.protocols import Source
from retrieval.sources.dense import DenseSource
from retrieval.sources.lexical import LexicalSource
from retrieval.sources.linked_documents import LinkedDocuments
from retrieval.sources.walk.source import WalkSource


def sources_of(snapshot: Snapshot, *, adaptation: bool = True) -> tuple[Source, ...]:
    """Every source; without ``adaptation`` they weigh as in a corpus that tells nothing of itself."""
    density = snapshot.walk.link_density if adaptation else None
    return (
        DenseSource(snapshot.dense, density),
        LexicalSource(snapshot.lexical, density),
        WalkSource(snapshot.walk, density),
        LinkedDocuments(snapshot.catalogue),
    )
