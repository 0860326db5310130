"""Fetch the pinned 0.5B weights and print where they are."""

from pathlib import Path

from models.artifacts import QWEN_CODER_0_5B
from models.weights import Weights

if __name__ == "__main__":
    print(Weights(Path("~/.cache/jianxi/weights").expanduser()).fetch(QWEN_CODER_0_5B))
