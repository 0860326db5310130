"""A trained network as the file that the product reads, and such a file as a network again."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from models.judge.weights_file import Description, JudgeFile, write_judge_file
from training.judge.network import JudgeNetwork

_PARTS = ("q", "k", "v", "ao", "fi", "fo")


def export(network: JudgeNetwork, path: Path, about: Description) -> None:
    """Write the weights under the names of the embedder's file."""
    matrices: dict[str, npt.NDArray[np.float32]] = {}
    vectors = {"position": _array(network, "position").reshape(-1)}
    for name, ours in _names(network):
        array = _array(network, name)
        if ours.endswith(".w") and array.ndim == 2:
            matrices[ours] = array
        else:
            vectors[ours] = array
    path.parent.mkdir(parents=True, exist_ok=True)
    write_judge_file(path, matrices, vectors, about)


def restored(network: JudgeNetwork, file: JudgeFile) -> dict[str, torch.Tensor]:
    """The state of a network from the product's file, but for the word vectors, which the file does not hold."""
    state = {"position": torch.tensor(file.floats("position").reshape(network.position.shape))}
    for name, ours in _names(network):
        shape = network.state_dict()[name].shape
        array = file.values(ours) if ours.endswith(".w") and len(shape) == 2 else file.floats(ours)
        state[name] = torch.tensor(array)
    return state


def _names(network: JudgeNetwork) -> list[tuple[str, str]]:
    pairs = [("norm", "emb.ln"), ("inner", "inner"), ("classes", "classes"), ("relevance", "relevance")]
    for i in range(len(network.layers)):
        pairs += [(f"layers.{i}.{part}", f"l{i}.{part}") for part in (*_PARTS, "aln", "oln")]
    return [(f"{theirs}.{k}", f"{ours}.{s}") for theirs, ours in pairs for k, s in (("weight", "w"), ("bias", "b"))]


def _array(network: JudgeNetwork, name: str) -> npt.NDArray[np.float32]:
    made: npt.NDArray[np.float32] = network.state_dict()[name].detach().float().numpy()
    return made
