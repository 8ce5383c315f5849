"""The same workflow on real published files, where they are at hand; they are read, never copied."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from tests.pipeline.conftest import Project, copy_sources, run_by_hand

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("EO_PV_REAL_FILES", ROOT.parent / "shared" / "data")) / "pv"
INDIA = REAL / "india_solar_farms_2021" / "solar_farms_india_2021_merged_simplified.geojson"
UFZ = REAL / "germany_ufz_2015" / "photovoltaics_open-space.shp"
OSM = REAL / "germany_osm" / "germany_photovoltaic.shp"
USPVDB = REAL / "uspvdb" / "uspvdb_v1_0_20231108.csv"
USPVDB_V2 = REAL / "uspvdb" / "uspvdb_v2_0_20240801.csv"
REPD = REAL / "uk_repd_2020" / "UK_REPD-June-2020-update.csv"
GPPD = REAL / "gppd_brazil" / "database_BRA.csv"
NO_SHAPES = REAL / "null_geometry" / "Solar_Energy_Production_Sites_from_js.geojson"

pytestmark = [
    pytest.mark.skipif(
        not REAL.is_dir(), reason=f"the real files are not at {REAL}; EO_PV_REAL_FILES names their folder"
    ),
]

USPVDB_SETTINGS: dict[str, Any] = {
    "read": {"crs": "EPSG:4326", "longitude": "xlong", "latitude": "ylat"},
    "columns": {
        "source_id": "case_id",
        "area": {"column": "p_area", "unit": "m2"},
        "capacity": {"column": "p_cap_ac", "unit": "MW", "basis": "ac"},
        "installed": "p_year",
    },
}
DATASETS: dict[str, dict[str, Any]] = {
    "ind_pv_solar_farms_2022": {
        "source": {"path": str(INDIA)},
        "columns": {
            "source_id": "fid",
            "area": {"column": "Area", "unit": "m2"},
            "position": {"longitude": "Longitude", "latitude": "Latitude"},
        },
        "expected_features": 1363,
    },
    "deu_ufz_2015": {
        "source": {"path": str(UFZ)},
        "columns": {
            "area": {"column": "Area_sqm", "unit": "m2"},
            "capacity": {"column": "Power_kW", "unit": "kW"},
            "installed": "Year",
        },
    },
    "deu_osm_2019": {"source": {"path": str(OSM)}, "columns": {"source_id": "id"}},
    "usa_uspvdb_2023": {"source": {"path": str(USPVDB)}, **USPVDB_SETTINGS},
    "usa_uspvdb_2024": {"source": {"path": str(USPVDB_V2)}, **USPVDB_SETTINGS},
    "gbr_repd_2020": {
        "source": {"path": str(REPD)},
        "read": {
            "crs": "EPSG:27700",
            "longitude": "X-coordinate",
            "latitude": "Y-coordinate",
            "encoding": "cp1252",
            "thousands": ",",
        },
        "where": {"Technology Type": "Solar Photovoltaics"},
        "columns": {
            "source_id": "Ref ID",
            "name": "Site Name",
            "operator": "Operator (or Applicant)",
            "identifiers": {"repd": "Ref ID"},
            "status": {
                "column": "Development Status (short)",
                "operating": ["Operational"],
                "construction": ["Under Construction"],
                "planned": ["Application Submitted", "Awaiting Construction"],
                "rejected": [
                    "Application Refused",
                    "Application Withdrawn",
                    "Abandoned",
                    "Planning Permission Expired",
                ],
            },
            "mounting": {
                "column": "Mounting Type for Solar",
                "ground": ["Ground"],
                "roof": ["Roof"],
                "water": ["Floating"],
            },
            "capacity": {"column": "Installed Capacity (MWelec)", "unit": "MW"},
            "installed": {"column": "Operational", "pattern": "DD/MM/YYYY"},
        },
        "extent": {"west": -8.7, "south": 49.8, "east": 1.8, "north": 60.9},
    },
    "bra_gppd_2018": {
        "source": {"path": str(GPPD)},
        "read": {"crs": "EPSG:4326", "longitude": "longitude", "latitude": "latitude"},
        "where": {"primary_fuel": "Solar"},
        "columns": {
            "source_id": "gppd_idnr",
            "capacity": {"column": "capacity_mw", "unit": "MW"},
            "installed": "commissioning_year",
        },
    },
}


def build_real(root: Path) -> None:
    """The datasets in one warehouse."""
    project = copy_sources(root)
    project.edit(lambda settings: settings.update(datasets=DATASETS))
    run_by_hand(project)


@pytest.fixture(scope="module")
def built(made_once: Callable[..., Path]) -> Project:
    """Built once. Read it, do not change it."""
    return Project(made_once("real", build_real))


@pytest.fixture(scope="module")
def summary(built: Project) -> dict[str, dict[str, Any]]:
    """The published summary by dataset."""
    rows = pq.read_table(built.data("curated", "curated_pv_dataset_summary.parquet")).to_pylist()
    return {row["dataset_key"]: row for row in rows}


@pytest.mark.parametrize(
    ("key", "read", "repaired", "polygons"),
    [
        ("ind_pv_solar_farms_2022", 1363, 78, 1363),
        ("deu_ufz_2015", 3265, 5, 3265),
        ("deu_osm_2019", 4458, 0, 4458),
        ("usa_uspvdb_2023", 3699, 0, 0),
        ("usa_uspvdb_2024", 4185, 0, 0),
    ],
)
def test_every_published_record_is_kept(
    summary: dict[str, dict[str, Any]], key: str, read: int, repaired: int, polygons: int
) -> None:
    row = summary[key]
    assert (row["records_read"], row["records_kept"], row["records_rejected"]) == (read, read, 0)
    assert (row["records_repaired"], row["polygons"], row["points"]) == (repaired, polygons, read - polygons)
    assert row["is_synthetic"] is False


def _metrics(project: Project, key: str) -> dict[str, Any]:
    metrics: dict[str, Any] = json.loads(project.data("metrics", f"{key}.json").read_text())
    return metrics


def test_of_the_british_register_the_solar_sites_are_kept_and_lie_in_the_united_kingdom(built: Project) -> None:
    metrics = _metrics(built, "gbr_repd_2020")
    assert metrics["records"]["read"] == 5946
    assert metrics["rejected"] == {"filtered_out": 5946 - 2094, "null_geometry": 2}
    assert metrics["records"]["kept"] == 2092
    assert "outside_extent" not in metrics["flags"]


def test_of_the_british_register_the_operating_sites_alone_are_installations(
    built: Project, summary: dict[str, dict[str, Any]]
) -> None:
    """Those that operate are 1,171 with 8,473.3 MW in the file; two of them (16 and 1 MW) have no position."""
    assert _metrics(built, "gbr_repd_2020")["statuses"] == {
        "construction": 24,
        "operating": 1171 - 2,
        "planned": 290,
        "rejected": 609,
    }
    row = summary["gbr_repd_2020"]
    assert dict(row["left_out"]) == {"status construction": 24, "status planned": 290, "status rejected": 609}
    assert row["records_left_out"] == 923
    assert row["capacity_mw"] - row["capacity_left_out_mw"] == pytest.approx(8473.3 - 17, abs=1e-6)
    rows = pq.read_table(built.data("curated", "curated_pv_installations.parquet")).to_pylist()
    plants = [row for row in rows if row["dataset_keys"] == ["gbr_repd_2020"]]
    assert {row["status"] for row in plants} == {"operating"}
    assert sum(row["capacity_mw"] for row in plants) == pytest.approx(8473.3 - 17, abs=1e-6)


def test_the_page_shows_the_entry_of_the_register_that_is_tried_here() -> None:
    example = (
        (ROOT / "docs" / "how-to" / "add-a-dataset.md")
        .read_text(encoding="utf-8")
        .partition("  gbr_repd_2020:\n")[2]
        .partition("```")[0]
    )
    entry = yaml.safe_load(example)
    assert entry | DATASETS["gbr_repd_2020"] == entry | {"source": {"path": str(REPD)}}


def test_of_the_power_plants_of_brazil_only_the_solar_ones_are_kept(built: Project) -> None:
    metrics = _metrics(built, "bra_gppd_2018")
    assert metrics["rejected"] == {"filtered_out": 4666 - 45, "null_geometry": 29}
    kept = pq.read_table(built.data("loaded", "bra_gppd_2018.parquet")).to_pylist()
    assert {json.loads(row["source_attributes"])["primary_fuel"] for row in kept} == {"Solar"}
    assert len(kept) == 16


def test_indias_stated_areas_are_found_to_lie(built: Project) -> None:
    metrics = _metrics(built, "ind_pv_solar_farms_2022")
    assert metrics["flags"] == {
        "far_from_stated_position": 35,  # most of them records whose parts are scattered over many kilometres
        "repaired": 78,
        "stated_area_disagrees": 1173,
    }


def test_half_of_the_implausible_german_densities_are_called_so_by_the_publisher_too(built: Project) -> None:
    rows = pq.read_table(built.data("loaded", "deu_ufz_2015.parquet")).to_pylist()
    found = {row["source_row"] for row in rows if "implausible_power_density" in row["quality_flags"]}
    stated = {
        row["source_row"] for row in rows if "implausible area" in (json.loads(row["source_attributes"])["PS"] or "")
    }
    assert len(found) == 32
    assert len(found & stated) == 16


def test_indias_shapes_cover_326_km2_whatever_its_area_column_says(summary: dict[str, dict[str, Any]]) -> None:
    row = summary["ind_pv_solar_farms_2022"]
    assert row["area_km2"] == pytest.approx(326.35, rel=1e-3)
    assert row["source_area_km2"] == pytest.approx(1186.02, rel=1e-4)


def test_the_german_fields_measure_what_their_publisher_states(summary: dict[str, dict[str, Any]]) -> None:
    row = summary["deu_ufz_2015"]
    assert row["area_km2"] == pytest.approx(row["source_area_km2"], rel=1e-4)
    assert row["capacity_mw"] == pytest.approx(9351.58552, abs=1e-6)
    assert (row["west_lon"] > 5.8, row["east_lon"] < 15.1) == (True, True)
    assert (row["south_lat"] > 47.2, row["north_lat"] < 55.1) == (True, True)


def test_american_plants_are_points_with_ac_capacities(built: Project) -> None:
    table = pq.read_table(built.data("curated", "curated_pv_records.parquet"))
    rows = {row["record_id"]: row for row in table.to_pylist() if row["dataset_key"] == "usa_uspvdb_2023"}
    plant = rows["usa_uspvdb_2023:402964"]
    assert (plant["centroid_lon"], plant["centroid_lat"]) == pytest.approx((-93.78839874, 45.25749969), abs=1e-6)
    assert (plant["capacity_mw"], plant["capacity_basis"]) == (5.0, "ac")
    assert (str(plant["installed_from"]), str(plant["installed_to"])) == ("2019-01-01", "2019-12-31")
    assert '"p_name": "Wright Kirby 1-5 (CSG)"' in plant["source_attributes"]


def test_a_file_without_a_single_shape_is_refused(built: Project, tmp_path: Path) -> None:
    project = copy_sources(tmp_path / "empty")
    project.edit(lambda settings: settings.update(datasets={"no_shapes": {"source": {"path": str(NO_SHAPES)}}}))
    run = project.repro("load@no_shapes")
    assert run.code != 0
    assert "no_shapes: expected polygons or points, but no record can be used: 152 null_geometry." in run.output
    assert not project.data("loaded", "no_shapes.parquet").exists()
