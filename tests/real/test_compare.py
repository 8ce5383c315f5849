"""What two published datasets of German fields say of the same country, where the files are at hand."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from loaders.report.compare.comparison import Comparison, compare
from loaders.report.compare.records import read_side
from loaders.report.compare.table import area_agreement, capacity_agreements
from tests.pipeline.conftest import Project
from tests.real.test_real_files import build_real, pytestmark

__all__ = ["pytestmark"]  # pytest reads it: skipped without the files

OSM, UFZ = "deu_osm_2019", "deu_ufz_2015"


@pytest.fixture(scope="module")
def germany(made_once: Callable[..., Path]) -> Comparison:
    loaded = Project(made_once("real", build_real)).data("loaded")
    osm, ufz = (read_side(loaded / f"{key}.parquet", key) for key in (OSM, UFZ))
    return compare(osm, ufz, within_m=250)


def test_2529_osm_fields_are_1914_ufz_fields(germany: Comparison) -> None:
    """2,530 intersect; one of them, record 3985, only touches: what rounding makes of its border is 1.8e-6 m²."""
    assert (germany.inside_a.sum(), germany.inside_b.sum()) == (4458, 3265)
    assert ((germany.part_a.group >= 0).sum(), (germany.part_b.group >= 0).sum()) == (2529, 1914)
    assert len(germany.pairs.a) == 2565


def test_one_farm_in_seven_is_drawn_in_more_than_one_piece(germany: Comparison) -> None:
    a, b = germany.part_a.records, germany.part_b.records
    assert (len(a), ((a == 1) & (b == 1)).sum()) == (1879, 1582)
    assert (((a == 1) & (b > 1)).sum(), ((a > 1) & (b == 1)).sum(), ((a > 1) & (b > 1)).sum()) == (27, 263, 7)


def test_half_of_the_outlines_are_the_same_to_a_hundredth(germany: Comparison) -> None:
    assert np.median(germany.iou) == pytest.approx(0.987, abs=0.001)
    assert (germany.iou > 0.5).mean() == pytest.approx(0.973, abs=0.001)


def test_ufz_draws_five_percent_more_area_than_osm(germany: Comparison) -> None:
    area = area_agreement(germany)
    assert (area.total_a, area.total_b) == pytest.approx((115.3, 121.5), abs=0.05)
    assert area.bias == pytest.approx(0.054, abs=0.001)
    assert np.median(area.ratios) == pytest.approx(1, abs=0.005)


def test_osm_states_no_capacity_to_compare(germany: Comparison) -> None:
    assert capacity_agreements(germany) == []
