import re
from pathlib import Path

import pytest
import yaml

from loaders.core.errors import SettingsError
from loaders.settings.columns import AreaColumn, CapacityColumn
from loaders.settings.params import Settings, read_settings
from tests.pristine import pristine_settings

FARMS = "datasets:\n  farms:\n    source: {path: farms.geojson}\n"
PARAMS = Path(__file__).parents[3] / "params.yaml"


def _read(folder: Path, text: str) -> Settings:
    path = folder / "params.yaml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def _entry(line: str) -> str:
    return f"{FARMS}    {line}\n"


def _source(text: str) -> str:
    return f"datasets:\n  farms:\n    source: {text}\n"


REFUSED = {
    "an unknown key": (_entry("expected_feature: 3"), "datasets.farms.expected_feature", "expected_features?"),
    "an unknown key at the top": (FARMS + "max_bm: 3\n", "max_bm", "Did you mean max_mb?"),
    "an unknown key in a column": (_entry("columns: {source_id: {colum: a}}"), "source_id.colum", "mean column?"),
    "an unknown key of a source": (_source("{doy: 10.5281/zenodo.1}"), "datasets.farms.source.doy", "mean doi?"),
    "an unknown area unit": (
        _entry("columns: {area: {column: a, unit: km^2}}"), "columns.area.unit", "'km^2'", "mean km2?", "m2, ha, km2"
    ),
    "an unknown capacity unit": (
        _entry("columns: {capacity: {column: a, unit: mw}}"), "columns.capacity.unit", "'mw'", "mean MW?"
    ),
    "an area without a unit": (_entry("columns: {area: {column: a}}"), "columns.area.unit is missing"),
    "an unknown origin": (FARMS + "origin: samples\n", "origin is 'samples'", "Did you mean sample?"),
    "peak power as AC": (
        _entry("columns: {capacity: {column: a, unit: MWp, basis: ac}}"), "columns.capacity", "DC capacity"
    ),
    "a capacity of a group that is not stated": (
        _entry("columns: {capacity: {column: a, unit: MW, of: group}}"), "capacity.of is group", "columns: "
    ),
    "a namespace in capitals": (
        _entry("columns: {identifiers: {EIA: a}}"), "identifiers: the name 'EIA' cannot be used", "such as eia_plant"
    ),
    "a namespace of a whole sentence": (_entry(f"columns: {{identifiers: {{{'a' * 33}: a}}}}"), "at most 32"),
    "an identifier for all records": (
        _entry("columns: {identifiers: {repd: {constant: 1}}}"), "identifiers.repd", "a constant identifies no record"
    ),
    "an identifier of one part that is joined": (
        _entry("columns: {identifiers: {osm: {column: id, join: /}}}"), "identifiers.osm", "join needs several columns"
    ),
    "a name without a column": (_entry("columns: {name: {null_values: [x]}}"), "columns.name", "or a constant"),
    "a status of ours that does not exist": (
        _entry("columns: {status: {column: s, operational: [a]}}"), "columns.status.operational", "mean operating?"
    ),
    "a constant that is no status": (
        _entry("columns: {status: {constant: built}}"), "status.constant is 'built'", "operating, construction, planned"
    ),
    "a published value with two meanings": (
        _entry("columns: {technology: {column: t, pv: [Solar, 1], csp: [' SOLAR ']}}"), "columns.technology",
        "' SOLAR ' stands under pv and under csp",
    ),
    "a number with two meanings": (
        _entry("columns: {technology: {column: t, pv: [1], csp: [1.0]}}"), "1.0 stands under pv and under csp"
    ),
    "a published value of no content": (
        _entry("columns: {status: {column: s, operating: [a, null]}}"),
        "params.yaml: datasets.farms.columns.status.operating.1 is empty; expected text, a number, true or false.",
    ),
    "statuses to include that are blank": (
        FARMS + "include_status:\n", "include_status is empty; expected operating, construction"
    ),
    "no status to include": (
        FARMS + "include_status: []\n", "include_status is []; expected operating,", "; at least 1."
    ),
    "a status to include that does not exist": (FARMS + "include_status: [built]\n", "include_status.0 is 'built'"),
    "no technology to include": (FARMS + "include_technology: []\n", "include_technology"),
    "two sources": (_source("{path: a, url: 'https://a.org/b'}"), "datasets.farms.source", "found url and path"),
    "no source": (_source("{}"), "datasets.farms.source", "doi, url, github, path", "none of them"),
    "an entry without a source": ("datasets:\n  farms: {licence: MIT}\n", "datasets.farms.source is missing"),
    "a DOI as a link": (
        _source("{doi: 'https://doi.org/10.5281/zenodo.1'}"), "farms.source.doi", "10.5281/zenodo.4059881"
    ),
    "a GitHub source without a commit": (_source("{github: 'a/b:c.json'}"), "farms.source.github", "@commit:"),
    "a dataset key in capitals": (
        FARMS.replace("farms:", "My-Farms:"), "'My-Farms'", "lower case", "deu_my_farms_2024"
    ),
    "a number as a dataset key": (
        FARMS.replace("farms:", "2020:"),
        "datasets: the name 2020 cannot be used; expected text such as deu_my_farms_2024",
    ),
    "an entry that tells its key": (_entry("key: farms"), "datasets.farms.key", "own name"),
    "a number as text": (_entry("expected_features: '5'"), "datasets.farms.expected_features is '5'", "whole number"),
    "a text as number": (
        _entry("alias: 4"), "datasets.farms.alias is 4; expected text such as myfarms", "put it in quotation marks"
    ),
    "a resolution beyond 15": (FARMS + "h3_resolution: 16\n", "h3_resolution is 16", "15"),
    "no dataset": ("datasets: {}\n", "there is no dataset yet", "`eo-pv add farms.gpkg`"),
    "an entry without content": ("datasets:\n  farms:\n", "datasets.farms is empty; expected settings (alias, source,"),
    "an empty file": ("", "the file is empty; expected settings (origin, max_mb,"),
    "a key that stands there twice": (_entry("licence: a\n    licence: b"), "datasets.farms.licence", "twice"),
    "a dataset that stands there twice": (FARMS + "  farms:\n    source: {path: b}\n", "datasets.farms", "twice"),
    "an alias that stands there twice": (
        _entry("alias: f\n  yards:\n    alias: f\n    source: {path: b}"), "alias f", "yards", "farms"
    ),
    "an alias that is another's key": (_entry("alias: yards\n  yards:\n    source: {path: b}"), "alias yards", "farms"),
    "a dataset that is not loaded as well": (
        FARMS + "not_loaded:\n  farms: {doi: 10.5281/zenodo.1, reason: masks}\n", "farms", "not_loaded"
    ),
    "an alias of what is not loaded": (
        _entry("alias: masks") + "not_loaded:\n  masks: {doi: 10.5281/zenodo.1, reason: masks}\n", "masks"
    ),
    "a key that is a table of ours": (FARMS.replace("farms:", "doi_pv_features:"), "doi_pv_features"),
    "a truth value as megabytes": (FARMS + "max_mb: yes\n", "max_mb"),
    "what is not YAML": ("datasets: [\n", "not YAML", "line 2"),
    "a kind of licence that there is not": (
        FARMS + "licences: {allow: [permisive]}\n", "licences.allow.0 is 'permisive'. Did you mean permissive?"
    ),
    "a pattern of dates in another language": (
        _entry("columns: {installed: {column: a, pattern: [DD.MM.JJJJ]}}"), "'DD.MM.JJJJ'", "such as DD.MM.YYYY"
    ),
    "a word as a whole number": (FARMS + "h3_resolution: eight\n", "is 'eight'; expected a whole number from 0 to 15."),
    "an entry at the end of the file": (
        FARMS + "not_loaded:\n  a: {doi: 10.5281/zenodo.1, reason: b}\n  yards:\n    source: {path: b}\n",
        "yards stands below `not_loaded:` (line 6). Move it below `datasets:`.",
    ),
    "a bracket that is not closed": (
        "datasets:\n  a: {source: b\n  c: 3\n", "line 3, column 4", "\n    c: 3\n     ^"
    ),
    "a date that is none": (
        _entry("cite: 2016-13-45"), "line 4, column 11: '2016-13-45' is no date that exists",
        "\n      cite: 2016-13-45\n            ^"
    ),
    "a branch that contains itself": ("a: &a {b: *a}\n" + FARMS, "params.yaml"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_settings_that_cannot_be_meant_are_refused_by_file_and_key(case: str, tmp_path: Path) -> None:
    text, *words = REFUSED[case]
    with pytest.raises(SettingsError) as refused:
        _read(tmp_path, text)
    assert [word for word in ["params.yaml", *words] if word not in str(refused.value)] == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.yaml: cannot be read \(No such file"):
        read_settings(tmp_path / "nowhere.yaml")


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_bytes(b"# origin\norigin: \xff")
    with pytest.raises(SettingsError, match=r"^params\.yaml is not text in UTF-8 \(line 2\)\. Save it as UTF-8\.$"):
        read_settings(tmp_path / "params.yaml")


def test_a_complaint_names_the_file_that_was_read(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(_entry("key: farms"))
    with pytest.raises(SettingsError, match=r"^mine\.yaml: "):
        read_settings(tmp_path / "mine.yaml")


def test_one_bad_null_value_is_one_complaint(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        _read(tmp_path, _entry("columns: {source_id: {column: a, null_values: [no]}}"))
    assert str(refused.value).count("null_values") == 1


def test_two_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"(?s)2 settings cannot be used:.*max_bm.*h3_resolutio") as refused:
        _read(tmp_path, FARMS + "max_bm: 3\nh3_resolutio: 2\n")
    assert len(str(refused.value).splitlines()) == 3


def test_one_name_stands_for_a_list_of_one(tmp_path: Path) -> None:
    entry = _read(
        tmp_path, _source("{path: a, include: '*.shp'}") + "    columns: {source_id: id, installed: [a, b]}\n"
    ).dataset("farms")
    assert entry.source.include == ("*.shp",)
    assert entry.columns.source_id is not None
    assert entry.columns.source_id.column == ("id",)
    assert entry.columns.installed is not None
    assert entry.columns.installed.column == ("a", "b")


def test_an_identifier_is_a_column_or_the_parts_of_one(tmp_path: Path) -> None:
    line = (
        "columns: {identifiers: {repd: ref, osm: {column: [kind, id], join: /}, eia: {column: e, null_values: [-1]}}}"
    )
    found = _read(tmp_path, _entry(line)).dataset("farms").columns.identifiers
    assert {name: (column.column, column.join, column.null_values) for name, column in found.items()} == {
        "repd": (("ref",), None, ()),
        "osm": (("kind", "id"), "/", ()),
        "eia": (("e",), None, (-1,)),
    }


def test_a_dataset_answers_to_key_and_alias(tmp_path: Path) -> None:
    settings = _read(tmp_path, _entry("alias: f"))
    assert settings.dataset("f") is settings.dataset("farms")


def test_an_unknown_dataset_gets_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no dataset 'frams'\. Did you mean farms\? Known: farms\."):
        _read(tmp_path, FARMS).dataset("frams")


def test_a_dataset_that_is_not_loaded_gives_its_reason(tmp_path: Path) -> None:
    settings = _read(tmp_path, FARMS + "not_loaded:\n  masks: {doi: 10.5281/zenodo.1, reason: raster masks}\n")
    with pytest.raises(SettingsError, match="masks is known but not loaded: raster masks"):
        settings.dataset("masks")


@pytest.mark.parametrize(("unit", "square_metres"), [("m2", 1), ("ha", 10_000), ("km2", 1_000_000)])
def test_an_area_unit_is_this_many_square_metres(unit: str, square_metres: float) -> None:
    assert AreaColumn.model_validate({"column": ("a",), "unit": unit}).factor == square_metres


@pytest.mark.parametrize(
    ("unit", "megawatt", "basis"),
    [
        ("W", 0.000001, "unknown"),
        ("kW", 0.001, "unknown"),
        ("MW", 1, "unknown"),
        ("GW", 1000, "unknown"),
        ("Wp", 0.000001, "dc"),
        ("kWp", 0.001, "dc"),
        ("MWp", 1, "dc"),
        ("GWp", 1000, "dc"),
    ],
)
def test_a_capacity_unit_is_this_many_megawatt_in_this_basis(unit: str, megawatt: float, basis: str) -> None:
    column = CapacityColumn.model_validate({"column": ("a",), "unit": unit})
    assert (column.factor, column.stated_basis) == (megawatt, basis)


def test_the_settings_of_the_project_hold_thirteen_datasets_and_five_that_are_not_loaded() -> None:
    settings = pristine_settings()
    assert (len(settings.datasets), len(settings.not_loaded)) == (13, 5)
    assert settings.dataset("gmseus").max_mb == 4000
    assert settings.dataset("stowell").source.doi == "10.5281/zenodo.4059881"
    assert settings.inventory_and_edition("usa_gm_seus_v2_2026") == ("usa_gm_seus_v1_2025", 1)
    assert settings.inventory_and_edition("usa_uspvdb_2026") == ("usa_uspvdb_2023", 1)


def test_each_dataset_of_the_project_says_what_is_verified_and_what_is_not() -> None:
    datasets = pristine_settings().datasets
    lines = {key: dataset.verified or "" for key, dataset in datasets.items()}
    complete = {key for key, line in lines.items() if not re.search(r"\b(not|no|only)\b", line)}
    assert complete == {"ind_pv_solar_farms_2022"}


def test_entries_below_the_last_line_of_the_settings_are_datasets() -> None:
    assert list(yaml.safe_load(PARAMS.read_text()))[-1] == "datasets"
