"""Comparing a run with itself built again."""

from dataclasses import dataclass

from app.answering.domain import Json, JsonObject

_COMPARED = (
    "rewritten", "language", "revision", "snapshot", "embedder", "reranker", "model", "prompt_version", "prompt_hash",
)  # fmt: skip
_DECIDES = frozenset({"rewritten", "language", "prompt_version", "prompt_hash"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as it was."""

    field: str
    then: Json
    now: Json


@dataclass(frozen=True, slots=True)
class Replay:
    """Whether the same evidence and prompt came out; ``differences`` lists the changes, effective or not."""

    same: bool
    differences: tuple[Difference, ...]
    then: JsonObject
    now: JsonObject


def compare(then: JsonObject, now: JsonObject) -> Replay:
    """Compare two manifests."""
    differences = [Difference(f, then.get(f), now.get(f)) for f in _COMPARED if then.get(f) != now.get(f)]
    decisive = any(d.field in _DECIDES for d in differences)
    before, after = _evidence(then), _evidence(now)
    for number in sorted({*before, *after}):
        if before.get(number) != after.get(number):
            differences.append(Difference(f"evidence {number}", before.get(number), after.get(number)))
            decisive = True
    return Replay(not decisive, tuple(differences), then, now)


def _evidence(manifest: JsonObject) -> dict[int, str]:
    items = manifest.get("evidence")
    found: dict[int, str] = {}
    for item in items if isinstance(items, list | tuple) else ():
        if isinstance(item, dict):
            found[int(str(item["number"]))] = f"{item['kind']} {item['id']} ({item['text_hash']})"
    return found
