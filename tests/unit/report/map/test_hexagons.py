import numpy as np
import pyarrow as pa
import pytest

from loaders.report.map.hexagons import hexagons
from loaders.report.map.search import fnv_1a


def test_every_cell_has_six_corners_also_at_a_pentagon_and_an_edge_of_the_icosahedron() -> None:
    # a pentagon of resolution 2 (820807fffffffff), and a grid, some of whose cells cross edges of the icosahedron
    lon, lat = np.meshgrid(np.arange(-179.5, 180, 5), np.arange(-80, 81, 5.0))
    levels, of_installation = hexagons(np.append(lon.ravel(), 36.1), np.append(lat.ravel(), 64.7))
    assert [level.resolution for level in levels] == [2, 3, 4, 5]
    for level in levels:
        assert level.corners.shape[1:] == (6, 2)
        assert np.ptp(level.corners[:, :, 0], axis=1).max() <= 180
    assert len(of_installation) == lon.size + 1
    assert of_installation.max() == len(levels[-1].corners) - 1


def test_parents_are_numbers_of_the_next_coarser_level() -> None:
    levels, of_installation = hexagons(np.array([10.0, 10.01, -60.0]), np.array([50.0, 50.01, -10.0]))
    assert [len(level.corners) for level in levels] == [2, 2, 2, 2]
    assert of_installation[0] == of_installation[1] != of_installation[2]
    assert len(levels[0].parent) == 0
    assert sorted(levels[3].parent.tolist()) == [0, 1]
    first = levels[3].corners[of_installation[0]].mean(axis=0)
    assert first.tolist() == pytest.approx([10, 50], abs=0.2)


def test_hash_is_fnv_1a_of_utf_8() -> None:
    assert fnv_1a(pa.array(["", "a", "foobar", "ü"])).tolist() == [0x811C9DC5, 0xE40C292C, 0xBF9CF968, 0x119DD44A]
