"""The clear sky of many places at once: the same numbers as pvlib has place by place, each computed once."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pvlib
import pyarrow as pa
import pytest
from pvlib import atmosphere, irradiance, location, solarposition, spa

from loaders.core.answer_cache import AnswerCache
from loaders.core.arrays import Numbers
from loaders.core.progress import with_progress
from loaders.geo.record_cells import CELLS
from loaders.http.client import HttpClient
from loaders.irradiance.clear_sky import compute, grids, model, stored
from loaders.irradiance.provider import ProviderContext
from loaders.irradiance.providers import clearsky
from loaders.settings.download import Download
from loaders.settings.irradiance import Irradiance

LAT = np.array([-90.0, -75.3, -33.9, -0.04, 0.0, 23.4, 52.5, 66.6, 78.2, 89.99, 90.0])
LON = np.array([-180.0, 12.1, 18.4, -78.5, 180.0, 90.4, 13.4, 25.7, 15.6, 0.0, 179.96])
ELEVATION_M = np.array([2800.0, 3000, 40, 2850, 0, 8, 34, 110, -2, 0, -450])


def cells(lat: Numbers = LAT, lon: Numbers = LON) -> pa.Table:
    return pa.table([[f"cell {row:03}" for row in range(len(lat))], lon, lat], schema=CELLS)


def table(cells: pa.Table, cache: Path, settings: Irradiance | None = None) -> pa.Table:
    context = ProviderContext(HttpClient(Download()), cache, {}, with_progress, lambda _: False)
    results = clearsky.irradiance_of(cells, settings or Irradiance(), context)
    return pa.concat_tables(result.rows for result in results)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The cells that have been computed, in the order of requests."""
    names: list[str] = []
    skies = compute.skies

    def counted(missing: pa.Table, settings: Irradiance) -> object:
        names.extend(missing["h3_cell"].to_pylist())
        return skies(missing, settings)

    monkeypatch.setattr(compute, "skies", counted)
    return names


def all_hours(lat: float, elevation_m: float, turbidity: Numbers) -> dict[str, Numbers]:
    """The monthly sums of a place as pvlib computes them: every step of every day, the night included."""
    days = model._days()
    declination = np.radians(solarposition.get_solarposition(days, 90, 0)["elevation"].to_numpy())[:, None]
    hour = np.radians((np.arange(48) + 0.5) * 7.5 - 180)
    latitude = np.radians(np.clip(lat, -89.99, 89.99))
    zenith = solarposition.solar_zenith_analytical(latitude, hour, declination)
    azimuth_deg = np.degrees(solarposition.solar_azimuth_analytical(latitude, hour, declination, zenith))
    pressure_pa = atmosphere.alt2pres(np.array([[elevation_m]]))
    zenith_deg = np.degrees(zenith)
    zenith_deg -= spa.atmospheric_refraction_correction(pressure_pa / 100, 12, 90 - zenith_deg, 0.5667)
    air_mass = atmosphere.get_absolute_airmass(atmosphere.get_relative_airmass(zenith_deg), pressure_pa)
    extra = irradiance.get_extra_radiation(days.day_of_year.to_numpy())[:, None]
    haze, height = np.repeat(turbidity, 3)[:, None], np.array([[elevation_m]])
    power = pvlib.clearsky.ineichen(zenith_deg, air_mass, haze, height, extra)
    power = {name: np.nan_to_num(values) for name, values in power.items()}
    angles = (np.array([[abs(lat)]]), 0.0 if lat < 0 else 180.0, zenith_deg, azimuth_deg)
    tilted = irradiance.get_total_irradiance(*angles, **power, dni_extra=extra, albedo=0.2, model="haydavies")
    power["poa"] = np.where(zenith_deg < 90, np.nan_to_num(tilted["poa_global"]), 0)
    return {name: values.reshape(12, 144).mean(axis=1) * 24 * model.DAYS / 1000 for name, values in power.items()}


def test_grids_are_read_as_pvlib_reads_them() -> None:
    edges = np.array([-90, -89.999, 0.0416666, 0.0416667, 0.0833333, 89.96, 90])
    lat, lon = np.concatenate([LAT, edges]), np.concatenate([LON, 2 * edges])
    positions = list(zip(lat, lon, strict=True))
    assert grids.elevation_m(lat, lon).tolist() == [location.lookup_altitude(*position) for position in positions]
    months = pd.date_range("2021-01-01", periods=12, freq="MS", tz="UTC")
    expected = [pvlib.clearsky.lookup_linke_turbidity(months, *each, interp_turbidity=False) for each in positions]
    assert grids.turbidity(lat, lon).tolist() == [values.tolist() for values in expected]


def test_mornings_of_many_places_give_the_bits_of_all_hours_of_each() -> None:
    turbidity = np.random.default_rng(1).uniform(1.5, 7, (len(LAT), 12))
    sky = model.monthly(LAT, ELEVATION_M, turbidity, np.abs(LAT), np.where(LAT < 0, 0.0, 180.0))
    for row, (lat, elevation_m) in enumerate(zip(LAT, ELEVATION_M, strict=True)):
        for name, expected in all_hours(lat, elevation_m, turbidity[row]).items():
            assert getattr(sky, name)[row].tolist() == expected.tolist(), (lat, name)


def test_a_cell_has_the_same_rows_alone_and_among_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "CELLS_AT_ONCE", 2)
    monkeypatch.setattr(clearsky, "CELLS_AT_ONCE", 3)
    together = table(cells(), tmp_path / "all")
    alone = [table(cells().slice(row, 1), tmp_path / str(row)) for row in range(len(LAT))]
    assert together.equals(pa.concat_tables(alone))


def test_only_cells_that_are_new_are_computed(tmp_path: Path, computed: list[str]) -> None:
    first = table(cells().slice(0, 3), tmp_path)
    again = table(cells().slice(1, 4), tmp_path)
    assert computed == ["cell 000", "cell 001", "cell 002", "cell 003", "cell 004"]
    assert again.slice(0, 2 * 13).equals(first.slice(13))
    table(cells().slice(0, 5), tmp_path, Irradiance(losses=0.5))
    assert len(computed) == 5


def test_a_cell_at_another_position_is_computed_again(tmp_path: Path, computed: list[str]) -> None:
    table(cells().slice(0, 2), tmp_path)
    moved = cells(np.array([LAT[0], 10.0]), LON[:2])
    assert table(moved, tmp_path).equals(table(moved, tmp_path / "other"))
    assert computed == ["cell 000", "cell 001", "cell 001", "cell 000", "cell 001"]


def test_another_tilt_code_or_library_is_computed_again(
    tmp_path: Path, computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = cells().slice(5, 1)
    flat = table(one, tmp_path, Irradiance(tilt_deg=0))
    assert not table(one, tmp_path)["poa_kwh_per_m2"].equals(flat["poa_kwh_per_m2"])
    monkeypatch.setattr(stored, "version", lambda name: f"another {name}")
    table(one, tmp_path)
    monkeypatch.setattr(stored, "sha256", lambda path: f"another {path.name}")
    table(one, tmp_path)
    assert computed == ["cell 005"] * 4
    assert {path.name for path in stored.CODE} >= {"model.py", "grids.py", "compute.py", "panels.py"}


@pytest.mark.parametrize("damage", [b"", b"no gzip", None], ids=["empty", "no gzip", "cut short"])
def test_a_damaged_cache_is_computed_again(tmp_path: Path, computed: list[str], damage: bytes | None) -> None:
    before = table(cells().slice(0, 2), tmp_path)
    (entry,) = tmp_path.rglob("*.gz")
    entry.write_bytes(entry.read_bytes()[:-20] if damage is None else damage)
    assert table(cells().slice(0, 2), tmp_path).equals(before)
    assert len(computed) == 4


def test_a_cache_of_another_form_is_computed_again(tmp_path: Path, computed: list[str]) -> None:
    before = table(cells().slice(0, 2), tmp_path)
    (entry,) = tmp_path.rglob("*.gz")
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, CELLS) as writer:
        writer.write_table(cells())
    AnswerCache(entry.parent).store_answer("cells", stream.getvalue())
    assert table(cells().slice(0, 2), tmp_path).equals(before)
    assert len(computed) == 4


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    with caplog.at_level(logging.WARNING):
        rows = table(cells().slice(0, 2), tmp_path / "file")
    assert rows.equals(table(cells().slice(0, 2), tmp_path / "folder"))
    assert "the clear sky of 2 cells is not cached: " in caplog.text
