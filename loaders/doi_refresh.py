"""The DOI tables of a warehouse brought up to date: what dbt runs for the pipeline `doi_datasets`."""

import json
from pathlib import Path

import duckdb

from loaders.core.errors import EoPvError, PipelineError
from loaders.core.paths import ProjectPaths
from loaders.db.database import Database
from loaders.doi_datasets import run_doi_pipeline
from loaders.harmonise.fingerprint import made_from
from loaders.harmonise.load_result import stored_load_result
from loaders.settings.params import Dataset, Settings
from loaders.settings.project import read_project
from loaders.tables import DOI_DATASETS, SETTINGS
from loaders.warehouse.build_inputs import settings_hash
from loaders.warehouse.raw_data import read_runs
from loaders.warehouse.raw_tables import read_project_overrides, write_doi_data


def store_doi_datasets(connection: duckdb.DuckDBPyConnection, params: Path | None = None) -> dict[str, str]:
    """Run the pipeline inside of dbt: by threads, since a fork of a process that has threads may never end."""
    return run_doi_pipeline(params=params, connection=connection, executor="threads")


def refresh_doi_datasets(connection: duckdb.DuckDBPyConnection, params: Path | None = None) -> dict[str, str]:
    """Store what is missing of the DOI datasets: from the files of the last load, or by loading again."""
    settings, paths = read_project(params)
    database = Database(settings, paths, connection=connection)
    with database.opened() as cursor:
        noted = read_runs(cursor, DOI_DATASETS)
    wanted = {key: made_from(each, settings.h3_resolution, paths) for key, each in settings.datasets.items()}
    stale = [each for key, each in settings.datasets.items() if wanted[key] is None or noted.get(key) != wanted[key]]
    here = [each.key for each in stale if _is_loaded(each, wanted[each.key], paths)]
    missing = [each.key for each in stale if each.key not in here]
    is_outdated = (
        here or set(noted) - set(wanted) - {SETTINGS} or noted.get(SETTINGS) != _settings_hash(settings, paths)
    )
    stored: dict[str, str] = {}
    if is_outdated and (here or noted):
        with database.opened() as cursor:
            stored |= write_doi_data(cursor, [stored_load_result(key, paths) for key in here], settings, paths)
    if missing:
        try:
            stored |= run_doi_pipeline(datasets=missing, params=params, connection=connection, executor="threads")
        except PipelineError:
            raise
        except EoPvError as error:
            raise PipelineError(dict.fromkeys(missing, error), stored) from error
    return stored


def _is_loaded(dataset: Dataset, wanted: str | None, paths: ProjectPaths) -> bool:
    """Whether the files of the last load follow from what is there now."""
    places = (paths.loaded(dataset.key), paths.rejected(dataset.key), paths.metrics(dataset.key))
    if wanted is None or not all(place.exists() for place in places):
        return False
    noted = json.loads(paths.metrics(dataset.key).read_text(encoding="utf-8")).get("made_from")
    return bool(noted == wanted)


def _settings_hash(settings: Settings, paths: ProjectPaths) -> str:
    return settings_hash(settings, read_project_overrides(settings, paths))
