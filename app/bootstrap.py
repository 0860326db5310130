"""The composition root: it creates every part and connects them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from app.providers import (
    ChatChoice,
    build_verifier,
    choose_chat,
    dense_engine,
    embedder_of,
    extractive_chat,
    jobs_url,
    judge_of,
    parser_of,
    question_parser,
    reranker_of,
    store_of,
    weights_of,
)
from app.settings import Settings, send_no_reports
from app.worker_pause import PausingRetriever, WorkerPause

if TYPE_CHECKING:
    from app.answering.protocols import Retrieves
    from app.answering.service import AnswerService
    from app.ingestion.files import FileStore
    from app.ingestion.jobs import Jobs
    from app.ingestion.removal import Purge
    from app.state.state import State
    from kg.domain import DocumentId, Revision
    from kg.ontology import Domain
    from kg.protocols import Store
    from models.protocols import Embedder, Judge, Reranker
    from models.weights import Weights
    from retrieval.index.builder import Indexes
    from retrieval.retriever import Retriever


class App:
    """The application: one instance of each part, created at first use."""

    def __init__(
        self,
        settings: Settings,
        *,
        domain: "Domain",
        store: "Store",
        embedder: "Embedder",
        engine: str,
        chat: ChatChoice | None,
        judge: "Judge | None" = None,
        evidence: "Retrieves | None" = None,
    ) -> None:
        self.settings = settings
        self.domain = domain
        self.store = store
        self.embedder = embedder
        self._engine = engine
        self._chat = chat
        self._evidence = evidence
        self.worker_pause = WorkerPause()
        if judge is not None:
            self.judge = judge
        self._state: State | None = None
        self._answering: AnswerService | None = None
        self._jobs: Jobs | None = None
        self._stack = AsyncExitStack()
        self._opening: asyncio.Task[None] | None = None
        self._opening_state = asyncio.Lock()
        self._choosing_chat = asyncio.Lock()
        self._making_answers = asyncio.Lock()

    @property
    def where_store(self) -> str:
        """Where the store is, without its password."""
        address = self.settings.store.rpartition("@")[2]
        return f"in {self.settings.home_path}" if address == "sqlite" else f"at {address}"

    @cached_property
    def weights(self) -> "Weights":
        """Where model files come from."""
        return weights_of(self.settings)

    @cached_property
    def indexes(self) -> "Indexes":
        """The derived indexes."""
        from retrieval.index.builder import Indexes
        from retrieval.text.glossary import glossary_of

        return Indexes(
            self.settings.home_path / "indexes",
            store=self.store,
            embedder=self.embedder,
            ontology=self.domain.ontology,
            dense_factory=dense_engine(self.settings),
            terms=glossary_of(self.domain.folder).entries,
        )

    @property
    def files(self) -> "FileStore":
        """The kept files of the documents."""
        from app.ingestion.files import FileStore

        folder = self.settings.home_path / "files"
        return FileStore(str(folder), folder / "notes")

    async def delete_documents(self, names: Sequence[str], *, author: str) -> "tuple[list[DocumentId], Revision]":
        """Delete documents by id or source id, everywhere; raises NotFound, InvalidRequest."""
        from app.ingestion.removal import delete_documents

        return await delete_documents(
            self.store, self.indexes, self.files, names, author=author, reason="documents deleted"
        )

    async def purge_documents(self, names: Sequence[str], *, author: str) -> "Purge":
        """Erase documents and everything made of them, for ever; raises NotFound, InvalidRequest."""
        from app.ingestion.inbox import Inbox
        from app.ingestion.removal import Purger

        inbox, state = Inbox(self.settings.inbox_path), await self.state()
        purger = Purger(self.store, self.indexes, self.files, inbox, state.runs)
        return await purger.purge(names, author=author, reason="documents purged")

    @cached_property
    def judge(self) -> "Judge | None":
        """Reads pairs of texts for verdicts and relevance; None without weights."""
        return judge_of(self.settings)

    @cached_property
    def reranker(self) -> "Reranker | None":
        """Puts passages in order; None where the settings name none. Raises InvalidSetting."""
        return reranker_of(self.settings, self.judge if self.settings.reranker == "judge" else None)

    @cached_property
    def retriever(self) -> "Retriever":
        """Finds evidence."""
        from retrieval.retriever import Retriever
        from retrieval.text.glossary import glossary_of

        return Retriever(
            self.store,
            self.indexes,
            self.embedder,
            self.reranker,
            question_limit=self.settings.question_limit,
            glossary=glossary_of(self.domain.folder),
        )

    @cached_property
    def pausing_retriever(self) -> PausingRetriever:
        """The retriever of a service: it pauses the worker while it searches."""
        return PausingRetriever(self.retriever, self.worker_pause)

    @cached_property
    def answer_embedder(self) -> "Embedder":
        """The embedder of answers, which need the vectors of the same sentences several times."""
        from models.embedder_cache import CachingEmbedder

        return CachingEmbedder(self.embedder)

    async def chat(self) -> ChatChoice:
        """The chat model; chosen once."""
        async with self._choosing_chat:
            if self._chat is None:
                self._chat = await asyncio.to_thread(
                    choose_chat, self.settings, self.weights, self.answer_embedder, self.judge
                )
                if self._chat.close is not None:
                    self._stack.push_async_callback(asyncio.to_thread, self._chat.close)
            return self._chat

    async def state(self) -> "State":
        """Runs, feedback and keys."""
        async with self._opening_state:
            if self._state is None:
                from app.state.state import open_state

                self._state = await self._stack.enter_async_context(
                    open_state(self.settings.state, folder=self.settings.home_path)
                )
            return self._state

    async def prune_runs(self) -> int:
        """Delete the runs that are older than the settings keep them; returns how many."""
        days = self.settings.keep_runs_days
        if not days:
            return 0
        before = datetime.now(UTC) - timedelta(days=days)
        return await (await self.state()).runs.prune(before.isoformat(timespec="milliseconds"))

    async def answering(self) -> "AnswerService":
        """Answers questions."""
        async with self._making_answers:
            if self._answering is None:
                self._answering = await self._make_answering()
            return self._answering

    async def _make_answering(self) -> "AnswerService":
        from app.answering.library_answer import LibraryAnswerer
        from app.answering.library_facts import library_facts
        from app.answering.service import AnswerService
        from retrieval.question.plain_parser import PlainParser

        chat = await self.chat()
        embedder = self.answer_embedder
        answering = AnswerService(
            retriever=self._evidence or self.pausing_retriever,
            graph=self.store,
            domain=self.domain,
            chat=chat.model,
            chat_name=chat.name,
            fallback=extractive_chat(embedder, self.judge) if self.settings.chat_fallback else None,
            state=await self.state(),
            embedder=embedder,
            verifier=build_verifier(self.settings.verifier, judge=self.judge, chat=chat),
            conflict_verifier=build_verifier("auto", judge=self.judge, chat=None),
            judge=self.judge,
            parser=PlainParser()
            if self._evidence
            else question_parser(self.settings.question_parser, chat, embedder, self.indexes),
            facts=partial(library_facts, self.store),
            library=None if self._evidence else LibraryAnswerer(self.store, embedder),
            content=None if self._evidence else self.store,
            settings=self.settings,
            small=chat.kind == "gguf",
            tuned=chat.tuned,
        )
        self._stack.push_async_callback(answering.close)
        return answering

    async def open_jobs(self) -> "Jobs":
        """The durable jobs of this home, not yet started."""
        if self._jobs is None:
            from app.ingestion.beats import Beats
            from app.ingestion.inbox import Inbox
            from app.ingestion.jobs import Jobs
            from app.ingestion.lock import HomeLock
            from app.ingestion.service import Ingestion

            inbox = self.settings.inbox_path
            parser = parser_of(self.settings, self._engine)
            self._stack.push_async_callback(parser.close)
            ingestion = Ingestion(
                store=self.store,
                indexes=self.indexes,
                files=self.files,
                inbox=inbox,
                parser=parser,
                at_once=self.settings.workers,
            )
            home = self.settings.home_path
            self._jobs = Jobs(
                url=jobs_url(self.settings),
                lock=HomeLock(home),
                ingestion=ingestion,
                inbox=Inbox(inbox),
                beats=Beats(home),
            )
            self._stack.push_async_callback(self._jobs.close)
        return self._jobs

    async def ready(self) -> None:
        """Open the store if it is not open yet; raises StoreUnavailable.

        A caller that stops waiting does not stop the opening; the next caller waits for the same one.
        """
        task = self._opening
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = self._opening = asyncio.create_task(self.store.open())
        await asyncio.shield(task)

    async def close(self) -> None:
        """Close all parts in reverse order."""
        await self._stack.aclose()
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        await self.store.close()


@asynccontextmanager
async def build(
    settings: Settings,
    *,
    store: "Store | None" = None,
    embedder: "Embedder | None" = None,
    chat: ChatChoice | None = None,
    judge: "Judge | None" = None,
    evidence: "Retrieves | None" = None,
    engine: str = "local",
    open_store: bool = True,
) -> AsyncIterator[App]:
    """The application of a home; tests pass their own ``store``, ``embedder``, ``chat`` and ``judge``.

    ``evidence`` replaces the retriever for answers whose passages are given.

    With ``open_store`` false the store opens at first use, so that a service starts without its store.
    """
    from kg.ontology import load_domain
    from kg.served_subject import serving

    send_no_reports()
    _make_home(settings)
    domain = load_domain(settings.domain)
    app = App(
        settings,
        domain=domain,
        store=store or store_of(settings, domain),
        embedder=embedder or embedder_of(settings),
        engine=engine,
        chat=chat,
        judge=judge,
        evidence=evidence,
    )
    with serving(domain.folder):
        try:
            if open_store:
                await app.ready()
            yield app
        finally:
            await app.close()


def _make_home(settings: Settings) -> None:
    from app.home_folder import writing_in

    with writing_in(settings.home_path, "set JIANXI_HOME to a folder that you may write"):
        settings.home_path.mkdir(mode=0o700, parents=True, exist_ok=True)
