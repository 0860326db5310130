"""Matrices in 8 bits multiply as those in 32 bits do, within their precision."""

import numpy as np
import pytest

from models.eight_bits import options, quantise

RANDOM = np.random.default_rng(7)


def test_values_are_kept_within_half_a_step_of_their_output() -> None:
    weights = RANDOM.normal(size=(5000, 96)).astype(np.float32)
    weights[3] = 0
    matrix = quantise((5000, 96), lambda rows: weights[rows])
    back = matrix.values * matrix.scales
    assert (np.abs(back - weights) <= 0.5001 * matrix.scales).all()
    assert (matrix.values.max(axis=1)[:3] == 127).any() or (matrix.values.min(axis=1)[:3] == -127).any()


@pytest.mark.parametrize("group", [64, 128])
def test_a_graph_multiplies_by_them(group: int) -> None:
    import openvino as ov
    from openvino import opset13 as op

    weights = RANDOM.normal(size=(64, 256)).astype(np.float32)
    rows = RANDOM.normal(size=(9, 256)).astype(np.float32)
    given = op.parameter([-1, 256], np.float32)
    node = quantise((64, 256), lambda part: weights[part]).node()
    graph = ov.Model([op.matmul(given, node, False, True)], [given], "product")
    request = ov.Core().compile_model(graph, "CPU", options(group)).create_infer_request()
    found, wanted = request.infer([rows])[0], rows @ weights.T
    assert np.abs(found - wanted).mean() < 0.03 * np.abs(wanted).mean()
