from pathlib import Path

import pytest

from loaders.add.duplicates import require_new
from loaders.add.names import dataset_key, tokens
from loaders.add.source import parse_source
from loaders.core.errors import SettingsError
from loaders.core.escape import one_line
from loaders.settings.params import Settings

COMMIT = "fbd4e0bc243ce1fa09bf851cd8d26d37835bf95b"


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("10.5281/zenodo.5005868", "doi", "10.5281/zenodo.5005868"),
        ("doi:10.5281/zenodo.5005868", "doi", "10.5281/zenodo.5005868"),
        ("DOI: 10.5281/zenodo.5005868", "doi", "10.5281/zenodo.5005868"),
        ("https://doi.org/10.6084/m9.figshare.3385780.v4", "doi", "10.6084/m9.figshare.3385780.v4"),
        ("http://dx.doi.org/10.5066/P9IA3TUS", "doi", "10.5066/P9IA3TUS"),
        ("https://zenodo.org/records/5005868", "doi", "10.5281/zenodo.5005868"),
        (f"o/r.x@{COMMIT}:data/a b.geojson", "github", f"o/r.x@{COMMIT}:data/a b.geojson"),
        (f"https://github.com/o/r/blob/{COMMIT}/data/a%20b.geojson", "github", f"o/r@{COMMIT}:data/a b.geojson"),
        ("https://github.com/o/r/blob/refs/heads/main/a.geojson", "github", "o/r@main:a.geojson"),
        ("https://github.com/o/r/tree/v1.0/data", "github", "o/r@v1.0:data/"),
        ("https://github.com/o/r/releases/download/v1.0/a.zip", "github", "o/r@v1.0:release:a.zip"),
        ("https://raw.githubusercontent.com/o/r/main/data/a.geojson", "github", "o/r@main:data/a.geojson"),
        ("https://github.com/o/r", "url", "https://github.com/o/r"),
        ("https://zenodo.org/records/1/files/a.csv", "url", "https://zenodo.org/records/1/files/a.csv"),
        ("http://example.org/farms.zip", "url", "http://example.org/farms.zip"),
    ],
)
def test_a_source_is_understood_however_it_is_called(text: str, kind: str, name: str, tmp_path: Path) -> None:
    spec = parse_source(text, tmp_path)
    assert (spec.kind, spec.name) == (kind, name)
    assert spec.to_source().kind == kind


def test_a_file_in_the_project_is_kept_relative_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.geojson").write_text("{}")
    monkeypatch.chdir(tmp_path / "own")
    assert parse_source("a.geojson", tmp_path).name == "own/a.geojson"


def test_a_file_elsewhere_is_kept_by_its_whole_path(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text("{}")
    assert parse_source(str(tmp_path / "a.geojson"), tmp_path / "project").name == str(tmp_path / "a.geojson")


@pytest.mark.parametrize("text", ["", "nothing-here.geojson", "o/r@main", "10.5281", "x" * 5000, "ftp://a.org/b.zip"])
def test_what_is_no_source_is_answered_with_the_forms_that_there_are(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Expected a DOI .* a file at GitHub .* or a file of your own"):
        parse_source(text, tmp_path)


def test_an_address_with_a_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="secret"):
        parse_source("https://a.org/b.zip?token=1", tmp_path).to_source()


def _catalog(**source: object) -> Settings:
    datasets = {"old_farms_2020": {"key": "old_farms_2020", "source": source}}
    known = {"masks_2021": {"doi": "10.5281/zenodo.5171712", "reason": "raster masks"}}
    return Settings.model_validate({"datasets": datasets, "not_loaded": known})


@pytest.mark.parametrize(
    ("listed", "text"),
    [
        ({"doi": "10.6084/m9.figshare.1.v4"}, "https://doi.org/10.6084/M9.figshare.1"),
        ({"github": "O/r@v1.0:a.geojson"}, f"o/r@{COMMIT}:a.geojson"),
        ({"url": "https://a.org/b.zip"}, "https://a.org/b.zip"),
    ],
)
def test_a_source_that_is_listed_is_refused_by_the_name_of_its_entry(
    listed: dict[str, str], text: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="as old_farms_2020"):
        require_new(parse_source(text, tmp_path), None, _catalog(**listed), tmp_path)


def test_a_source_that_is_known_and_not_loaded_is_refused_with_the_reason(tmp_path: Path) -> None:
    spec = parse_source("10.5281/zenodo.5171712", tmp_path)
    with pytest.raises(SettingsError, match=r"not_loaded\.masks_2021: raster masks"):
        require_new(spec, None, _catalog(doi="10.5281/zenodo.1"), tmp_path)


def test_another_file_of_a_listed_source_may_be_added(tmp_path: Path) -> None:
    settings = _catalog(doi="10.5281/zenodo.1", include=["solar_*.gpkg"])
    spec = parse_source("10.5281/zenodo.1", tmp_path)
    require_new(spec, "wind.gpkg", settings, tmp_path)
    with pytest.raises(SettingsError, match="as old_farms_2020"):
        require_new(spec, "solar_2020.gpkg", settings, tmp_path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("capacity_repd_MWp", {"capacity", "repd", "mwp"}),
        ("Installed Capacity (MWelec)", {"installed", "capacity", "mwelec"}),
        ("capMW", {"cap", "mw"}),
        ("Power_kWp", {"power", "kwp"}),
        ("Area (sq. km)", {"area", "sqkm"}),
        ("Fläche m²", {"fläche", "m²"}),
        ("decimalLongitude", {"decimal", "longitude"}),
        ("panel.area", {"panel", "area"}),
        ("X-coordinate", {"x", "coordinate"}),
    ],
)
def test_the_words_of_a_columns_name_are_found(name: str, words: set[str]) -> None:
    assert words <= set(tokens(name))


@pytest.mark.parametrize(
    ("title", "year", "key"),
    [
        ("A Global Inventory of Photovoltaic Solar Energy", 2021, "global_inventory_photovoltaic_solar_energy_2021"),
        ("solar_farms_india_2021_merged_simplified", None, "solar_farms_india_merged_simplified_2021"),
        ("uspvdb_v1_0_20231108", None, "uspvdb_2023"),
        ("Solarfelder in Österreich", 2020, "solarfelder_osterreich_2020"),
        ("3385780", None, "pv"),
        ("中国", 2024, "pv_2024"),
    ],
)
def test_a_key_is_made_of_the_words_of_a_title_and_its_year(title: str, year: int | None, key: str) -> None:
    assert dataset_key(title, year, set()) == key


def test_a_key_that_is_taken_gets_a_number() -> None:
    assert dataset_key("Farms", 2020, {"farms_2020", "farms_2020_2"}) == "farms_2020_3"


def test_text_from_outside_is_one_line_of_what_can_be_shown() -> None:
    assert one_line("a\nb\r\x1b[31mc\u2028d\u0085e\x00\ufefff\u202eg") == "a b [31mc d e f g"
