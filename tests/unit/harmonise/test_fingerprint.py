from collections.abc import Callable
from typing import Any

import pytest

from loaders.core.files import write_json
from loaders.core.paths import ProjectPaths
from loaders.harmonise.fingerprint import made_from
from loaders.settings.params import Dataset

CAPACITY = {"column": "mw", "unit": "MW"}
GROUP = {"group": "plant", "capacity": CAPACITY}


@pytest.fixture
def fetched(paths: ProjectPaths) -> ProjectPaths:
    for path in (paths.lock("farms"), paths.receipt("farms")):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json({}, path)
    return paths


@pytest.mark.parametrize(
    ("before", "after", "is_loaded_again"),
    [
        ({}, {"version_of": "older"}, False),
        ({}, {"derived_from": ["osm"]}, False),
        ({"columns": GROUP}, {"columns": {**GROUP, "capacity": {**CAPACITY, "of": "group"}}}, False),
        ({}, {"columns": {"name": "site"}}, True),
        ({}, {"columns": {"operator": "owner"}}, True),
        ({}, {"columns": {"identifiers": {"repd": "ref"}}}, True),
        ({}, {"columns": {"status": {"constant": "operating"}}}, True),
        ({"columns": {"identifiers": {"repd": "ref"}}}, {"columns": {"identifiers": {"repd": "id"}}}, True),
    ],
)
def test_a_load_is_stale_after_a_change_of_what_it_reads_and_not_of_what_only_the_build_reads(
    before: dict[str, Any],
    after: dict[str, Any],
    is_loaded_again: bool,
    fetched: ProjectPaths,
    dataset: Callable[..., Dataset],
) -> None:
    found = [made_from(dataset(**branches), 8, fetched) for branches in (before, after)]
    assert None not in found
    assert (found[0] != found[1]) is is_loaded_again
