"""The file of 4-bit multilingual-e5-small weights, read in place.

Layout (little endian): the magic ``E5S1``, the configuration, the Unigram pieces, the normaliser's table, a directory
of tensors with absolute offsets, the tensors. Matrices are stored as q4_0: blocks of 32 weights in 18 bytes, an f16
scale before 16 bytes whose low nibbles are the first 16 weights and whose high nibbles are the last 16.
"""

import hashlib
import mmap
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.errors import WeightsCorrupt

_MAGIC = b"E5S1"
_PIECES = "<5iQ"
_PIECES_AT = 44
BLOCK = 32
_BLOCK_BYTES = 18
_SLICES = 64
_SLICE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Configuration:
    """The shape of the network."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The Unigram vocabulary with its log probabilities."""

    texts: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Tensor:
    """The place of one tensor in the file."""

    name: str
    count: int
    offset: int
    size_bytes: int


class WeightsFile:
    """Configuration, vocabulary and tensors of one weights file; the tensors stay on disk until they are used.

    Raises WeightsCorrupt if the file does not match its header.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            try:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as error:
                raise WeightsCorrupt(f"{path} is empty; cure: install the embedder's package again") from error
        if self._bytes[:4] != _MAGIC:
            raise WeightsCorrupt(f"{path} does not start with {_MAGIC.decode()}: not weights of the bundled embedder")
        try:
            hidden, layers, heads, feed_forward, vocabulary, positions = struct.unpack_from("<6i", self._bytes, 8)
            (epsilon,) = struct.unpack_from("<f", self._bytes, 36)
            self.configuration = Configuration(
                hidden, layers, heads, feed_forward, vocabulary, positions, round(epsilon, 15)
            )
            self.pad, at = self._skip_pieces(_PIECES_AT)
            self.normaliser, at = self._read_normaliser(at)
            self._tensors = self._read_directory(at)
        except (struct.error, UnicodeDecodeError) as error:
            raise WeightsCorrupt(f"{path} is damaged ({error}); cure: install the embedder's package again") from error

    def floats(self, name: str) -> npt.NDArray[np.float32]:
        """An unquantised tensor, flat."""
        tensor = self._tensors[name]
        return np.frombuffer(self._bytes, np.float32, tensor.count, tensor.offset)

    def blocks(self, name: str) -> npt.NDArray[np.uint8]:
        """A q4_0 matrix as its raw blocks, shape (rows, blocks a row, 18); rows have ``row_width`` weights."""
        tensor = self._tensors[name]
        raw = np.frombuffer(self._bytes, np.uint8, tensor.size_bytes, tensor.offset)
        return raw.reshape(-1, self._row_width(name) // BLOCK, _BLOCK_BYTES)

    def values(self, name: str) -> npt.NDArray[np.float32]:
        """A q4_0 matrix unpacked (rows, columns)."""
        blocks = self.blocks(name)
        return values(blocks).reshape(len(blocks), -1)

    def _row_width(self, name: str) -> int:
        return self.configuration.feed_forward if name.endswith(".fo.w") else self.configuration.hidden

    def pieces(self) -> Pieces:
        """The vocabulary, read at each call: it takes 40 MB as Python objects and is needed once."""
        count, bos, eos, pad, unknown, blob_bytes = struct.unpack_from(_PIECES, self._bytes, _PIECES_AT)
        at = _PIECES_AT + struct.calcsize(_PIECES)
        offsets = np.frombuffer(self._bytes, np.uint32, count + 1, at).tolist()
        at += 4 * (count + 1)
        scores = np.frombuffer(self._bytes, np.float32, count, at).tolist()
        at += 4 * count
        blob = self._bytes[at : at + blob_bytes]
        texts = [blob[a:b].decode() for a, b in pairwise(offsets)]
        return Pieces(texts, scores, bos, eos, pad, unknown)

    def _skip_pieces(self, at: int) -> tuple[int, int]:
        count, _, _, pad, _, blob_bytes = struct.unpack_from(_PIECES, self._bytes, at)
        return pad, at + struct.calcsize(_PIECES) + 4 * (count + 1) + 4 * count + blob_bytes

    def _read_normaliser(self, at: int) -> tuple[dict[int, str], int]:
        entries, size_bytes = struct.unpack_from("<iI", self._bytes, at)
        at += 8
        end = at + size_bytes
        table: dict[int, str] = {}
        for _ in range(entries):
            code_point, count = struct.unpack_from("<IB", self._bytes, at)
            at += 5
            table[code_point] = "".join(map(chr, struct.unpack_from(f"<{count}I", self._bytes, at)))
            at += 4 * count
        return table, end

    def _read_directory(self, at: int) -> dict[str, Tensor]:
        (count,) = struct.unpack_from("<i", self._bytes, at)
        at += 4
        tensors = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._bytes, at)
            name = self._bytes[at + 2 : at + 2 + length].decode()
            at += 2 + length
            _, elements, offset, size_bytes = struct.unpack_from("<BIQQ", self._bytes, at)
            at += struct.calcsize("<BIQQ")
            if offset + size_bytes > len(self._bytes):
                raise WeightsCorrupt(f"{self.path} is truncated: tensor {name} ends beyond the file")
            tensors[name] = Tensor(name, elements, offset, size_bytes)
        return tensors


def values(blocks: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """The weights of q4_0 blocks of shape (..., n, 18), as floats of shape (..., 32 n)."""
    scales = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
    nibbles = blocks[..., 2:]
    whole = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32)
    return ((whole - 8) * scales).reshape(*blocks.shape[:-2], -1)


def fingerprint(path: Path) -> str:
    """Eight hexadecimal digits that identify a weights file, from slices spread over it (takes 1 ms)."""
    size = path.stat().st_size
    digest = hashlib.sha256(size.to_bytes(8, "little"))
    with path.open("rb") as file:
        for i in range(_SLICES):
            file.seek(i * max(size - _SLICE_BYTES, 0) // (_SLICES - 1))
            digest.update(file.read(_SLICE_BYTES))
    return digest.hexdigest()[:8]
