"""Providers: the implementation of each seam that the settings name; their forms are checked before."""

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit

from app.errors import InvalidSetting
from app.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from app.answering.verify.protocols import ClaimVerifier
    from kg.ontology import Domain
    from kg.protocols import Store
    from models.protocols import Embedder, Judge, Reranker
    from models.weights import Weights
    from retrieval.index.builder import Indexes
    from retrieval.protocols import DenseEngine
    from retrieval.question.protocols import QuestionParser

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChatChoice:
    """The chosen chat model and the reason; ``close`` stops the process that it started."""

    model: "BaseChatModel"
    kind: str
    name: str
    why: str
    close: Callable[[], None] | None = None
    tuned: bool = False
    """Whether the model has an adapter trained to answer from evidence, on the short prompt."""
    probe: Callable[[], Coroutine[Any, Any, None]] | None = None
    """Raises ModelUnavailable or ModelRefused where a server cannot answer now; None for models in this process."""


def store_of(settings: Settings, domain: "Domain") -> "Store":
    """The store that the settings name."""
    if settings.store == "sqlite":
        from kg.stores.sqlite.store import SqliteStore

        return SqliteStore(settings.home_path / "knowledge.db", ontology=domain.ontology)
    from kg.stores.neo4j.store import Neo4jStore

    url = urlsplit(settings.store)
    scheme = "bolt" if url.scheme == "neo4j" else url.scheme
    return Neo4jStore(
        f"{scheme}://{url.hostname}:{url.port or 7687}",
        unquote(url.username or ""),
        unquote(url.password or ""),
        domain_types=tuple(domain.ontology.types),
        predicates=tuple(domain.ontology.predicates),
        ontology=domain.ontology,
    )


def embedder_of(settings: Settings) -> "Embedder":
    """The embedder that the settings name."""
    kind, _, rest = settings.embedder.partition(":")
    if settings.embedder == "e5":
        from models.e5 import BundledE5, bundled_weights

        return BundledE5(bundled_weights())
    if kind == "st":
        from models.sentence_transformers import SentenceTransformersEmbedder

        return SentenceTransformersEmbedder(rest or "BAAI/bge-m3")
    from models.openai_embedder import OpenAIEmbedder

    key = settings.embedder_key.get_secret_value() if settings.embedder_key else None
    return OpenAIEmbedder(settings.embedder.removeprefix("openai+"), settings.embedder_model or "", key)


def reranker_of(settings: Settings, judge: "Judge | None" = None) -> "Reranker | None":
    """The reranker that the settings name, which may be the judge, or None; raises InvalidSetting."""
    if settings.reranker == "none":
        return None
    if settings.reranker == "judge":
        if judge is None or settings.judge.startswith("onnx"):
            raise InvalidSetting("JIANXI_RERANKER", "`judge` needs the bundled judge or one of `jianxi train judge`")
        return cast("Reranker", judge)
    from models.sentence_transformers import CrossEncoderReranker

    return CrossEncoderReranker(settings.reranker.partition(":")[2] or "BAAI/bge-reranker-v2-m3")


def judge_of(settings: Settings) -> "Judge | None":
    """The trained judge that the settings name, None without one; its weights load at first use.

    Raises InvalidSetting if a named file or folder does not exist.
    """
    from models.e5.embedder import bundled_weights
    from models.judge.cache import CachingJudge
    from models.judge.cross_encoder import CrossEncoderJudge, bundled_judge
    from models.judge.onnx_judge import OnnxJudge

    kind, _, place = settings.judge.partition(":")
    if kind == "none":
        return None
    if kind == "auto":
        path = bundled_judge()
        return CachingJudge(CrossEncoderJudge(path, bundled_weights())) if path is not None else None
    path = Path(place).expanduser()
    if not path.exists():
        raise InvalidSetting("JIANXI_JUDGE", f"{path} does not exist")
    return CachingJudge(OnnxJudge(path) if kind == "onnx" else CrossEncoderJudge(path, bundled_weights()))


def dense_engine(settings: Settings) -> "DenseEngine":
    """The engine of the dense index."""
    if settings.dense == "faiss":
        from retrieval.index.faiss_index import FaissEngine

        return FaissEngine()
    from retrieval.index.milvus_index import MilvusEngine

    return MilvusEngine(settings.dense.removeprefix("milvus:"))


def weights_of(settings: Settings) -> "Weights":
    """Where model files come from."""
    from models.weights import Weights

    return Weights(settings.weights_path, offline=settings.offline, hub_endpoint=settings.hub_endpoint)


def build_verifier(kind: str, *, judge: "Judge | None", chat: ChatChoice | None) -> "ClaimVerifier":
    """The verifier of answer sentences: ``auto``, ``lexical``, ``judge`` or ``chat``; raises InvalidSetting.

    ``auto`` is the judge, or the lexical verifier if there is no judge.
    """
    from app.answering.verify.chat_model import ChatModelVerifier
    from app.answering.verify.judge import JudgeVerifier
    from app.answering.verify.lexical import LexicalVerifier
    from models.structured_output import is_constrained

    if kind == "judge" and judge is None:
        raise InvalidSetting("JIANXI_VERIFIER", "`judge` needs a judge's weights; JIANXI_JUDGE names them")
    by_weights = JudgeVerifier(judge) if judge is not None and kind != "lexical" else LexicalVerifier()
    if kind != "chat":
        return by_weights
    if chat is None or not is_constrained(chat.model):
        raise InvalidSetting("JIANXI_VERIFIER", "`chat` needs a chat server that writes under a JSON schema (vLLM)")
    return ChatModelVerifier(chat.model, name=chat.name, fallback=by_weights)


def extractive_chat(embedder: "Embedder", judge: "Judge | None" = None) -> "BaseChatModel":
    """Answers made of evidence sentences."""
    from app.answering.selection import SentenceSelector
    from kg.documents.sentences import sentences
    from models.extractive_chat import ExtractiveChat

    return ExtractiveChat(embedder=embedder, splitter=sentences, selector=SentenceSelector(embedder, judge))


def choose_chat(
    settings: Settings, weights: "Weights", embedder: "Embedder", judge: "Judge | None" = None
) -> ChatChoice:
    """The chat model that the settings name and this machine can run; warns where it takes no adapter."""
    choice = _chosen_chat(settings, weights, embedder, judge)
    if choice.kind == "gguf" or not settings.chat_adapter.startswith("file:"):
        return choice
    served = "serve it there and name it in JIANXI_ADAPTERS" if choice.kind == "openai" else "set JIANXI_CHAT to gguf"
    unused = (
        f"JIANXI_CHAT_ADAPTER is not used: it is for the embedded model, and the chat is {choice.kind}; {served}, or "
        "leave it out"
    )
    _log.warning(unused)
    return replace(choice, why=f"{choice.why}; {unused}")


def _chosen_chat(settings: Settings, weights: "Weights", embedder: "Embedder", judge: "Judge | None") -> ChatChoice:
    from models.artifacts import QWEN_CODER_1_5B

    if settings.chat.startswith("openai+"):
        from models.openai_chat import openai_chat
        from models.openai_protocol import probe

        url = settings.chat.removeprefix("openai+")
        key = settings.chat_key.get_secret_value() if settings.chat_key else None
        patience_s = settings.chat_patience_s
        model = openai_chat(
            url, model=settings.chat_model, key=key, timeout_s=settings.chat_silence_s, patience_s=patience_s
        )
        return ChatChoice(
            model,
            "openai",
            settings.chat_model or "the server's first model",
            f"JIANXI_CHAT names {url}",
            probe=lambda: probe(url, key=key, model=settings.chat_model, patience_s=patience_s),
        )
    if settings.chat == "extractive":
        return ChatChoice(extractive_chat(embedder, judge), "extractive", "extractive", "JIANXI_CHAT asks for it")
    if settings.chat == "gguf":
        weights.fetch(QWEN_CODER_1_5B)
    embedded = embedded_chat(settings, weights)
    if embedded is not None:
        return embedded
    why = f"the weights of {QWEN_CODER_1_5B.name} are not in {weights.folder}; `jianxi doctor --fetch` downloads them"
    return ChatChoice(extractive_chat(embedder, judge), "extractive", "extractive", why)


def embedded_chat(settings: Settings, weights: "Weights") -> ChatChoice | None:
    """The embedded model, where the settings choose it and its weights are on this machine."""
    from models.artifacts import QWEN_CODER_1_5B

    if settings.chat.startswith("gguf:"):
        file = Path(settings.chat.removeprefix("gguf:"))
        chosen = _adapter(settings, bundled=False)
        return _gguf(weights, file.expanduser(), file.name, "JIANXI_CHAT names the file", chosen)
    located = weights.located(QWEN_CODER_1_5B) if settings.chat in ("auto", "gguf") else None
    if located is None:
        return None
    why = f"its weights are in {located.parent}"
    return _gguf(weights, located, QWEN_CODER_1_5B.name, why, _adapter(settings, bundled=True))


def _gguf(weights: "Weights", path: Path, name: str, why: str, adapter: Path | None) -> ChatChoice:
    from models.gguf.chat import GgufChat

    chat = GgufChat(path=path, prepared=weights.folder / "prepared", adapter=adapter)
    named = f"{name} with the adapter {adapter.name}" if adapter else name
    return ChatChoice(chat, "gguf", named, why, chat.close, tuned=adapter is not None)


def _adapter(settings: Settings, *, bundled: bool) -> Path | None:
    """The folder of the adapter that the settings name, where ``auto`` may be the bundled one."""
    from models.adapters import bundled_adapter

    kind, _, place = settings.chat_adapter.partition(":")
    if kind == "none":
        return None
    if kind == "auto":
        return bundled_adapter() if bundled else None
    folder = Path(place).expanduser()
    if not (folder / "adapter_config.json").is_file():
        raise InvalidSetting("JIANXI_CHAT_ADAPTER", f"{folder} has no adapter_config.json")
    return folder


def parser_of(settings: Settings, engine: str) -> Any:
    """The parser of files: a process pool or Ray."""
    from kg.protocols import ParseLimits

    limits = ParseLimits(
        size_bytes=settings.limit_size_mb * 2**20,
        pages=settings.limit_pages,
        memory_bytes=settings.limit_memory_mb * 2**20,
        ocr_memory_bytes=settings.limit_ocr_memory_mb * 2**20,
        timeout_s=settings.limit_timeout_s,
        scan_s=settings.limit_scan_s,
    )
    if engine == "ray":
        from app.ingestion.ray_engine import RayParser

        return RayParser(limits, parser=settings.parser, ocr=settings.ocr)
    from kg.documents.sandbox import ParserPool

    return ParserPool(settings.workers, limits, parser=settings.parser, ocr=settings.ocr)


def active_question_parser(kind: str, chat: ChatChoice) -> tuple[str, str]:
    """What parses questions, ``classifier`` or ``chat``, and why."""
    from models.structured_output import is_constrained

    if kind == "chat" and not is_constrained(chat.model):
        need = "JIANXI_QUESTION_PARSER=chat needs a chat server that writes under a JSON schema (vLLM)"
        return "classifier", f"{need}, and the chat model is {chat.kind}"
    return kind, f"JIANXI_QUESTION_PARSER is {kind}"


def question_parser(kind: str, chat: ChatChoice, embedder: "Embedder", indexes: "Indexes") -> "QuestionParser":
    """The parser of questions; warns where it is not the one that the settings name."""
    from retrieval.question.parser_by_classifier import ClassifierParser
    from retrieval.question.parser_by_model import ModelParser

    by_classifier = ClassifierParser(embedder, indexes.linker)
    active, why = active_question_parser(kind, chat)
    if active != kind:
        _log.warning("the %s parses questions, because %s", active, why)
    return ModelParser(chat.model, by_classifier) if active == "chat" else by_classifier


def parser_identity(settings: Settings) -> str:
    """The identity of the PDF parser and the OCR engine; raises KnowledgeError if a command is missing."""
    from kg.documents.pdf.parser_choice import pdf_parser

    chosen = pdf_parser(settings.parser)
    if settings.parser == "mineru-cli":
        from kg.documents.mineru.cli import command

        return f"mineru cli ({command()})"
    if chosen is not None:
        return f"{chosen.identity} at {settings.parser.removeprefix('mineru+')}"
    from kg.documents.ocr.best import installed_reader
    from kg.documents.pdf.liteparse_parser import LiteparseParser

    return LiteparseParser(installed_reader() if settings.ocr else None).identity


def jobs_url(settings: Settings) -> str:
    """The URL of the jobs' database."""
    if settings.state == "sqlite":
        return f"sqlite:///{settings.home_path / 'jobs.db'}"
    return "postgresql+psycopg://" + settings.state.split("://", 1)[1]
