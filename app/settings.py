"""The one place where the environment is read."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting of the service, each an environment variable ``JIANXI_...``."""

    model_config = SettingsConfigDict(env_prefix="JIANXI_", extra="ignore", frozen=True, populate_by_name=True)

    home: Path = Field(
        default=Path("~/.jianxi"), description="Folder of the knowledge base: store, indexes, files, state."
    )
    store: str = Field(
        default="sqlite", description="`sqlite` (in the home) or `neo4j://USER:PASSWORD@HOST:PORT`.", repr=False
    )
    state: str = Field(
        default="sqlite", description="Runs, keys and jobs: `sqlite` (in the home) or `postgresql://...`.", repr=False
    )
    domain: str = Field(default="ecs_tcm", description="Name of a bundled domain or path of a domain's YAML file.")

    chat: str = Field(
        default="auto",
        description="`auto` (embedded weights, else extractive), `gguf`, `gguf:PATH`, `extractive`, or "
        "`openai+http://HOST:PORT/v1` for vLLM or any OpenAI-compatible server.",
    )
    chat_model: str | None = Field(
        default=None, description="Model name at the chat server; by default its first model."
    )
    chat_key: SecretStr | None = Field(default=None, description="Key of the chat server.")
    adapters: tuple[str, ...] = Field(default=(), description="Adapters that requests may name (JSON list).")
    chat_context: int = Field(default=4096, description="Context window of the chat model, tokens.", gt=0)
    chat_fallback: bool = Field(default=True, description="Answer extractively when the chat model is away.")
    chat_patience_s: float = Field(
        default=2,
        description="A chat server that leaves `/v1/models` unanswered for so long is away, seconds; more than 2 for "
        "one that does a single thing at a time.",
        gt=0,
    )
    chat_silence_s: float = Field(
        default=120,
        description="Longest silence of a chat server that answers `/v1/models`, seconds: a long prompt is read in "
        "silence.",
        gt=0,
    )
    embedder: str = Field(
        default="e5", description="`e5` (bundled), `st:MODEL` (sentence-transformers) or `openai+http://HOST:PORT/v1`."
    )
    embedder_model: str | None = Field(default=None, description="Model name at the embedding server.")
    embedder_key: SecretStr | None = Field(default=None, description="Key of the embedding server.")
    reranker: str = Field(default="none", description="`none` or `st:MODEL` (sentence-transformers cross-encoder).")
    dense: str = Field(default="faiss", description="`faiss` or `milvus:URI`.")

    weights: Path = Field(
        default=Path("~/.cache/jianxi/weights"), description="Folder where downloaded weights are kept."
    )
    hub_endpoint: str | None = Field(
        default=None,
        validation_alias=AliasChoices("JIANXI_HUB_ENDPOINT", "HF_ENDPOINT"),
        description="A mirror of the model hub; `HF_ENDPOINT` is read as well.",
    )
    offline: bool = Field(default=False, description="Never download weights.")

    parser: str = Field(
        default="auto", description="`auto` (liteparse), or for PDF `mineru-cli` or `mineru+http://HOST:PORT`."
    )
    ocr: bool = Field(default=True, description="Read scanned pages by OCR.")
    limit_size_mb: int = Field(default=200, description="Largest file, MB.", gt=0)
    limit_pages: int = Field(default=2000, description="Most pages of one file.", gt=0)
    limit_memory_mb: int = Field(default=1024, description="Memory of one parsing process, MB.", gt=0)
    limit_timeout_s: float = Field(default=300, description="Time to parse one file, seconds.", gt=0)
    workers: int = Field(default=2, description="Parsing processes.", gt=0)

    host: str = Field(default="127.0.0.1", description="Address to serve on; any but loopback needs an API key.")
    port: int = Field(default=8321, description="Port to serve on.", gt=0, lt=65536)
    trusted_proxies: tuple[str, ...] = Field(default=(), description="Addresses whose X-Forwarded-For is believed.")
    question_limit: int = Field(default=2000, description="Longest question, characters.", gt=0)
    evidence_tokens: int = Field(default=1800, description="Token budget of the evidence in a prompt.", gt=0)
    unsupported: Literal["drop", "mark"] = Field(default="drop", description="What happens to unsupported sentences.")
    log_questions: bool = Field(default=False, description="Whether logs may hold questions.")

    shared_data: Path | None = Field(default=None, description="Folder of the evaluation data (see eval/README.md).")

    @cached_property
    def home_path(self) -> Path:
        """The home, absolute."""
        return self.home.expanduser().resolve()

    @cached_property
    def weights_path(self) -> Path:
        """The folder of weights, absolute."""
        return self.weights.expanduser().resolve()
