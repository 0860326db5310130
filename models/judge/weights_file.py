"""The judge's weights: one npz file of 8-bit matrices, vectors and a description.

Matrices are symmetric int8 with one f16 scale for each run of 64 weights in a row. Word vectors are the embedder's own
and are not stored; ``embedder`` names the file that they must come from. The ranges in which rows are
rounded to 8 bits may lie beside it (``NAME.ranges.npz``).
"""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.e5.activation_ranges import ActivationRanges, read_ranges
from models.e5.weights_file import Configuration
from models.errors import WeightsCorrupt

GROUP = 64
_LARGEST = 127


@dataclass(frozen=True, slots=True)
class Description:
    """The description of the weights: name, fingerprint of the embedder, and the thresholds of verdicts.

    ``temperature`` divides the class scores; a claim is supported where its probability is at least ``supported``, and
    contradicted where it is not and that is likelier than unsupported times ``contradicted``. ``reads_relevance`` says
    that its relevance was measured to tell questions that a text answers from near ones; a question is answered where
    its best text reaches ``relevant``. ``reads_questions`` says that it was trained to read a question before the claim
    that answers it.
    """

    name: str
    embedder: str
    temperature: float = 1.0
    supported: float = 0.5
    contradicted: float = 1.0
    relevant: float = 0.5
    reads_relevance: bool = False
    reads_questions: bool = False


def read_description(path: Path) -> Description:
    """The description alone, without the weights; raises WeightsCorrupt where the file is not one of a judge."""
    with _opened(path) as file:
        return _described(file)


class JudgeFile:
    """The weights of one judge; raises WeightsCorrupt where the file is not one."""

    def __init__(self, path: Path, configuration: Configuration) -> None:
        self.path, self.configuration = path, configuration
        with _opened(path) as file:
            self.description = _described(file)
            self._arrays = {name: file[name] for name in file.files if name != "description"}

    @property
    def position(self) -> npt.NDArray[np.float32]:
        """The vectors of places and kind (places, hidden)."""
        return self.floats("position").reshape(-1, self.configuration.hidden)

    def floats(self, name: str) -> npt.NDArray[np.float32]:
        """A vector."""
        made: npt.NDArray[np.float32] = self._arrays[name].astype(np.float32)
        return made

    def values(self, name: str) -> npt.NDArray[np.float32]:
        """A matrix (outputs, inputs)."""
        whole, scales = self._arrays[name], self._arrays[f"{name}.scale"]
        grouped = whole.reshape(whole.shape[0], -1, GROUP).astype(np.float32) * scales[..., None].astype(np.float32)
        made: npt.NDArray[np.float32] = grouped.reshape(whole.shape)
        return made

    def ranges(self) -> ActivationRanges | None:
        """The ranges beside the file, None where it has none or those of others; raises WeightsCorrupt."""
        beside = ranges_path(self.path)
        cure = f"jianxi train judge-ranges --weights {self.path}"
        return read_ranges(beside, self.path, cure=cure) if beside.is_file() else None


def ranges_path(weights: Path) -> Path:
    """Where the ranges of the judge with these weights lie."""
    return weights.with_suffix(".ranges.npz")


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with np.load(path, allow_pickle=False) as file:
            yield file
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise WeightsCorrupt(f"{path} is no file of judge weights ({error}); cure: export it again") from error


def _described(file: Any) -> Description:
    return Description(**json.loads(str(file["description"])))


def write_judge_file(
    path: Path,
    matrices: dict[str, npt.NDArray[np.float32]],
    vectors: dict[str, npt.NDArray[np.float32]],
    about: Description,
) -> None:
    """Quantise and write; the number of columns of every matrix is a multiple of 64."""
    arrays: dict[str, Any] = {"description": np.array(json.dumps(asdict(about)))}
    for name, matrix in matrices.items():
        grouped = matrix.reshape(matrix.shape[0], -1, GROUP)
        scales = (np.abs(grouped).max(-1) / _LARGEST).astype(np.float16)
        whole = np.rint(grouped / np.maximum(scales[..., None].astype(np.float32), 1e-8)).clip(-_LARGEST, _LARGEST)
        arrays[name] = whole.astype(np.int8).reshape(matrix.shape)
        arrays[f"{name}.scale"] = scales
    arrays |= {
        name: vector.astype(np.float16 if name == "position" else np.float32) for name, vector in vectors.items()
    }
    partial = path.with_suffix(".partial.npz")
    np.savez_compressed(partial, **arrays)
    partial.replace(path)
