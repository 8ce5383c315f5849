"""What dbt documents and enforces is what the contract of the loaders says."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from loaders.contract import RECORD, Field

MODELS = Path(__file__).resolve().parents[2] / "dbt" / "models"
SQL_TYPES = {
    pa.string(): "varchar",
    pa.float64(): "double",
    pa.int64(): "bigint",
    pa.date32(): "date",
    pa.bool_(): "boolean",
    pa.list_(pa.string()): "varchar[]",
    pa.binary(): "geometry('EPSG:4326')",
}


def documented(layer: str, model: str) -> dict[str, dict[str, Any]]:
    models = yaml.safe_load((MODELS / layer / f"_{layer}__models.yml").read_text())["models"]
    columns = next(entry["columns"] for entry in models if entry["name"] == model)
    return {column["name"]: column for column in columns}


@pytest.mark.parametrize(
    ("layer", "model"),
    [("staging", "stg_pv_features"), ("prepared", "prep_pv_datasets_unified"), ("curated", "curated_pv_records")],
)
def test_every_column_of_the_record_is_passed_on_and_described_as_in_the_contract(layer: str, model: str) -> None:
    columns = documented(layer, model)
    assert {name: columns[name]["description"] for name in (field.name for field in RECORD)} == {
        field.name: field.meaning for field in RECORD
    }


@pytest.mark.parametrize("field", RECORD, ids=lambda field: field.name)
def test_the_curated_contract_enforces_type_and_presence(field: Field) -> None:
    column = documented("curated", "curated_pv_records")[field.name]
    assert column["data_type"] == SQL_TYPES[field.type]
    assert ({"type": "not_null"} in column.get("constraints", [])) is field.required


def test_staging_names_the_columns_in_the_order_of_the_contract() -> None:
    sql = (MODELS / "staging" / "stg_pv_features.sql").read_text()
    selected = sql.split(")\n\nselect", 1)[1].split("\nfrom", 1)[0]
    assert [name.strip() for name in selected.split(",")] == [field.name for field in RECORD]


@pytest.mark.parametrize("path", sorted(MODELS.rglob("*.sql")), ids=lambda path: path.stem)
def test_every_model_states_its_grain_and_describes_its_columns(path: Path) -> None:
    layer = path.parent.name
    models = yaml.safe_load((path.parent / f"_{layer}__models.yml").read_text())["models"]
    model = next(entry for entry in models if entry["name"] == path.stem)
    assert model["description"].startswith("One row per ")
    assert all(column["description"] for column in model["columns"])
