"""The mean of the networks of several checkpoints (Wortsman et al., 2022)."""

from collections.abc import Mapping, Sequence
from typing import Any


def mean_of(networks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The mean of each parameter, an array or a tensor; raises ValueError where the networks have not the same ones."""
    first = networks[0]
    for other in networks[1:]:
        if other.keys() != first.keys():
            raise ValueError(f"only one network has {', '.join(sorted(other.keys() ^ first.keys()))}")
        for name, value in other.items():
            if value.shape != first[name].shape:
                raise ValueError(f"{name} has the shape {tuple(value.shape)} and {tuple(first[name].shape)}")
    return {name: sum(network[name] for network in networks) / len(networks) for name in first}
