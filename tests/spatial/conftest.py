"""Small cities whose neighbours are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph


def _graph(matrix, index):
    focal, neighbor = np.nonzero(matrix)
    alone = np.flatnonzero(matrix.sum(axis=1) == 0)
    weights = np.concatenate([matrix[focal, neighbor], np.zeros(len(alone))])
    names = np.asarray(index, dtype=object)
    focal, neighbor = np.concatenate([focal, alone]), np.concatenate([neighbor, alone])
    return Graph.from_arrays(names[focal], names[neighbor], weights)


@pytest.fixture(scope="session")
def as_graph():
    """Turn a matrix of weights and an index into a Graph; districts without neighbours become isolates."""
    return _graph


@pytest.fixture(scope="session")
def grid():
    """Make index and graph of a city of squares; `alone` districts lose their neighbours."""

    def make(rows, columns, *, queen=True, alone=()):
        place = np.arange(rows * columns)
        row, column = divmod(place, columns)
        across, along = abs(row[:, None] - row), abs(column[:, None] - column)
        matrix = ((np.maximum(across, along) if queen else across + along) == 1).astype(float)
        for district in alone:
            matrix[district] = matrix[:, district] = 0.0
        index = pd.Index([f"{number:03d}" for number in place], name="district")
        return index, _graph(matrix, index)

    return make
