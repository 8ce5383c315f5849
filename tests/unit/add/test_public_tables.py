from typing import Any

import pytest
import yaml

from loaders.add.guess_technology import technology_filter
from loaders.settings.columns import ColumnMap, ReadOptions
from loaders.settings.params import Settings, read_settings
from tests.unit.add.made_inspections import made_inspection
from tests.unit.add.public_tables import GUESSES, guesses, public_tables

TABLES = public_tables()
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load(GUESSES.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    path = tmp_path_factory.mktemp("settings") / "params.yaml"
    path.write_text("datasets:\n  other:\n    source: {path: other.csv}\n")
    return read_settings(path)


@pytest.mark.parametrize("name", TABLES)
def test_the_columns_of_a_public_inventory_mean_what_an_expert_would_say(name: str, settings: Settings) -> None:
    entry = guesses(TABLES[name], settings)
    assert entry == EXPECTED[name]
    ReadOptions.model_validate(entry.get("read", {}))
    ColumnMap.model_validate(entry["columns"])


def test_each_expectation_has_its_table() -> None:
    assert (list(EXPECTED), len(TABLES) >= 40) == (list(TABLES), True)


ADDRESSES = ["Solar Way", "Wind Street", "Coal Lane", "Solar Way"]
ORGANISATIONS = ["Solar Ltd", "Wind AG", "Hydro SA", "Solar Ltd"]
LINKS = ["https://a.example/solar.html", "https://a.example/wind.html"] * 2
KINDS = ["solar", "wind", "coal", "solar"]


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ("address street road via adresse calle rua indirizzo location_type road_type street_address", ADDRESSES),
        ("owner operator developer parent_company utility provider manufacturer investor contact", ORGANISATIONS),
        ("owner_type company_type entity_type developer_kind operator_category owner_sector_type", ORGANISATIONS),
        ("source data_source image_source source_type reference url link website observacio note", LINKS),
        ("land_type neighbour_type grid_type document_type survey_type tariff_category licence_type area_type", KINDS),
        ("data_source_type image_type imagery_type publication_type location_kind offtaker_type", KINDS),
    ],
)
def test_an_address_an_organisation_or_a_provenance_is_no_filter(columns: str, values: list[str]) -> None:
    names = columns.split()
    assert [name for name in names if technology_filter(made_inspection(**{name: values * 3}))] == []
