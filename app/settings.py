"""The one place where the environment is read."""

import json
import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.forms import FORMS

_PREFIX = "JIANXI_"
Words = Annotated[tuple[str, ...], NoDecode]

_NO_REPORTS = {
    "LANGSMITH_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "RAY_USAGE_STATS_ENABLED": "0",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


class Settings(BaseSettings):
    """Every setting of the service, each an environment variable ``JIANXI_...``."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, extra="ignore", frozen=True, populate_by_name=True, hide_input_in_errors=True
    )

    home: Path = Field(
        default=Path("~/.jianxi"),
        description="Folder of the knowledge base: store, indexes, files, state. One that may not be "
        "written is searched and read by commands; asking and serving write.",
    )
    store: str = Field(
        default="sqlite", description="`sqlite` (in the home) or `neo4j://USER:PASSWORD@HOST:PORT`.", repr=False
    )
    neo4j_password: SecretStr | None = Field(
        default=None, description="Password of the Neo4j server that `jianxi kg import bolt://HOST:PORT` reads."
    )
    state: str = Field(
        default="sqlite",
        description="Runs, keys and jobs: `sqlite` (in the home) or `postgresql://USER:PASSWORD@HOST:PORT/DB`, a "
        "database for each home.",
        repr=False,
    )
    domain: str = Field(
        default="ecs_tcm", description="Name of a bundled subject, or path of a folder with a `domain.yaml`."
    )

    chat: str = Field(
        default="auto",
        description="`auto` (embedded weights, else extractive), `gguf`, `gguf:PATH`, `extractive`, or "
        "`openai+http://HOST:PORT/v1` for vLLM or any OpenAI-compatible server.",
    )
    chat_adapter: str = Field(
        default="auto",
        description="LoRA adapter of the embedded model: `auto` (the bundled one for the embedded weights), `none`, or "
        "`file:FOLDER` (one in PEFT's form, trained on the short prompt).",
    )
    chat_model: str | None = Field(
        default=None, description="Model name at the chat server; by default its first model."
    )
    chat_key: SecretStr | None = Field(default=None, description="Key of the chat server.")
    adapters: Words = Field(default=(), description="Adapters that requests may name, with commas between.")
    chat_context: int = Field(default=4096, description="Context window of the chat model, tokens.", gt=0)
    chat_fallback: bool = Field(default=True, description="Answer extractively when the chat model cannot be reached.")
    chat_patience_s: float = Field(
        default=2,
        description="A chat server that does not answer `/v1/models` for this many seconds counts as down; more than 2 "
        "for a server that handles one request at a time.",
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
    reranker: str = Field(
        default="none", description="`none`, `judge`, or `st:MODEL` (sentence-transformers cross-encoder)."
    )
    judge: str = Field(
        default="auto",
        description="`auto` (the bundled judge of claims), `none`, `file:PATH` (weights of `jianxi train judge`), or "
        "`onnx:FOLDER` (an inference model exported to ONNX).",
    )
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
    limit_ocr_memory_mb: int = Field(
        default=1536, description="Memory of the OCR process beside a parsing process, MB.", gt=0
    )
    limit_timeout_s: float = Field(
        default=300,
        description="Time to parse one file, seconds; it begins anew with each page that OCR has read.",
        gt=0,
    )
    limit_scan_s: float = Field(
        default=7200, description="Time to parse one file whose pages are read by OCR, seconds.", gt=0
    )
    workers: int = Field(default=2, description="Parsing processes.", gt=0)

    host: str = Field(default="127.0.0.1", description="Address to serve on; any but loopback needs an API key.")
    port: int = Field(default=8321, description="Port to serve on.", gt=0, lt=65536)
    trusted_proxies: Words = Field(
        default=(), description="Addresses whose X-Forwarded-For is believed, with commas between."
    )
    cors_origins: Words = Field(
        default=(),
        description="Origins of pages elsewhere that may call the service, as `https://lab.example`, with commas "
        "between; `*` allows all that send an API key.",
    )
    runs_per_key: int = Field(
        default=8, description="Most questions of one key that are being answered; of searches as many.", gt=0
    )
    runs_at_once: int = Field(
        default=200, description="Most questions of all keys that are being answered; of searches as many.", gt=0
    )
    run_deadline_s: float = Field(default=900, description="Longest time to answer one question, seconds.", gt=0)
    rate_per_key: int | None = Field(
        default=None,
        description="Most requests of one key in a minute, open streams included; 0 is no limit. By default 120, and "
        "no limit where the service is on loopback.",
        ge=0,
    )
    rate_per_address: int | None = Field(
        default=None,
        description="Most requests from one address in a minute, open streams included; 0 is no limit. By default "
        "600, and no limit where the service is on loopback.",
        ge=0,
    )
    question_limit: int = Field(default=2000, description="Longest question, characters.", gt=0)
    evidence_tokens: int = Field(default=1800, description="Token budget of the evidence in a prompt.", gt=0)
    focus_tokens: int | None = Field(
        default=None,
        description="Tokens of chosen evidence sentences that the embedded chat model reads. By default 850 with an "
        "adapter, 350 without.",
        gt=0,
    )
    unsupported: Literal["drop", "mark"] = Field(
        default="drop",
        description="Sentences without support: `drop` leaves them out, `mark` keeps them with their verdict.",
    )
    verifier: Literal["auto", "lexical", "judge", "chat"] = Field(
        default="auto",
        description="What verifies the sentences of an answer: `judge` (trained weights), `chat` (the chat server, "
        "under a JSON schema), `lexical` (wording, numbers and names), or `auto` (the judge where there is one; "
        "with an adapter, the judge and wording).",
    )
    question_parser: Literal["classifier", "chat"] = Field(
        default="classifier",
        description="What parses questions: `classifier` (trained weights), or `chat` (the chat server, "
        "under a JSON schema, else the classifier; measure it first, a small model often misreads questions).",
    )
    keep_runs_days: int = Field(
        default=0, description="Days that answered questions are kept; those with feedback stay. 0 keeps all.", ge=0
    )
    log_questions: bool = Field(default=False, description="Whether logs may hold questions.")

    shared_data: Path | None = Field(default=None, description="Folder of the evaluation data (see eval/README.md).")

    @field_validator("adapters", "trusted_proxies", "cors_origins", mode="before")
    @classmethod
    def _in_words(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            return json.loads(value)
        return tuple(word for part in value.split(",") if (word := part.strip()))

    @field_validator(*FORMS)
    @classmethod
    def _of_its_form(cls, value: Any, about: ValidationInfo) -> Any:
        form = FORMS[str(about.field_name)]
        for each in value if isinstance(value, tuple) else (value,):
            if each is not None and not form.accepts(each):
                raise ValueError(f"write {form.told}")
        return value

    @model_validator(mode="after")
    def _with_what_it_needs(self) -> Self:
        if self.embedder.startswith("openai+") and not self.embedder_model:
            raise ValueError("JIANXI_EMBEDDER_MODEL is missing; write the model's name at the embedding server")
        return self

    @cached_property
    def home_path(self) -> Path:
        """The home, absolute."""
        return self.home.expanduser().resolve()

    @property
    def inbox_path(self) -> Path:
        """Where uploads wait until their job has ended."""
        return self.home_path / "inbox"

    @cached_property
    def weights_path(self) -> Path:
        """The folder of weights, absolute."""
        return self.weights.expanduser().resolve()


def send_no_reports() -> None:
    """Keep libraries from sending questions or reports of use to their makers, whatever the shell says."""
    os.environ.update(_NO_REPORTS)


def environment_of(home: Path) -> dict[str, str]:
    """The variables of a command that works on a home; it takes no module from the folder that it is started in."""
    return {**os.environ, f"{_PREFIX}HOME": str(home), "PYTHONSAFEPATH": "1"}


def refusal(error: ValidationError) -> str:
    """The invalid settings and their cures in one line, without values, because some are secret."""
    return "; ".join(_refused(dict(found)) for found in error.errors(include_input=False, include_url=False))


def _refused(found: dict[str, Any]) -> str:
    why = str(found["msg"]).removeprefix("Value error, ")
    if not found["loc"]:
        return why
    name = str(found["loc"][0]).upper()
    variable = name if name.startswith((_PREFIX, "HF_")) else _PREFIX + name
    return f"{variable} has a value that cannot be used: {why[0].lower()}{why[1:]}"


def unknown_variables() -> list[str]:
    """Environment variables that look like settings but are unknown: probably typing errors."""
    known = {_PREFIX + name.upper() for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in known)
