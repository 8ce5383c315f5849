"""Clear sky where installations are: by physics, and against all hours of a year."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pvlib
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

import loaders
from loaders.core.errors import AccountingError, BuildError, SettingsError
from loaders.core.paths import ProjectPaths
from loaders.core.progress import with_progress
from loaders.db.connection import connect
from loaders.geo.geoparquet import write_parquet
from loaders.geo.record_cells import CELLS, record_cells, write_cells
from loaders.http.client import HttpClient
from loaders.irradiance.clear_sky.model import monthly
from loaders.irradiance.contract import IRRADIANCE, NO_IRRADIANCE
from loaders.irradiance.provider import ProviderContext, ProviderResult
from loaders.irradiance.providers import clearsky
from loaders.irradiance.solar_irradiance import IrradianceCounts
from loaders.raw_pv_doi_ingest import run_doi_pipeline
from loaders.settings.download import Download
from loaders.settings.irradiance import Irradiance
from loaders.settings.project import read_project
from loaders.solar_irradiance_loader import irradiance_hash, load_irradiance, run_solar_pipeline

NOBODY = ProviderContext(HttpClient(Download()), Path("nowhere"), {}, with_progress, lambda _: False)  # is asked
SUMS = ("ghi_kwh_per_m2", "dni_kwh_per_m2", "dhi_kwh_per_m2", "poa_kwh_per_m2", "specific_yield_kwh_per_kwp")
BERLIN, ATACAMA, TROMSO, ANTARCTICA = (13.4, 52.5), (-69.0, -24.0), (19.0, 69.6), (0.0, -75.0)  # lon, lat [°]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cache of NOBODY is."""
    monkeypatch.chdir(tmp_path)


def sky(lon: float, lat: float, **settings: Any) -> dict[int | None, dict[str, Any]]:
    """The rows of a place, by month."""
    cells = pa.table([[f"{lon} {lat}"], [float(lon)], [float(lat)]], schema=CELLS)
    (found,) = clearsky.irradiance_of(cells, Irradiance(**settings), NOBODY)
    return {row["month"]: row for row in found.rows.to_pylist()}


@pytest.mark.parametrize(
    "place", [BERLIN, ATACAMA, TROMSO, ANTARCTICA], ids=["Berlin", "Atacama", "Tromso", "Antarctica"]
)
def test_three_days_a_month_are_as_good_as_all_hours_of_the_year(place: tuple[float, float]) -> None:
    rows = sky(*place)
    year = rows[None]
    there = pvlib.location.Location(place[1], place[0], "UTC", year["elevation_m"])
    hours = pd.date_range("2021-01-01 00:30", periods=8760, freq="h", tz="UTC")
    sun = there.get_solarposition(hours)
    expected = there.get_clearsky(hours, solar_position=sun)
    extra = pvlib.irradiance.get_extra_radiation(hours)
    angles = (year["tilt_deg"], year["azimuth_deg"], sun["apparent_zenith"], sun["azimuth"])
    power = (expected["dni"], expected["ghi"], expected["dhi"])
    tilted = pvlib.irradiance.get_total_irradiance(*angles, *power, extra, albedo=0.2, model="haydavies")
    assert year["ghi_kwh_per_m2"] == pytest.approx(expected["ghi"].sum() / 1000, rel=0.002)
    for name in ("dni", "dhi"):
        assert year[f"{name}_kwh_per_m2"] == pytest.approx(expected[name].sum() / 1000, rel=0.01)
    assert year["poa_kwh_per_m2"] == pytest.approx(tilted["poa_global"].sum() / 1000, rel=0.01)
    for month, sums in expected.groupby(hours.month).sum().iterrows():
        assert rows[month]["ghi_kwh_per_m2"] == pytest.approx(sums["ghi"] / 1000, abs=4)


def test_at_a_pole_panels_get_what_they_get_beside_it() -> None:
    fixed = np.zeros(2), np.full((2, 12), 2.5), np.full(2, 90.0), np.full(2, 180.0)
    at, beside = monthly(np.array([90.0, 89.9]), *fixed).poa.sum(axis=1)
    assert at == pytest.approx(beside, rel=0.01)


def test_another_pvlib_makes_another_table(paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    write_parquet(CELLS.empty_table(), paths.cells("irradiance"))
    before = irradiance_hash(paths, Irradiance())
    monkeypatch.setattr(clearsky, "MODELS", clearsky.MODELS.replace("pvlib ", "pvlib 9"))
    assert irradiance_hash(paths, Irradiance()) != before


def test_the_year_is_the_sum_of_its_months() -> None:
    rows = sky(*BERLIN)
    for name in SUMS:
        assert rows[None][name] == pytest.approx(sum(rows[month][name] for month in range(1, 13)), abs=1e-3)


def test_seasons_are_reversed_in_the_south() -> None:
    north, south = sky(10, 40), sky(10, -40)
    assert north[6]["ghi_kwh_per_m2"] > 2 * north[12]["ghi_kwh_per_m2"]
    assert south[12]["ghi_kwh_per_m2"] > 2 * south[6]["ghi_kwh_per_m2"]
    assert (north[6]["azimuth_deg"], south[6]["azimuth_deg"]) == (180, 0)


def test_panels_that_face_the_equator_get_more_than_the_ground() -> None:
    for lat in (50, -50):
        tilted, flat = sky(5, lat)[None], sky(5, lat, tilt_deg=0)[None]
        assert tilted["poa_kwh_per_m2"] > 1.2 * tilted["ghi_kwh_per_m2"]
        assert flat["poa_kwh_per_m2"] == pytest.approx(flat["ghi_kwh_per_m2"], rel=1e-6)


def test_losses_are_taken_from_the_yield_alone() -> None:
    without, half = sky(*BERLIN, losses=0)[None], sky(*BERLIN, losses=0.5)[None]
    assert without["specific_yield_kwh_per_kwp"] == pytest.approx(without["poa_kwh_per_m2"])
    assert half["specific_yield_kwh_per_kwp"] == pytest.approx(without["specific_yield_kwh_per_kwp"] / 2)


def test_the_polar_night_is_dark_and_every_place_has_a_number() -> None:
    assert sky(20, 80)[12]["ghi_kwh_per_m2"] == 0
    for place in ((0, 90), (0, -90), (180, 0), (-180, 0), (179.9, -16.5)):
        for row in sky(*place).values():
            assert all(np.isfinite(row[name]) and row[name] >= 0 for name in SUMS)


def test_high_places_are_brighter() -> None:
    assert sky(*ATACAMA)[None]["elevation_m"] > 2000
    assert sky(*ATACAMA)[None]["dni_kwh_per_m2"] > sky(-40.0, -24.0)[None]["dni_kwh_per_m2"]


def test_no_sky_stops_the_build_however_high_and_clear() -> None:
    """At 5,000 m in Tibet a clear sky has more than 5,000 kWh/m² of direct irradiation a year."""
    rows = [sky(*place, losses=0)[None] for place in ((92.0, 29.5), (86.9, 28.0), (-67.75, -23.0), (0.0, 90.0))]
    assert max(row["dni_kwh_per_m2"] for row in rows) > 5000
    path = Path(__file__).parents[3] / "dbt/models/staging/_staging__irradiance.yml"
    columns = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]["columns"]
    limits = {
        column["name"]: test["between"]["arguments"]
        for column in columns
        for test in column.get("data_tests", [])
        if "between" in test
    }
    assert set(SUMS) <= set(limits)
    for name, limit in limits.items():
        found = [row[name] for row in rows if row[name] is not None]
        assert all(limit["at_least"] <= value <= limit["at_most"] for value in found), name


def test_every_row_says_that_it_is_an_upper_bound_and_how_it_was_made() -> None:
    row = sky(*BERLIN)[None]
    assert row["is_upper_bound"] is True
    assert row["air_temperature_c"] is None
    for model in ("Ineichen", "Linke turbidity", "Hay and Davies", "25 °C"):
        assert model in row["model_chain"]


def test_cells_are_those_of_the_records_each_once(tmp_path: Path) -> None:
    places = pa.table({"centroid_lon": [10.0, 10.001, -70.0], "centroid_lat": [50.0, 50.001, -24.0]})
    pq.write_table(places, tmp_path / "records.parquet")
    found = record_cells([tmp_path / "records.parquet"], {"coarse": 3, "fine": 4})
    for cells in found.values():
        rounded = {(round(cell["lon"], -1), round(cell["lat"], -1)) for cell in cells.to_pylist()}
        assert (len(cells), rounded) == (2, {(10, 50), (-70, -20)})
    assert [name[1] for name in found["fine"]["h3_cell"].to_pylist()] == ["4", "4"]  # as H3 writes a resolution


def test_only_a_record_where_none_was_changes_the_cells(project: Path) -> None:
    catalog, paths = read_project(project / "params.yaml")

    def cells(*positions: tuple[float, float]) -> list[bytes]:
        lon, lat = zip(*positions, strict=True)
        write_parquet(pa.table({"centroid_lon": lon, "centroid_lat": lat}), paths.loaded("a_north_2020"))
        counts = write_cells(catalog, paths)
        assert set(counts) == {"boundaries", "irradiance"}
        return [paths.cells(name).read_bytes() for name in counts]

    one = cells((10.0, 50.0))
    assert cells((10.001, 50.0), (10.0, 50.0)) == one
    assert not set(cells((10.0, 50.0), (12.0, 50.0))) & set(one)


@pytest.mark.parametrize("reason", ["over the sea", None])
def test_a_cell_without_rows_is_counted_by_its_reason_or_it_is_an_error(
    paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch, reason: str | None
) -> None:
    """A provider that knows one of two cells."""
    whole = clearsky.irradiance_of

    def half(cells: pa.Table, settings: Irradiance, context: ProviderContext) -> Iterator[ProviderResult]:
        (known,) = whole(cells.slice(0, 1), settings, context)
        other = cells["h3_cell"][1].as_py()
        yield ProviderResult(known.rows, {other: reason} if reason else {})

    monkeypatch.setattr(clearsky, "irradiance_of", half)
    write_parquet(pa.table([["a", "b"], [10.0, -70.0], [50.0, -24.0]], schema=CELLS), paths.cells("irradiance"))
    if reason is None:
        with pytest.raises(AccountingError, match="of 2 cells, the provider has rows for 1 and refuses 0"):
            load_irradiance(Irradiance(), paths, NOBODY)
        assert not paths.irradiance.exists()
        return
    assert load_irradiance(Irradiance(), paths, NOBODY) == IrradianceCounts(2, 1, {"over the sea": 1})
    (refused,) = pq.read_table(paths.refused_irradiance).to_pylist()
    assert refused == {"h3_cell": "b", "provider": "clearsky", "lon": -70, "lat": -24, "reason": "over the sea"}


def test_the_tables_have_the_columns_of_the_contract_and_the_same_bytes_every_time(project: Path) -> None:
    run_doi_pipeline(params=project / "params.yaml", use_parallel=False)
    stored = run_solar_pipeline(params=project / "params.yaml")
    assert stored == {
        "solar_irradiance": "raw_data.solar_irradiance",
        "irradiance_refused": "raw_meta.irradiance_refused",
    }
    assert loaders.run_solar_pipeline is run_solar_pipeline
    with connect(project / "data/sample/eo_pv_data.duckdb", read_only=True) as connection:
        for name, fields, rows in (("solar_irradiance", IRRADIANCE, 4 * 13), ("irradiance_refused", NO_IRRADIANCE, 0)):
            found = connection.execute(f"DESCRIBE {stored[name]}").fetchall()
            assert [column for column, *_ in found] == [field.name for field in fields]
            assert len(connection.table(stored[name])) == rows
    path = project / "data/sample/irradiance/solar_irradiance.parquet"
    before = path.read_bytes()
    run_solar_pipeline(params=project / "params.yaml")
    assert path.read_bytes() == before


def test_without_records_there_is_no_irradiance_and_a_missing_dataset_is_named(
    project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(BuildError, match="No records are loaded"):
        run_solar_pipeline(params=project / "params.yaml")
    run_doi_pipeline(params=project / "params.yaml", datasets=["north"])
    with caplog.at_level(logging.WARNING):
        run_solar_pipeline(params=project / "params.yaml")
    assert "b_south_2021: not loaded" in caplog.text


def test_irradiance_needs_the_cells_of_the_records(paths: ProjectPaths) -> None:
    with pytest.raises(BuildError, match=r"irradiance\.parquet is missing: the cells .* `eo-pv cells`"):
        load_irradiance(Irradiance(), paths, NOBODY)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"provider": "google_solar"}, "needs h3_resolution: 13"),
        ({"h3_resolution": 9}, "is 9; clearsky takes 0 to 7"),
        ({"pvgis": {"data": "hourly"}}, "needs years"),
        ({"pvgis": {"years": [2020, 2005]}}, "go from 2020 to 2005"),
        ({"nsrdb": {"typical_year": "tmy"}}, "typical_year"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(project: Path, settings: dict[str, Any], said: str) -> None:
    path = project / "params.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"irradiance": settings}))
    with pytest.raises(SettingsError, match=said):
        read_project(path)


@pytest.mark.parametrize(
    "place",
    [
        (13.4, 52.5),
        (-6.0, 37.4),
        (-112.1, 33.4),
        (151.2, -33.9),
        (36.8, -1.3),
        (72.9, 19.1),
        (116.4, 39.9),
        (18.4, -33.9),
    ],
    ids=["Berlin", "Seville", "Phoenix", "Sydney", "Nairobi", "Mumbai", "Beijing", "Cape Town"],
)
def test_capacity_factors_of_real_places_are_those_of_solar_plants(place: tuple[float, float]) -> None:
    assert 0.08 < sky(*place)[None]["specific_yield_kwh_per_kwp"] / 8760 < 0.30
