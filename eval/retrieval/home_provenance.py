"""What a suite's home was made of, so that a changed corpus, embedder or program is noticed."""

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import app.ingestion
import kg
import retrieval
from eval.json_lines import write_json
from eval.retrieval.domain import Suite
from models.protocols import Embedder

_CODE = {".py", ".yaml", ".txt", ".json"}
_DERIVED = ("knowledge.db*", "jobs.*", "files", "corpus", "indexes/snapshots", "indexes/CURRENT*")


@dataclass(frozen=True, slots=True)
class Making:
    """What went into a home; ``reading`` and ``indexing`` change with the program's code that does it.

    ``left_out`` are ids of texts without any text; ``seconds`` is the whole build, ``embedding_s`` the part of it in
    which the embedder was at work.
    """

    corpus: str
    embedder: str
    reading: str
    indexing: str
    whole: bool = False
    seconds: float = 0.0
    embedding_s: float = 0.0
    left_out: tuple[str, ...] = ()

    def same_content(self, other: "Making | None") -> bool:
        """Whether the other's documents are those of this one."""
        return other is not None and (self.corpus, self.reading) == (other.corpus, other.reading)

    def same_indexes(self, other: "Making | None") -> bool:
        """Whether the other's indexes are those of this one as well."""
        same = other is not None and (self.embedder, self.indexing) == (other.embedder, other.indexing)
        return same and self.same_content(other)


def wanted(suite: Suite, embedder: Embedder) -> Making:
    """What a home for the suite is made of by this program."""
    corpus = suite.corpus_digest()
    if suite.records is not None:
        corpus += hashlib.sha256(suite.records.read_bytes()).hexdigest()[:16]
    return Making(corpus, embedder.identity, *_program())


def noted(folder: Path) -> Making | None:
    """What a home was made of, None where that is not known."""
    try:
        value = json.loads((folder / "suite.json").read_text("utf-8"))
        return Making(**{**value, "left_out": tuple(value["left_out"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note(folder: Path, making: Making) -> None:
    """Write down what a home is made of."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / "suite.json.partial"
    write_json(partial, asdict(making))
    partial.replace(folder / "suite.json")


def clear(folder: Path) -> None:
    """Remove the documents and indexes of a home; vectors that were computed stay."""
    for pattern in _DERIVED:
        for path in folder.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


@cache
def _program() -> tuple[str, str]:
    """Digests of the code that reads documents and of the code that indexes them."""
    knowledge, ingestion, finding = (Path(package.__path__[0]) for package in (kg, app.ingestion, retrieval))
    return _digest(knowledge, ingestion, but=knowledge / "stores"), _digest(finding)


def _digest(*folders: Path, but: Path | None = None) -> str:
    digest = hashlib.sha256()
    for path in (path for folder in folders for path in sorted(folder.rglob("*"))):
        if path.suffix in _CODE and but not in path.parents:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
