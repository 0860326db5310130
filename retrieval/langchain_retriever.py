"""The retriever as a LangChain retriever, for chains of your own."""

import asyncio

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from retrieval.domain import EvidencePack, Filters, Mode, Query
from retrieval.retriever import Retriever


class JianxiRetriever(BaseRetriever):
    """Passages, and facts in words, as LangChain documents; ``metadata`` leads back to the source."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    mode: Mode = Mode.HYBRID
    k: int = 8
    filters: Filters = Field(default_factory=Filters)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        return asyncio.run(self._found(query))

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        return await self._found(query)

    async def _found(self, query: str) -> list[LangChainDocument]:
        return documents_of(await self.retriever.retrieve(Query(query, self.mode, self.k, self.filters)))


def documents_of(pack: EvidencePack) -> list[LangChainDocument]:
    """An evidence pack in LangChain's form."""
    passages = [
        LangChainDocument(
            page_content=p.passage.text,
            id=p.passage.id,
            metadata={
                "kind": "passage",
                "document_id": p.document.id,
                "source_id": p.document.source_id,
                "title": p.document.title,
                "page": p.passage.page,
                "score": p.score,
            },
        )
        for p in pack.passages
    ]
    facts = [
        LangChainDocument(
            page_content=f"{f.subject.name(pack.language)} {f.relation.predicate} {f.object.name(pack.language)}",
            id=f.relation.id,
            metadata={"kind": "fact", "subject": f.subject.id, "object": f.object.id, "score": f.score},
        )
        for f in pack.facts
    ]
    return [*passages, *facts]
