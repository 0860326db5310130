"""Text to the token ids of multilingual-e5-small."""

import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from models.e5.weights_file import WeightsFile

_SPACES = re.compile(" {2,}")
_OPENING = threading.Lock()


def opened(path: Path) -> "tuple[WeightsFile, E5Tokenizer]":
    """A weights file with its tokenizer, once a process: the vocabulary of 250,000 pieces takes a second and 100 MB.

    Raises WeightsCorrupt.
    """
    with _OPENING:
        return _opened(path)


@lru_cache(maxsize=2)
def _opened(path: Path) -> "tuple[WeightsFile, E5Tokenizer]":
    weights = WeightsFile(path)
    return weights, E5Tokenizer(weights)


class E5Tokenizer:
    """Unigram pieces after a character table; a text is cut at the network's longest input."""

    def __init__(self, weights: WeightsFile) -> None:
        from tokenizers import Tokenizer, models, pre_tokenizers

        pieces = weights.pieces()
        self._bos, self._eos = pieces.bos, pieces.eos
        self._content_limit = weights.configuration.positions - 2
        self._table = weights.normaliser
        vocabulary = list(zip(pieces.texts, pieces.scores, strict=True))
        self._tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=pieces.unknown, byte_fallback=False))
        self._tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)

    def ids(self, texts: Sequence[str], prefix: str) -> list[list[int]]:
        """Token ids of each text after the prefix, with the start and end tokens."""
        prepared = [_SPACES.sub(" ", f"{prefix}{text}".translate(self._table)) for text in texts]
        encoded = self._tokenizer.encode_batch_fast(prepared, add_special_tokens=False)
        return [[self._bos, *e.ids[: self._content_limit], self._eos] for e in encoded]
