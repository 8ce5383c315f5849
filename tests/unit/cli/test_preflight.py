"""`eo-pv check` and `plan` say first what would fail later."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaders.boundaries.overture import resolve as resolving
from loaders.core.errors import SourceError
from loaders.core.paths import ProjectPaths
from tests.unit.cli.test_context import edit
from tests.unit.conftest import Run


@pytest.fixture
def without_overture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Overture Maps does not answer."""

    def live_releases(_: object) -> list[str]:
        raise SourceError("it is down.")

    monkeypatch.setattr(resolving, "live_releases", live_releases)


@pytest.mark.parametrize("command", [("check",), ("check", "--keep-going"), ("prefetch",)])
def test_overture_that_is_gone_stops_everything_before_the_first_download(
    command: tuple[str, ...], eo_pv: Run, project: Path, without_overture: None
) -> None:
    assert eo_pv(*command) == (0, "", "")  # samples need none
    edit(project, origin="doi")
    error = "Error: boundaries: it is down. Or write `boundaries: {source: naturalearth}` in params.yaml, whose "
    code, out, err = eo_pv(*command)
    assert (code, out, err) == (1, "", f"{error}boundaries are bundled and coarse.\n")
    edit(project, boundaries={"source": "naturalearth"})
    assert eo_pv(*command) == (0, "", "")


def test_a_provider_without_its_key_is_found_before_anything_is_downloaded(
    eo_pv: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NSRDB_API_KEY", "NSRDB_EMAIL"):
        monkeypatch.delenv(name, raising=False)
    edit(project, irradiance={"provider": "nsrdb"})
    code, _, err = eo_pv("check", "--keep-going")
    assert (code, "Error: irradiance: NSRDB_API_KEY and NSRDB_EMAIL must be in the environment" in err) == (1, True)
    assert "`irradiance: {provider: clearsky}`" in err
    paths = ProjectPaths(project, "sample")
    paths.irradiance.parent.mkdir(parents=True)
    pq.write_table(pa.table({"provider": ["nsrdb"]}), paths.irradiance)
    assert eo_pv("check") == (0, "", "")  # its answers are here


@pytest.mark.parametrize(("crs", "message"), [("UTM32", "unknown to PROJ"), ("EPSG:5703", "no positions on Earth")])
def test_a_crs_that_cannot_be_meant_is_found_by_the_check(crs: str, message: str, eo_pv: Run, project: Path) -> None:
    edit(project, datasets={"north": {"source": {"path": "north.geojson"}, "read": {"crs": crs}}})
    code, _, err = eo_pv("check")
    assert (code, err.startswith(f"Error: north: datasets.north.read.crs in params.yaml is {crs!r}")) == (1, True)
    assert message in err


def test_a_lake_whose_catalogue_the_environment_does_not_name_is_found_by_the_check(
    eo_pv: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGHOST", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    edit(project, warehouse="ducklake", ducklake={"catalogue": "postgres"})
    code, _, err = eo_pv("check", "--keep-going")
    assert (code, "ducklake.host (or PGHOST)" in " ".join(err.split())) == (1, True)
    edit(project, ducklake={"catalogue": "sqlite"})
    assert eo_pv("check") == (0, "", "")


def test_overture_is_the_name_of_the_boundaries_and_of_no_dataset(eo_pv: Run, project: Path) -> None:
    assert eo_pv("update", "overture")[:2] == (
        0,
        "overture: nothing to ask: origin sample takes the bundled boundaries\n",
    )
    assert eo_pv("resolve", "overture") == (0, "", "")
    edit(project, datasets={"overture": {"source": {"path": "north.geojson"}}})
    assert "datasets.overture has a name that eo-pv itself uses" in eo_pv("check")[2]


def test_an_origin_that_dvc_cannot_guess_is_asked_for(eo_pv: Run, project: Path) -> None:
    assert eo_pv("check")[0] == 0
    (project / "dvc.yaml").write_text("stages: {}\n")
    code, _, err = eo_pv("check")
    assert (code, "params.yaml has no `origin`, which DVC needs. Add the line `origin: sample`" in err) == (1, True)
