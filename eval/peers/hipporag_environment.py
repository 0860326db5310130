"""An environment of its own for the ``hipporag`` package: ``python -m eval.peers.hipporag_environment``.

Its pins (torch 2.5.1, vllm 0.6.6, openai 1.91.1, which is no longer published) cannot stand beside ours, so it is
installed without them: igraph, networkx and transformers as pinned, torch as found, vllm not at all.
"""

import subprocess
import sys
from pathlib import Path

VERSION = "2.0.0a4"
"""The release that is compared."""

_NEEDS = Path(__file__).with_name("hipporag-requirements.txt")
_WITHOUT_DEPENDENCIES = (f"hipporag=={VERSION}", "gritlm==1.0.2")


def python_of(folder: Path) -> Path:
    """The interpreter of the environment in ``folder``, which may not be there yet."""
    return folder / "bin" / "python"


def make(folder: Path) -> Path:
    """Make the environment and return its interpreter; raises subprocess.CalledProcessError."""
    python = python_of(folder)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603 - our own interpreter
    install = [str(python), "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, "-r", str(_NEEDS)], check=True)  # noqa: S603 - the environment's own pip
    subprocess.run([*install, "--no-deps", *_WITHOUT_DEPENDENCIES], check=True)  # noqa: S603
    return python


def main() -> None:
    """The command."""
    from app.settings import Settings

    print(make(Settings().home_path / "eval" / "peers" / "hipporag"))


if __name__ == "__main__":
    main()
