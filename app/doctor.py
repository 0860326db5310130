"""The report on a home: what is active and why, and what is missing."""

import asyncio
import os
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from app.bootstrap import App, build
from app.chat_state import chat_state
from app.errors import AppError
from app.providers import active_question_parser, build_verifier, parser_identity
from app.settings import Settings, unknown_variables
from kg.errors import InvalidOntology, KnowledgeError
from models.errors import ModelError
from retrieval.errors import IndexMismatch, IndexMissing, RetrievalError

FORESEEN = (AppError, KnowledgeError, ModelError, RetrievalError, OSError)


async def examine(settings: Settings) -> dict[str, Any]:
    """The state of every part of the application, and the sources of every weights file."""
    try:
        async with build(settings, open_store=False) as app:
            return await _examine(app)
    except FORESEEN as error:
        what = "domain" if isinstance(error, InvalidOntology) else "home"
        return {"ok": False, "checks": [_check(what, False, str(error))], "weights": []}


async def _examine(app: App) -> dict[str, Any]:
    looks: list[tuple[str, Callable[[App], Awaitable[str]]]] = [
        ("home", _home),
        ("sizes", _sizes),
        ("store", _store),
        ("embedder", _embedder),
        ("reranker", _reranker),
        ("verifier", _verifier),
        ("index", _index),
        ("chat", _chat),
        ("question parser", _question_parser),
        ("parser", _parser),
        ("state", _state),
    ]
    checks = [
        _check("settings", False, f"{name} is no setting; see docs/settings.md for the names")
        for name in unknown_variables()
    ]
    for what, look in looks:
        try:
            checks.append(_check(what, True, await look(app)))
        except FORESEEN as error:
            checks.append(_check(what, False, str(error)))
    return {"ok": all(c["ok"] for c in checks), "checks": checks, "weights": _weights(app)}


def _check(what: str, ok: bool, found: str) -> dict[str, Any]:
    return {"what": what, "ok": ok, "found": found}


async def _home(app: App) -> str:
    home = app.settings.home_path
    if os.name == "posix" and home.stat().st_mode & 0o077:
        return f"{home}; others on this machine can read it, `chmod -R go= {shlex.quote(str(home))}` closes it"
    return str(home)


async def _sizes(app: App) -> str:
    """What each part of the home takes on the disk, largest first."""
    sizes = await asyncio.to_thread(lambda: {p.name: _size(p) for p in app.settings.home_path.iterdir()})
    shown = ((name, size) for name, size in sorted(sizes.items(), key=lambda s: (-s[1], s[0])) if size >= 2**20)
    parts = ", ".join(f"{name} {size / 2**20:.0f} MB" for name, size in shown)
    return f"{sum(sizes.values()) / 2**20:.1f} MB in all" + (f": {parts}" if parts else "")


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_size for file in files if file.is_file())


async def _store(app: App) -> str:
    await app.ready()
    stats = await app.store.stats()
    kind = "SQLite" if app.settings.store == "sqlite" else "Neo4j"
    entities, relations = sum(stats.entities.values()), sum(stats.relations.values())
    return (
        f"{kind}, revision {stats.revision}: {stats.documents} documents, {stats.passages} passages, "
        f"{entities} entities, {relations} relations"
    )


async def _embedder(app: App) -> str:
    return f"{app.embedder.identity}, {app.embedder.encode_query('间隙').shape[0]} dimensions"


async def _verifier(app: App) -> str:
    """The verifier of answer sentences; raises InvalidSetting where the named one cannot be made."""
    build_verifier(
        app.settings.verifier, judge=app.judge, chat=await app.chat() if app.settings.verifier == "chat" else None
    )
    judge = app.judge if app.settings.verifier != "lexical" else None
    if app.settings.verifier == "chat":
        return f"the chat model, and {judge.identity if judge else 'wording'} where it cannot answer"
    return f"judge {judge.identity}" if judge is not None else "wording, numbers and names (lexical); no judge"


async def _reranker(app: App) -> str:
    return app.reranker.identity if app.reranker is not None else "none"


async def _index(app: App) -> str:
    await app.ready()
    status = await app.indexes.status()
    if status.snapshot is None:
        if int(status.head) and (await app.store.stats()).documents:
            raise IndexMissing(status.problem or "nothing has been indexed; run `jianxi index rebuild`")
        return "none yet; `jianxi ingest PATH` adds documents, `jianxi demo` the sample"
    if status.problem is not None:
        raise IndexMismatch(status.problem)
    where = f"behind the store (revision {status.head}); the next ingestion catches up" if status.behind else "current"
    return (
        f"{status.dense}, {status.passages} passages of {status.documents} documents, {status.edges} edges to walk, "
        f"revision {status.revision}, {where}"
    )


async def _chat(app: App) -> str:
    from models.gguf.chat import GgufChat

    found, model = await chat_state(app, reason=True), (await app.chat()).model
    if not isinstance(model, GgufChat):
        return found
    when = "prepared" if model.is_prepared else "not prepared: `jianxi doctor --fetch` or the first question does it"
    return f"{found}; {when}"


async def _question_parser(app: App) -> str:
    active, why = active_question_parser(app.settings.question_parser, await app.chat())
    return f"{active}, because {why}"


async def _parser(app: App) -> str:
    return await asyncio.to_thread(parser_identity, app.settings)


async def _state(app: App) -> str:
    state = await app.state()
    return f"{state.database.engine.dialect.name}, {len(await state.keys.all())} API keys"


def _weights(app: App) -> list[dict[str, Any]]:
    from models.artifacts import QWEN_CODER_1_5B

    weights, located = app.weights, app.weights.located(QWEN_CODER_1_5B)
    return [
        {
            "name": QWEN_CODER_1_5B.name,
            "size_mb": QWEN_CODER_1_5B.size_bytes // 2**20,
            "at": str(located) if located else None,
            "sources": weights.sources(QWEN_CODER_1_5B),
        }
    ]
