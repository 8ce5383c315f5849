"""The registry of Hamilton pipelines: the bridge, dbt's hooks, the drawings, the build and the CLI derive from it.

A pipeline is named here by import strings, so that nothing is imported before it is needed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import cast

import duckdb

from loaders import tables
from loaders.contract import BOUNDARY, RECORD, REJECTED, Field
from loaders.core.errors import SettingsError
from loaders.core.paths import ProjectPaths
from loaders.irradiance.contract import IRRADIANCE, NO_IRRADIANCE
from loaders.settings import messages
from loaders.settings.project import read_project

Connection = duckdb.DuckDBPyConnection
Runner = Callable[[Connection, Path | None], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Graph:
    """A Hamilton graph.

    Attributes:
        module: whose functions are its nodes.
        about: what it does, in a line.
        stage: what its nodes do that have no tag `processing_stage`.
    """

    module: str
    about: str
    stage: str


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table in one of the schemas of `loaders/tables.py`.

    Attributes:
        name: the table.
        grain: what one row is.
        columns: what each column means, by name.
    """

    name: str
    grain: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A graph that stores tables in the schema `raw_data`, and its own accounting in `raw_meta`.

    Attributes:
        name: as dbt's macros, its hooks and the bridge call it.
        graph: the Hamilton graph.
        result: the node that ends the graph.
        runner: import string of the function that runs all of it.
        refresher: import string of the function that runs what is missing or stale.
        tables: what it stores, in addition to one table for each DOI dataset.
    """

    name: str
    graph: Graph
    result: str
    runner: str
    refresher: str
    tables: tuple[RawTable, ...]


def _table(name: str, grain: str, fields: tuple[Field, ...]) -> RawTable:
    return RawTable(name, grain, {field.name: field.meaning for field in fields})


DOI_DATASETS = Pipeline(
    tables.DOI_DATASETS,
    Graph("loaders.raw_pv_doi_ingest", "published datasets, each from its DOI to its table", "load"),
    "store_individual_datasets",
    "loaders.doi_refresh:store_doi_datasets",
    "loaders.doi_refresh:refresh_doi_datasets",
    (
        _table(
            tables.ALL_FEATURES,
            "One row per published record that can be used, of every dataset in params.yaml.",
            RECORD,
        ),
        RawTable(tables.ACCOUNTING, "One row per dataset, counting its published records.", tables.ACCOUNTING_COLUMNS),
        _table(
            tables.REJECTED_RECORDS,
            "One row per published record that cannot be used, of every dataset in params.yaml.",
            REJECTED,
        ),
    ),
)
OVERTURE_MAPS = Pipeline(
    tables.OVERTURE_MAPS,
    Graph("loaders.boundaries.admin_boundaries", "boundaries of countries and regions", "load"),
    "boundaries",
    "loaders.overture_maps_loader:store_overture_maps",
    "loaders.overture_maps_loader:refresh_overture_maps",
    (
        _table(
            tables.ADMIN_BOUNDARIES,
            "One row per country, region or county, the boundaries that records are placed in.",
            BOUNDARY,
        ),
    ),
)
SOLAR_IRRADIANCE = Pipeline(
    tables.SOLAR_IRRADIANCE,
    Graph("loaders.irradiance.solar_irradiance", "irradiance where the installations are", "load"),
    "solar_irradiance",
    "loaders.solar_irradiance_loader:store_solar_irradiance",
    "loaders.solar_irradiance_loader:refresh_solar_irradiance",
    (
        _table(tables.SOLAR_IRRADIANCE, "One row per H3 cell and month, and one for the whole year.", IRRADIANCE),
        _table(
            tables.IRRADIANCE_REFUSED,
            "One row per H3 cell with records that the provider has no irradiance for.",
            NO_IRRADIANCE,
        ),
    ),
)

PIPELINES = {each.name: each for each in (DOI_DATASETS, OVERTURE_MAPS, SOLAR_IRRADIANCE)}
GRAPHS = {
    **{each.name: each.graph for each in PIPELINES.values()},
    "canonical_record": Graph(
        "loaders.harmonise.canonical_record", "a batch of published records, one node a column", "transform"
    ),
    "clustering": Graph("loaders.warehouse.models.clustering", "from pairs of records to installations", "prepare"),
}


def pipeline(name: str) -> Pipeline:
    """A pipeline by its name.

    Raises:
        SettingsError: there is no such pipeline.
    """
    if name not in PIPELINES:
        raise SettingsError(messages.unknown_name_message(name, PIPELINES, "pipeline", "loaders/pipelines.py"))
    return PIPELINES[name]


def run_pipeline(
    name: str, connection: Connection, params: Path | None = None, *, only_stale: bool = False
) -> dict[str, str]:
    """Run a pipeline into a warehouse that is open already.

    Args:
        name: one of PIPELINES.
        connection: to the warehouse; a cursor of it does the writing.
        params: the settings; by default the `params.yaml` of the project around the working directory.
        only_stale: leave alone what is fresh.

    Returns:
        The tables that were stored, by name.

    Raises:
        SettingsError: there is no such pipeline, or the warehouse is of another origin than the settings.
        EoPvError: the pipeline failed.
    """
    found = pipeline(name)
    _, paths = read_project(params)
    _require_origin(connection, paths)
    run = cast("Runner", resolve_name(found.refresher if only_stale else found.runner))
    return run(connection, params)


def _require_origin(connection: Connection, paths: ProjectPaths) -> None:
    """Samples and published records are never stored in one warehouse."""
    query = "SELECT path FROM duckdb_databases() WHERE database_name = current_database()"
    (path,) = connection.cursor().execute(query).fetchone() or (None,)
    data = paths.root / "data"
    if not path or not Path(path).resolve().is_relative_to(data):
        return
    origin = Path(path).resolve().relative_to(data).parts[0]
    if origin in {"sample", "doi"} and origin != paths.origin:
        raise SettingsError(
            f"The warehouse {path} is of origin {origin}, but params.yaml says {paths.origin}. Name the other one: "
            f"EO_PV_DATABASE={paths.database.relative_to(paths.root)}."
        )
