"""The user's own datasets: a file next to `params.yaml`, read together with it."""

from pathlib import Path

import pytest
import yaml

from loaders.core.errors import SettingsError
from loaders.core.paths import find_root
from loaders.settings.params import Settings
from loaders.settings.project import read_project

ENTRY = "{source: {path: farms.csv}}"
SHARED = f"datasets:\n  shared_2020: {ENTRY}\n"


def _read(root: Path, local: str, shared: str = SHARED) -> Settings:
    (root / "params.yaml").write_text(shared)
    (root / "local").mkdir(exist_ok=True)
    (root / "local" / "params.yaml").write_text(local)
    return read_project(root / "params.yaml")[0]


def test_own_datasets_are_datasets_like_others_and_come_last(tmp_path: Path) -> None:
    settings = _read(tmp_path, f"datasets:\n  mine_2024: {{version_of: shared_2020, {ENTRY[1:]}\n")
    assert list(settings.datasets) == ["shared_2020", "mine_2024"]
    assert settings.inventory_and_edition("mine_2024") == ("shared_2020", 1)


@pytest.mark.parametrize("local", ["", "datasets: {}\n", "# nothing yet\n"])
def test_without_own_datasets_there_are_the_shared_ones(tmp_path: Path, local: str) -> None:
    assert list(_read(tmp_path, local).datasets) == ["shared_2020"]


@pytest.mark.parametrize(
    ("local", "message"),
    [
        (
            f"datasets:\n  shared_2020: {ENTRY}\n",
            "shared_2020 stands under `datasets:` in params.yaml and in local/params.yaml. Give the one in "
            "local/params.yaml another name, or remove it.",
        ),
        (
            f"origin: doi\ndatasets:\n  mine: {ENTRY}\n",
            "local/params.yaml: expected `datasets:` with one entry for each dataset, and `machine:`, alone; found "
            "origin. All other settings belong in params.yaml.",
        ),
        (
            "- mine\n",
            "local/params.yaml: expected `datasets:` with one entry for each dataset, and `machine:`, alone; found "
            "[mine].",
        ),
        (
            "5\n",
            "local/params.yaml: expected `datasets:` with one entry for each dataset, and `machine:`, alone; found 5.",
        ),
        (
            "datasets:  # the last entry was removed\n",
            "local/params.yaml: expected one entry for each dataset below `datasets:`, found nothing. Without "
            "datasets, write `datasets: {}`, or delete the file.",
        ),
        (
            "datasets: [mine]\n",
            "local/params.yaml: expected one entry for each dataset below `datasets:`, found [mine]",
        ),
        (
            "datasets:\n  mine: {}\n",
            "local/params.yaml: datasets.mine.source is missing; expected settings (doi, url, ",
        ),
        (f"datasets:\n  mine: {ENTRY}\n  mine: {ENTRY}\n", "local/params.yaml: datasets.mine stands there twice;"),
        (
            f"datasets:\n  mine: {{version_of: shraed_2020, {ENTRY[1:]}\n",
            "local/params.yaml: datasets.mine.version_of: there is no dataset 'shraed_2020'. Did you mean shared_2020?",
        ),
        (
            f"datasets:\n  mine: {ENTRY}\n  yours: {{alias: mine, {ENTRY[1:]}\n",
            "params.yaml and local/params.yaml: alias mine of yours is taken by mine; give it another.",
        ),
    ],
    ids=[
        "a key of both",
        "another setting",
        "a list",
        "a number",
        "no entry",
        "names alone",
        "half an entry",
        "a key twice",
        "an unknown first edition",
        "an alias twice",
    ],
)
def test_what_is_wrong_with_them_is_said_with_the_file(tmp_path: Path, local: str, message: str) -> None:
    with pytest.raises(SettingsError) as error:
        _read(tmp_path, local)
    assert str(error.value).startswith(message)


def test_what_is_wrong_with_shared_settings_is_said_with_their_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^params\.yaml: datasets\.shared_2020\.source is missing"):
        _read(tmp_path, f"datasets:\n  mine: {ENTRY}\n", "datasets:\n  shared_2020: {}\n")


def test_a_file_that_is_not_read_says_where_it_belongs(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text(SHARED)
    (tmp_path / "params.local.yaml").write_text(SHARED)
    with pytest.raises(SettingsError, match=r"^params\.local\.yaml is not read: .* Run `mv params\.local\.yaml local/"):
        read_project(tmp_path / "params.yaml")


def test_the_folder_of_own_datasets_is_not_a_project(tmp_path: Path) -> None:
    _read(tmp_path, "")
    assert find_root(tmp_path / "local") == tmp_path


@pytest.mark.parametrize("first", ["not_loaded", "datasets"])
def test_an_entry_below_not_loaded_says_where_it_belongs_wherever_that_stands(tmp_path: Path, first: str) -> None:
    branches = {
        "not_loaded": {"masks_2021": {"doi": "10.5281/zenodo.1", "reason": "masks"}, "mine": {"source": {"path": "a"}}},
        "datasets": {"shared_2020": {"source": {"path": "farms.csv"}}},
    }
    order = sorted(branches, key=lambda name: name != first)
    text = yaml.safe_dump({name: branches[name] for name in order}, sort_keys=False)
    with pytest.raises(SettingsError) as error:
        _read(tmp_path, "", text)
    line = next(n for n, each in enumerate(text.splitlines(), start=1) if each == "  mine:")
    assert str(error.value) == (
        f"params.yaml: mine stands below `not_loaded:` (line {line}). Move it below `datasets:`."
    )


def test_an_own_file_that_is_no_text_is_named_without_its_bytes(tmp_path: Path) -> None:
    _read(tmp_path, "")
    (tmp_path / "local" / "params.yaml").write_bytes(b"datasets:\n  \x89PNG\r\n\xff")
    with pytest.raises(SettingsError) as error:
        read_project(tmp_path / "params.yaml")
    assert str(error.value) == "local/params.yaml is not text in UTF-8 (line 2). Save it as UTF-8."


def test_problems_in_both_files_each_name_their_own(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        _read(tmp_path, "datasets:\n  mine: {source: {path: a}, max_bm: 3}\n", SHARED + "origim: doi\n")
    assert str(error.value).splitlines() == [
        "2 settings cannot be used:",
        "  local/params.yaml: datasets.mine.max_bm is not a setting. Did you mean max_mb? Known: alias, source, read, "
        "where, columns, version_of, derived_from, extent, expected_features, max_mb, licence, licence_verified, "
        "verified, cite.",
        "  params.yaml: origim is not a setting. Did you mean origin? Known: " + ", ".join(Settings.model_fields) + ".",
    ]


@pytest.mark.parametrize(
    ("key", "message", "shown"),
    [
        (
            "mine",
            "no file. Correct datasets.mine.read.crs in params.yaml.",
            "datasets.mine.read.crs in local/params.yaml.",
        ),
        ("mine", "say `source: {path: …}` in params.yaml.", "say `source: {path: …}` in local/params.yaml."),
        ("mine", "raise download.timeout_s in params.yaml.", "raise download.timeout_s in params.yaml."),
        (
            "shared_2020",
            "Correct datasets.shared_2020.read in params.yaml.",
            "datasets.shared_2020.read in params.yaml.",
        ),
    ],
)
def test_a_later_message_about_a_dataset_names_the_file_with_its_entry(
    key: str, message: str, shown: str, tmp_path: Path
) -> None:
    _read(tmp_path, f"datasets:\n  mine: {ENTRY}\n")
    text = str(SettingsError(f"{key}: {message}"))
    assert (text.endswith(shown), text.count("params.yaml")) == (True, 1)
