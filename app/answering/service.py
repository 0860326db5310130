"""The use case: a question in, numbered events and a cited answer out."""

import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace

from langchain_core.language_models import BaseChatModel
from pydantic import ValidationError

from app.answering.compose import Composer
from app.answering.domain import FINAL_EVENTS, AnswerRequest, Event, JsonObject, Policy, Usage
from app.answering.draft import event_of
from app.answering.models import Models
from app.answering.pages import Pages, ReadsContent
from app.answering.prepare import Limits, Prepared, Preparer
from app.answering.protocols import AsksLibrary, Retrieves
from app.answering.replies import Facts, Replies, answer_of
from app.answering.runs.fair_threads import TURN
from app.answering.runs.provenance import Provenance, provenance_of, question_of, request_of, to_json
from app.answering.runs.replay import Replay, compare
from app.answering.runs.service import Finished, Post, RunLimits, RunService, refreshed
from app.answering.verify.agreed import LEAST
from app.answering.verify.protocols import ClaimVerifier
from app.errors import InvalidRequest, RunUnfinished, RunUnreadable
from app.settings import Settings
from app.state.domain import Run
from app.state.state import State
from kg.ontology import Domain
from kg.protocols import Graph
from models.protocols import Embedder, Judge
from retrieval.question.protocols import QuestionParser

_FOCUS, _FOCUS_TUNED = 350, 850
"""Tokens of evidence for a small model: with an adapter the prompt is short, so there is room and time for more."""

_SMALL_MODEL_SUPPORT = 0.65
"""What a small chat model's own sentence needs: about half of them are wrong, and near the evidence (eval/LOG.md)."""

_HISTORY_TURNS = 50
_MOST_K = 50


class AnswerService:
    """Answers questions as runs that can be followed, cancelled and replayed."""

    def __init__(
        self,
        *,
        retriever: Retrieves,
        graph: Graph,
        domain: Domain,
        chat: BaseChatModel,
        chat_name: str,
        fallback: BaseChatModel | None,
        state: State,
        embedder: Embedder,
        verifier: ClaimVerifier,
        conflict_verifier: ClaimVerifier,
        parser: QuestionParser,
        facts: Facts,
        library: AsksLibrary | None = None,
        content: ReadsContent | None = None,
        settings: Settings,
        judge: Judge | None = None,
        small: bool = False,
        tuned: bool = False,
    ) -> None:
        """``conflict_verifier`` compares sources; a ``small`` chat model reads chosen sentences only, a
        ``tuned`` one the short prompt that it was trained on.
        """
        extractive = chat._llm_type == "extractive"
        least = LEAST if tuned else _SMALL_MODEL_SUPPORT if small else 0.0
        self._models = Models(chat, extractive, fallback, embedder, verifier, least, tuned, judge)
        self._chat_name = chat_name
        self._runs = state.runs
        self._settings = settings
        self._content = content
        focus = (settings.focus_tokens or (_FOCUS_TUNED if tuned else _FOCUS)) if small else None
        self._limits = Limits(settings.chat_context, settings.evidence_tokens, focus, tuned)
        self._run_service = RunService(
            state.runs, RunLimits(settings.runs_per_key, settings.runs_at_once, settings.run_deadline_s)
        )
        self._preparer = Preparer(
            retriever=retriever,
            graph=graph,
            domain=domain,
            embedder=embedder,
            chat=chat,
            limits=self._limits,
            generative=not extractive,
            parser=parser,
            library=library,
            content=content,
            replies=Replies(domain, facts, chat=chat_name, embedder=embedder.identity),
            conflict_verifier=conflict_verifier,
            judge=judge,
        )

    async def start(self, request: AnswerRequest) -> str:
        """Start a run; returns its id. Raises InvalidRequest, StateError."""
        self.check(request)

        async def work(run: str, post: Post) -> Finished:
            return await self._work(run, request, post)

        return await self._run_service.start(request.question, work, owner=request.owner)

    def events(self, run: str, *, after: int = 0, owner: str | None = None) -> AsyncIterator[Event]:
        """Events of a run with numbers above ``after``, up to ``done`` or ``error``; raises UnknownRun."""
        return self._run_service.events(run, after=after, owner=owner)

    async def ask(self, request: AnswerRequest) -> AsyncIterator[Event]:
        """Start a run and follow it; a reader who leaves cancels it."""
        run = await self.start(request)
        ended = False
        try:
            async for event in self.events(run):
                ended = event.name in FINAL_EVENTS
                yield event
        finally:
            if not ended:
                await self._run_service.cancel(run)

    async def cancel(self, run: str, *, owner: str | None = None) -> bool:
        """Stop a run and its model; False where it is finished already; raises UnknownRun."""
        return await self._run_service.cancel(run, owner=owner)

    async def run(self, run: str, *, owner: str | None = None) -> Run:
        """A run, closed if the process that answered it is gone; raises UnknownRun."""
        return await refreshed(self._runs, await self._runs.get(run, owner=owner))

    async def replay(self, run: str) -> Replay:
        """Build the run's evidence and prompt again and compare; raises UnknownRun, RunUnfinished, RunUnreadable."""
        stored = await self._runs.get(run)
        if stored.manifest is None:
            raise RunUnfinished(run, stored.status.value)
        try:
            request, question = request_of(stored.manifest), question_of(stored.manifest)
        except KeyError as error:
            raise RunUnreadable(run, f"it lacks {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            raise RunUnreadable(run, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        plan = str(stored.manifest.get("plan", ""))
        prepared = await self._preparer.prepare(request, question=question, plan=plan)
        return compare(stored.manifest, to_json(self._provenance(prepared)))

    async def recover(self) -> int:
        """Close runs that a crash left open; returns how many."""
        return await self._run_service.recover()

    async def close(self) -> None:
        """Stop running answers, each with its last event."""
        await self._run_service.close()

    def check(self, request: AnswerRequest) -> None:
        """Refuse an invalid question; raises InvalidRequest."""
        question = request.question.strip()
        limit = self._settings.question_limit
        if not question:
            raise InvalidRequest("empty", "the question is empty; write one")
        if len(question) > limit:
            raise InvalidRequest("too_long", f"the question has {len(question)} characters, {limit} are allowed")
        if not re.search(r"\w", question):
            raise InvalidRequest("punctuation", "the question holds no word; write one")
        if len(request.history) > _HISTORY_TURNS:
            raise InvalidRequest(
                "history", f"{len(request.history)} turns before the question, {_HISTORY_TURNS} are allowed"
            )
        if not 1 <= request.k <= _MOST_K:
            raise InvalidRequest("k", f"k is {request.k}; it must be 1 to {_MOST_K}")
        if request.adapter is not None and request.adapter not in self._settings.adapters:
            known = ", ".join(self._settings.adapters) or "none"
            raise InvalidRequest("adapter", f"unknown adapter {request.adapter!r}; JIANXI_ADAPTERS allows: {known}")

    async def _work(self, run: str, request: AnswerRequest, post: Post) -> Finished:
        started = time.perf_counter()

        def tell(found: Prepared) -> None:
            post("retrieval", _retrieval(found))
            TURN.set(replace(TURN.get(), behind=True))

        prepared = await self._preparer.prepare(request, tell=tell)
        provenance = self._provenance(prepared)
        post("judgement", _judgement(prepared))
        prepared_ms = 1000 * (time.perf_counter() - started)
        if prepared.reply is not None:
            return _spoken(run, prepared, provenance, prepared_ms, post)
        composer = Composer(
            prepared,
            self._models,
            policy=provenance.policy,
            room_tokens=self._preparer.answer_tokens(request),
            pages=Pages(self._content),
            post=post,
        )
        answer, usage, draft = await composer.compose(run)
        post("usage", to_json(usage))
        complete = replace(
            provenance,
            usage=usage,
            dropped=tuple(judged.text for judged in draft.unverified),
            raw="\n".join(draft.raw),
            stages_ms={**provenance.stages_ms, "prepare": round(prepared_ms, 1), "answer": usage.ms},
        )
        as_json = to_json(complete)
        return Finished(answer.sufficiency.value, event_of(answer, as_json), as_json)

    def _provenance(self, prepared: Prepared) -> Provenance:
        return provenance_of(
            prepared,
            model=self._chat_name,
            policy=prepared.request.policy or Policy(self._settings.unsupported),
            context_tokens=self._limits.context_tokens,
            evidence_tokens=self._limits.evidence_tokens,
        )


def _spoken(run: str, prepared: Prepared, provenance: Provenance, prepared_ms: float, post: Post) -> Finished:
    """A run that ends with the service's own words."""
    if prepared.reply is None:
        raise ValueError("the run has no reply")
    answer = answer_of(prepared.reply, run=run, question=prepared.request.question, language=prepared.language)
    for number, sentence in enumerate(answer.sentences):
        post("text", {"sentence": number, "text": sentence.text, "citations": [], "item": False})
        post("verdict", {"sentence": number, "verdict": sentence.verdict.value, "reasons": []})
    usage = Usage(0, 0, estimated=True, ms=0.0)
    post("usage", to_json(usage))
    stages = {**provenance.stages_ms, "prepare": round(prepared_ms, 1)}
    as_json = to_json(replace(provenance, usage=usage, stages_ms=stages))
    return Finished(answer.sufficiency.value, event_of(answer, as_json), as_json)


def _retrieval(found: Prepared) -> JsonObject:
    pack = found.pack
    return {
        "question": found.request.question,
        "rewritten": found.question.resolved,
        "intent": found.question.intent.value,
        "language": found.language,
        "mode": found.request.mode.value,
        "evidence": [to_json(i.citation) for i in found.items],
        "entities": [
            {"id": e.entity.id, "name": e.entity.name(found.language), "type": e.entity.type, "surface": e.surface}
            for e in pack.entities
        ],
        "revision": int(pack.revision),
        "snapshot": pack.snapshot,
        "stages_ms": dict(pack.stages_ms),
    }


def _judgement(prepared: Prepared) -> JsonObject:
    return {
        "sufficiency": prepared.judgement.sufficiency.value,
        "reasons": list(prepared.judgement.reasons),
        "conflicts": [to_json(c) for c in prepared.conflicts],
        "evidence": [to_json(i.citation) for i in prepared.items],
    }
