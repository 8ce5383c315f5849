"""`eo-pv add` on real published files, where they are at hand: what it guesses is what people found out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loaders.add.draft import Draft
from loaders.add.entry import draft_entry
from loaders.add.find_file import SelectedFile
from loaders.add.inspect import inspect_file
from loaders.add.source import SourceSpec
from loaders.add.write_params import add_entry
from loaders.settings.file_selection import SourceFile
from loaders.settings.params import Dataset, read_settings
from tests.real.test_real_files import GPPD, INDIA, OSM, REAL, REPD, UFZ, USPVDB

pytestmark = [
    pytest.mark.skipif(
        not REAL.is_dir(), reason=f"the real files are not at {REAL}; EO_PV_REAL_FILES names their folder"
    ),
]

Added = Callable[[Path], tuple[Dataset, Draft]]


@pytest.fixture
def added(tmp_path: Path) -> Added:
    """The entry for a file as the settings read it, and as it was drafted."""
    settings = tmp_path / "params.yaml"
    settings.write_text("datasets:\n  other:\n    source: {path: other.csv}\n")

    def add(path: Path) -> tuple[Dataset, Draft]:
        file = SourceFile(path, path.name)
        inspection = inspect_file(file, lambda layers: layers[0])
        selected = SelectedFile(file, record=None, include=(), bytes=None)
        draft = draft_entry(SourceSpec("path", str(path)), selected, inspection, "added", read_settings(settings))
        add_entry(settings, draft)
        return read_settings(settings).datasets["added"], draft

    return add


def _said(dataset: Dataset) -> dict[str, Any]:
    kept = {"read", "where", "columns", "expected_features"}
    return dataset.model_dump(include=kept, exclude_defaults=True)


def test_the_german_fields(added: Added) -> None:
    dataset, draft = added(UFZ)
    assert _said(dataset) == {
        "columns": {
            "technology": {"column": ("Technology",), "pv": ("photovoltaics open-field",)},
            "mounting": {"column": ("Technology",), "ground": ("photovoltaics open-field",)},
            "area": {"column": ("Area_sqm",), "unit": "m2"},
            "capacity": {"column": ("Power_kW",), "unit": "kW"},
            "installed": {"column": ("Year",)},
        },
        "expected_features": 3265,
    }
    assert draft.doubts == []


def test_the_plants_of_brazil(added: Added) -> None:
    assert _said(added(GPPD)[0]) == {
        "read": {"crs": "EPSG:4326", "longitude": "longitude", "latitude": "latitude"},
        "where": {"primary_fuel": ("Solar",)},
        "columns": {
            "source_id": {"column": ("gppd_idnr",)},
            "name": {"column": ("name",)},
            "identifiers": {"gppd": {"column": ("gppd_idnr",)}},
            "capacity": {"column": ("capacity_mw",), "unit": "MW"},
            "installed": {"column": ("commissioning_year",)},
        },
        "expected_features": 4666,
    }


def test_the_british_register(added: Added) -> None:
    dataset, draft = added(REPD)
    assert _said(dataset) == {
        "read": {
            "crs": "EPSG:27700",
            "longitude": "X-coordinate",
            "latitude": "Y-coordinate",
            "encoding": "cp1252",
            "thousands": ",",
        },
        "where": {"Technology Type": ("Solar Photovoltaics",)},
        "columns": {
            "source_id": {"column": ("Ref ID",)},
            "name": {"column": ("Site Name",)},
            "operator": {"column": ("Operator (or Applicant)",)},
            "identifiers": {"repd": {"column": ("Ref ID",)}},
            "status": {
                "column": ("Development Status (short)",),
                "operating": ("Operational",),
                "construction": ("Under Construction",),
                "planned": ("Awaiting Construction", "Application Submitted"),
                "rejected": (
                    *("Application Refused", "Application Withdrawn", "Abandoned"),
                    "Planning Permission Expired",
                ),
            },
            "technology": {"column": ("Technology Type",), "pv": ("Solar Photovoltaics",)},
            "mounting": {
                "column": ("Mounting Type for Solar",),
                "ground": ("Ground",),
                "roof": ("Roof",),
                "water": ("Floating",),
            },
            "capacity": {"column": ("Installed Capacity (MWelec)",), "unit": "MW"},
            "installed": {"column": ("Operational",), "pattern": ("DD/MM/YYYY",)},
        },
        "expected_features": 5946,
    }
    doubts = "\n".join(draft.doubts)
    assert "2 of the 2,094 records looked at (less than 0.1 %) have no position: they are rejected" in doubts
    assert "EPSG:27700 (OSGB36 / British National Grid), where they lie at 7.5° W to 1.5° E" in doubts
    assert "where: 3,852 of the 5,946 records looked at (64.8 %) are left out: 'Wind Onshore' (2,140)" in doubts
    assert "columns.status: sorted by the words in its values; 923 of the 2,094 records looked at (44.1 %)" in doubts


def test_indias_areas_are_said_to_disagree(added: Added) -> None:
    dataset, draft = added(INDIA)
    assert _said(dataset) == {
        "columns": {
            "source_id": {"column": ("fid",)},
            "area": {"column": ("Area",), "unit": "m2"},
            "position": {"longitude": "Longitude", "latitude": "Latitude"},
        },
        "expected_features": 1363,
    }
    assert any("in all 3.63 times" in doubt for doubt in draft.doubts)


def test_the_american_plants(added: Added) -> None:
    assert _said(added(USPVDB)[0]) == {
        "read": {"crs": "EPSG:4326", "longitude": "xlong", "latitude": "ylat"},
        "columns": {
            "source_id": {"column": ("case_id",)},
            "name": {"column": ("p_name",)},
            "identifiers": {"eia_plant": {"column": ("eia_id",)}, "uspvdb_case": {"column": ("case_id",)}},
            "technology": {"column": ("p_tech_pri",), "pv": ("PV",)},
            "area": {"column": ("p_area",), "unit": "m2"},
            "capacity": {"column": ("p_cap_ac",), "unit": "MW", "basis": "ac"},
            "installed": {"column": ("p_year",)},
        },
        "expected_features": 3699,
    }


def test_the_german_outlines_of_openstreetmap(added: Added) -> None:
    assert _said(added(OSM)[0]) == {"columns": {"source_id": {"column": ("id",)}}, "expected_features": 4458}
