"""What a build is made from, and what each raw table is."""

from hashlib import sha256
from pathlib import Path

import pytest

from loaders.core.paths import ProjectPaths
from loaders.settings.params import Settings, read_settings
from loaders.warehouse.build_sources import BuildSources

KEYS = ("farms_2020", "roofs_2021")
PARAMS = """
datasets:
  farms_2020: {source: {path: farms.geojson}, licence: CC0-1.0}
  roofs_2021: {source: {path: roofs.geojson}, licence: CC0-1.0}
"""


@pytest.fixture
def sources(tmp_path: Path) -> BuildSources:
    (tmp_path / "params.yaml").write_text(PARAMS)
    paths = ProjectPaths(tmp_path, "doi")
    for file in (*(file for key in KEYS for file in _files(paths, key)), *_context(paths)):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(file.name)
    return BuildSources.read(_settings(tmp_path), paths, ())


def _settings(root: Path) -> Settings:
    return read_settings(root / "params.yaml")


def _files(paths: ProjectPaths, key: str) -> tuple[Path, ...]:
    return paths.loaded(key), paths.rejected(key), paths.metrics(key)


def _context(paths: ProjectPaths) -> tuple[Path, ...]:
    return paths.boundaries, paths.irradiance_counts, *paths.irradiance_tables.values()


def _changed(sources: BuildSources, file: Path) -> set[str]:
    """The raw tables that are made from this file."""
    before = sources.raw_digests()
    file.write_text("other")
    after = BuildSources.read(sources.settings, sources.paths, ()).raw_digests()
    return {name for name, digest in after.items() if digest != before[name]}


def test_records_are_known_by_the_digest_of_their_file(sources: BuildSources) -> None:
    assert sources.digests == {key: sha256(sources.paths.loaded(key).name.encode()).hexdigest() for key in KEYS}
    assert sources.files == [sources.paths.loaded(key) for key in KEYS]


@pytest.mark.parametrize("kind", range(3))
def test_the_raw_table_of_a_dataset_is_made_from_its_records_rejected_rows_and_counts(
    sources: BuildSources, kind: int
) -> None:
    assert _changed(sources, _files(sources.paths, "roofs_2021")[kind]) == {"roofs_2021"}


def test_the_tables_of_the_irradiance_are_all_made_from_its_counts(sources: BuildSources) -> None:
    assert _changed(sources, sources.paths.irradiance_counts) == set(sources.paths.irradiance_tables)


def test_the_boundaries_are_a_table_of_their_own(sources: BuildSources) -> None:
    assert _changed(sources, sources.paths.boundaries) == {"admin_boundaries"}


def test_rejected_rows_that_are_gone_change_the_table_of_their_dataset(sources: BuildSources) -> None:
    before = sources.raw_digests()
    sources.paths.rejected("roofs_2021").unlink()
    assert sources.raw_digests()["roofs_2021"] != before["roofs_2021"]
    assert sources.raw_digests()["farms_2020"] == before["farms_2020"]
