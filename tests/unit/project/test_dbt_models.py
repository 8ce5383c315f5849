"""What dbt documents and enforces is what the contract of the loaders says."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from loaders.contract import RECORD, Field
from loaders.report.contract_docs import DOCS_FILE, dbt_docs

ROOT = Path(__file__).resolve().parents[3]
MODELS = ROOT / "dbt" / "models"
SQL_TYPES = {
    pa.string(): "varchar",
    pa.float64(): "double",
    pa.int64(): "bigint",
    pa.date32(): "date",
    pa.bool_(): "boolean",
    pa.list_(pa.string()): "varchar[]",
    pa.map_(pa.string(), pa.string()): "map(varchar, varchar)",
    pa.binary(): "geometry('EPSG:4326')",
}


@cache  # a hundred cases read the same few files
def described_models(path: Path) -> list[dict[str, Any]]:
    models: list[dict[str, Any]] = (yaml.safe_load(path.read_text()) or {}).get("models", [])
    return models


def documented(layer: str, model: str) -> dict[str, dict[str, Any]]:
    models = [entry for path in (MODELS / layer).rglob("_*__*.yml") for entry in described_models(path)]
    columns = next(entry["columns"] for entry in models if entry["name"] == model)
    return {column["name"]: column for column in columns}


def test_the_docs_of_the_columns_are_those_of_the_contract() -> None:
    assert DOCS_FILE.read_text(encoding="utf-8") == dbt_docs(), "run `python -m loaders.report.contract_docs`"


@pytest.mark.parametrize(
    ("layer", "model"),
    [("staging", "stg_pv_features"), ("prepared", "prep_pv_datasets_unified"), ("curated", "curated_pv_records")],
)
def test_every_column_of_the_record_is_passed_on_and_described_by_the_contract(layer: str, model: str) -> None:
    columns = documented(layer, model)
    assert {name: columns[name]["description"] for name in (field.name for field in RECORD)} == {
        field.name: f'{{{{ doc("{field.name}") }}}}' for field in RECORD
    }


@pytest.mark.parametrize("field", RECORD, ids=lambda field: field.name)
def test_staging_tests_presence_range_and_choices_of_the_contract(field: Field) -> None:
    tests = documented("staging", "stg_pv_features")[field.name].get("data_tests", [])
    named = {name: test[name]["arguments"] for test in tests if isinstance(test, dict) for name in test}
    bounds = {"at_least": field.least, "at_most": field.most}
    assert ("not_null" in tests) is field.required
    assert named.get("between", {}) == {name: bound for name, bound in bounds.items() if bound is not None}
    assert tuple(named.get("accepted_values", {}).get("values", ())) == field.choices


@pytest.mark.parametrize("field", RECORD, ids=lambda field: field.name)
def test_the_curated_contract_enforces_type_and_presence(field: Field) -> None:
    column = documented("curated", "curated_pv_records")[field.name]
    assert column["data_type"] == SQL_TYPES[field.type]
    assert ({"type": "not_null"} in column.get("constraints", [])) is field.required


@pytest.mark.parametrize("path", sorted(MODELS.rglob("_*__*.yml")), ids=lambda path: path.stem)
def test_every_range_and_claim_that_stops_a_build_says_why_it_cannot_be_otherwise(path: Path) -> None:
    entries = [entry for model in described_models(path) for entry in (model, *model.get("columns", []))]
    tests = [test for entry in entries for test in entry.get("data_tests", []) if isinstance(test, dict)]
    stating = [each for test in tests for kind, each in test.items() if kind in {"between", "holds", "accepted_values"}]
    assert [each for each in stating if not each.get("description")] == []


def test_staging_names_the_columns_in_the_order_of_the_contract() -> None:
    sql = (MODELS / "staging" / "stg_pv_features.sql").read_text()
    selected = sql.split(")\n\nselect", 1)[1].split("\nfrom", 1)[0]
    names = [line.strip(" ,").rpartition(" as ")[2] for line in selected.splitlines() if line.strip()]
    assert names == [field.name for field in RECORD]


def _table(page: str, heading: str) -> list[str]:
    """The names in the first column of a table of a page."""
    _, _, table = (ROOT / "docs" / "reference" / page).read_text().partition(heading)
    return re.findall(r"^\| `(\w+)` \|", table.partition("\n\n")[0], re.MULTILINE)


def test_the_page_of_match_rules_defines_each() -> None:
    tests = documented("prepared", "prep_pv_pairs")["match_rule"]["data_tests"]
    rules = tests[0]["accepted_values"]["arguments"]["values"]
    assert _table("match-rules.md", "| rule |") == rules
    macros = [(ROOT / "dbt" / "macros" / name).read_text() for name in ("match_rule.sql", "near_rule.sql")]
    named = [rule for macro in macros for rule in re.findall(r"then '(\w+)'", macro.partition("{%- endmacro %}")[0])]
    assert sorted(named) == sorted(rules)


def test_the_page_of_flags_defines_those_of_installations() -> None:
    places = (MODELS / "prepared" / "places" / "prep_pv_places.sql").read_text()
    macro = (ROOT / "dbt" / "macros" / "confidence.sql").read_text().partition("installation_flags")[2]
    flags = re.findall(r"then '(\w+)' end", macro) + re.findall(r"\['(\w+)'\]", places)
    assert sorted(_table("flags.md", "doubts about how its records fit together, or its place.\n\n")) == sorted(flags)


def test_the_page_of_match_rules_defines_each_confidence() -> None:
    macro = (ROOT / "dbt" / "macros" / "confidence.sql").read_text().partition("installation_flags")[0]
    assert set(_table("match-rules.md", "| `confidence` |")) == set(re.findall(r"'(high|medium|low)'", macro))


@pytest.mark.parametrize("path", sorted(MODELS.rglob("*/[a-z]*.[sp][qy]*")), ids=lambda path: path.stem)
def test_every_model_states_its_grain_and_describes_its_columns(path: Path) -> None:
    layer = path.parent.name
    files = path.parent.glob(f"_{layer}__*.yml")
    (model,) = (entry for file in files for entry in described_models(file) if entry["name"] == path.stem)
    assert model["description"].startswith("One row per ")
    assert all(column["description"] for column in model["columns"])


SQL = [path for folder in ("macros", "models", "tests") for path in sorted((ROOT / "dbt" / folder).rglob("*.sql"))]
DEFINED = re.compile(r"{%-? (macro|test) (\w+)\(([^)]*)\)")


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.stem)
def test_no_model_and_no_macro_is_longer_than_a_page(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 60


def test_every_macro_and_generic_test_is_described_with_its_arguments() -> None:
    defined = {
        f"test_{name}" if kind == "test" else name: [each.partition("=")[0].strip() for each in arguments.split(",")]
        for path in SQL
        for kind, name, arguments in DEFINED.findall(path.read_text())
    }
    files = [ROOT / "dbt" / "macros" / "_macros.yml", ROOT / "dbt" / "tests" / "generic" / "_generic__tests.yml"]
    described = [entry for path in files for entry in yaml.safe_load(path.read_text())["macros"]]
    arguments = {entry["name"]: [each["name"] for each in entry.get("arguments", [])] for entry in described}
    assert arguments == {name: [each for each in names if each] for name, names in defined.items()}
    assert all(entry["description"] for entry in described)
    assert all(each["description"] for entry in described for each in entry.get("arguments", []))


@pytest.mark.parametrize("path", sorted((MODELS / "curated").glob("*.sql")), ids=lambda path: path.stem)
def test_curated_selects_what_prepared_has_computed(path: Path) -> None:
    read = re.sub(r"{{.*?}}|\bas \(|select \*", "", path.read_text())
    assert not re.findall(r"\w+\(|\b(?:group by|case|over|distinct|where)\b|[-+*/]", read)


def test_every_curated_table_is_exposed_as_a_published_file() -> None:
    exposures = yaml.safe_load((MODELS / "curated" / "_curated__exposures.yml").read_text())["exposures"]
    depends_on = {entry["name"]: entry["depends_on"] for entry in exposures}
    assert depends_on["published_tables"] == [
        f"ref('{path.stem}')" for path in sorted((MODELS / "curated").glob("*.sql"))
    ]
