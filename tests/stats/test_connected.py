import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sozialraum.stats.connected import connected_parts


def test_by_hand():
    """0-2, 3-4, 4-1; 5 alone."""
    assert connected_parts(6, np.array([0, 3, 4]), np.array([2, 4, 1])).tolist() == [0, 1, 0, 1, 1, 2]


@pytest.mark.parametrize("links", [0, 20, 60, 120, 600])
@pytest.mark.parametrize("seed", range(4))
def test_random_networks_have_scipy_s_parts(links, seed):
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, 100, (2, links))
    matrix = coo_array((np.ones(links), (one, other)), shape=(100, 100))
    assert (
        connected_parts(100, one, other).tolist() == connected_components(matrix, directed=False)[1].tolist()
    )


@pytest.mark.parametrize("order", ["up", "down", "shuffled"])
def test_a_long_chain_is_one_part(order):
    chain = np.arange(3_000)
    if order != "up":
        chain = chain[::-1] if order == "down" else np.random.default_rng(1).permutation(chain)
    assert not connected_parts(3_000, chain[:-1], chain[1:]).any()


def test_nothing_has_no_parts():
    nothing = np.array([], dtype=np.intp)
    assert len(connected_parts(0, nothing, nothing)) == 0
