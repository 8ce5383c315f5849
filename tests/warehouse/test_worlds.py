"""Records fall into installations as one would say who looks at the drawing."""

import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from loaders.duck import connect
from loaders.h3_functions import register
from tests.warehouse.conftest import AT_THE_EDGE, EDGE, WORLDS, A, B, C, D, Warehouse, built

pytestmark = pytest.mark.xdist_group("warehouse")


def groups(warehouse: Warehouse, world: str) -> list[str]:
    """The installations of a world, each as the names of its records."""
    query = "select source_id, installation_id from curated.curated_pv_records where source_id like $world || '/%'"
    found = defaultdict(list)
    for name, installation in warehouse.rows(query, {"world": world}):
        found[installation].append(name.removeprefix(f"{world}/"))
    return sorted(" ".join(sorted(names)) for names in found.values())


@pytest.mark.parametrize("world", WORLDS)
def test_records_fall_into_installations_as_drawn(warehouse: Warehouse, world: str) -> None:
    assert groups(warehouse, world) == sorted(WORLDS[world][1])


def test_a_point_across_the_antimeridian_is_beside_its_farm(warehouse: Warehouse) -> None:
    assert groups(warehouse, "edge") == [" ".join(name.removeprefix("edge/") for name in AT_THE_EDGE)]
