"""Looking at a home: what is active and why, and what is missing."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.bootstrap import App, build
from app.errors import AppError
from app.settings import Settings
from kg.errors import KnowledgeError
from models.errors import ModelError
from retrieval.errors import RetrievalError

FORESEEN = (AppError, KnowledgeError, ModelError, RetrievalError, OSError)


async def examine(settings: Settings) -> dict[str, Any]:
    """Every part of the application with what was found, and every weights file with its sources."""
    try:
        async with build(settings) as app:
            return await _examine(app)
    except FORESEEN as error:
        return {"ok": False, "checks": [_check("home", False, f"{settings.home_path}: {error}")], "weights": []}


async def _examine(app: App) -> dict[str, Any]:
    looks: list[tuple[str, Callable[[App], Awaitable[str]]]] = [
        ("home", _home),
        ("store", _store),
        ("embedder", _embedder),
        ("index", _index),
        ("chat", _chat),
        ("state", _state),
    ]
    checks = []
    for what, look in looks:
        try:
            checks.append(_check(what, True, await look(app)))
        except FORESEEN as error:
            checks.append(_check(what, False, str(error)))
    return {"ok": all(c["ok"] for c in checks), "checks": checks, "weights": _weights(app)}


def _check(what: str, ok: bool, found: str) -> dict[str, Any]:
    return {"what": what, "ok": ok, "found": found}


async def _home(app: App) -> str:
    return str(app.settings.home_path)


async def _store(app: App) -> str:
    stats = await app.store.stats()
    kind = "SQLite" if app.settings.store == "sqlite" else "Neo4j"
    entities, relations = sum(stats.entities.values()), sum(stats.relations.values())
    return (
        f"{kind}, revision {stats.revision}: {stats.documents} documents, {stats.passages} passages, "
        f"{entities} entities, {relations} relations"
    )


async def _embedder(app: App) -> str:
    return f"{app.embedder.identity}, {app.embedder.encode_query('间隙').shape[0]} dimensions"


async def _index(app: App) -> str:
    status = await app.indexes.status()
    return ", ".join(f"{name.replace('_', ' ')} {getattr(status, name)}" for name in status.__slots__)


async def _chat(app: App) -> str:
    choice = await app.chat()
    return f"{choice.kind} ({choice.name}), because {choice.why}"


async def _state(app: App) -> str:
    state = await app.state()
    return f"{state.database.engine.dialect.name}, {len(await state.keys.all())} API keys"


def _weights(app: App) -> list[dict[str, Any]]:
    from models.artifacts import QWEN_CODER_1_5B

    files = []
    for artifact in (QWEN_CODER_1_5B,):
        located = app.weights.located(artifact)
        files.append(
            {
                "name": artifact.name,
                "size_mb": artifact.size_bytes // 2**20,
                "at": str(located) if located else None,
                "sources": [str(s) for s in app.weights.sources(artifact)],
            }
        )
    return files
