"""`eo-pv cells`, `boundaries`, `irradiance`: each says what it made, what it could not, and what to type next."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from loaders.core.paths import ProjectPaths
from loaders.irradiance.contract import SCHEMA
from loaders.irradiance.provider import ProviderContext, ProviderResult
from loaders.irradiance.providers import clearsky
from loaders.settings.irradiance import Irradiance
from tests.unit.conftest import Run

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def bundled(project: Path) -> None:
    """The project has the bundled boundaries."""
    shutil.copytree(ROOT / "data/samples/admin_boundaries", project / "data/samples/admin_boundaries")


def edit(project: Path, **branches: object) -> None:
    """Change the settings."""
    path = project / "params.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | branches, sort_keys=False))


def test_each_step_says_what_it_made(eo_pv: Run, project: Path) -> None:
    assert eo_pv("ingest", "--all")[0] == 0
    code, out, _ = eo_pv("cells")
    assert (code, out.splitlines()[0]) == (0, "cells: 4 for the irradiance, 3 for the boundaries")
    code, out, err = eo_pv("boundaries")
    message = "boundaries: 179 of countries, 0 of regions; 4 of them of no country that is agreed on"
    assert (code, out.splitlines()[0], err) == (0, message, "")
    code, out, _ = eo_pv("irradiance")
    assert (code, out.splitlines()[0]) == (0, "irradiance: 4 of 4 cells, from clearsky")
    counts = json.loads(ProjectPaths(project, "sample").irradiance_counts.read_text())
    assert (counts["read"], counts["kept"], counts["refused"]) == (4, 4, {})


@pytest.mark.parametrize("command", ["cells", "irradiance"])
def test_without_records_or_cells_each_step_says_which_comes_first(eo_pv: Run, command: str) -> None:
    code, _, err = eo_pv(command)
    advice = {"cells": "`eo-pv ingest --all`", "irradiance": "`eo-pv cells`"}[command]
    assert (code, err.startswith("Error: "), advice in err) == (1, True, True)


def test_cells_that_a_provider_refuses_are_reported_and_no_error(eo_pv: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = clearsky.irradiance_of

    def half(cells: pa.Table, settings: Irradiance, context: ProviderContext) -> Iterator[ProviderResult]:
        yield from whole(cells.slice(0, 1), settings, context)
        yield ProviderResult(
            SCHEMA.empty_table(), dict.fromkeys(cells["h3_cell"].to_pylist()[1:], "Location over the sea")
        )

    monkeypatch.setattr(clearsky, "irradiance_of", half)
    assert eo_pv("ingest", "--all")[0] == 0
    assert eo_pv("cells")[0] == 0
    code, out, err = eo_pv("irradiance")
    assert (code, out.splitlines()[0]) == (0, "irradiance: 1 of 4 cells, from clearsky")
    assert err == "irradiance: none for 3 cells: Location over the sea\n"


def test_coarse_boundaries_of_published_records_are_pointed_out(eo_pv: Run, project: Path) -> None:
    edit(project, origin="doi", boundaries={"source": "naturalearth"})
    code, _, err = eo_pv("boundaries")
    assert (code, "Overture Maps' are finer" in err) == (0, True)


@pytest.mark.parametrize(
    ("boundaries", "message"),
    [
        ({"release": "newest"}, "such as latest, or a name that `eo-pv releases` lists"),
        ({"subtypes": ["region"]}, "country is missing"),
        ({"subtypes": ["province"]}, "boundaries.subtypes"),
        ({"s3_endpoint": "http://user:secret@minio:9000"}, "boundaries.s3_endpoint"),
    ],
)
def test_boundaries_that_cannot_be_meant_are_refused(
    eo_pv: Run, project: Path, boundaries: dict[str, object], message: str
) -> None:
    edit(project, boundaries=boundaries)
    code, _, err = eo_pv("check")
    assert (code, message in err) == (1, True), err
    assert "secret" not in err
