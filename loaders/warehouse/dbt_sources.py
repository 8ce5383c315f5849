"""dbt source files for the tables that Hamilton stores: columns, row counts and provenance."""

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
from hamilton import driver

from loaders.acquire.lock import Lock, read_lock_if_valid
from loaders.contract import RECORD
from loaders.core.errors import BuildError
from loaders.core.escape import Template, dbt_yaml, doi_address, sql_name
from loaders.core.files import sha256, write_text
from loaders.core.paths import ProjectPaths
from loaders.pipelines import PIPELINES, RawTable
from loaders.settings.params import Dataset, Settings
from loaders.tables import (
    ACCOUNTING,
    ALL_FEATURES,
    DOI_DATASETS,
    META_SCHEMA,
    RAW_SCHEMA,
    REJECTED_RECORDS,
    SETTINGS,
    schema_of,
)
from loaders.warehouse.raw_data import read_runs
from loaders.warehouse.source_freshness import freshness_config

Document = dict[str, Any]

NOTE = """# What the pipeline {pipeline} has stored in origin {origin}. Written by eo-pv at every build, and by
# `dbt run-operation update_hamilton_sources --args '{{pipeline_name: {pipeline}}}'`; do not edit.
"""
DATABASE = Template("{{ target.database }}")
UNIT = re.compile(r"\[([^\]]+)\]")
TABLES = {table.name: table for each in PIPELINES.values() for table in each.tables}
SCHEMAS = {
    RAW_SCHEMA: "What the loaders have stored (`loaders/contract.py`). "
    "`dbt source freshness` prints when each publisher was last asked.",
    META_SCHEMA: "Settings, row accounting, rejects and runs of the loaders (`loaders/tables.py`).",
}
RECORD_COLUMNS = {field.name: field.meaning for field in RECORD}


class SharedColumns:
    """Column descriptions; equal lists are one object, which YAML writes once."""

    def __init__(self) -> None:
        self._distinct: list[list[Document]] = []

    def of(self, types: Mapping[str, str], meanings: Mapping[str, str]) -> list[Document]:
        """Columns with type and description."""
        columns = [_column(name, kind, meanings.get(name, "")) for name, kind in types.items()]
        if columns not in self._distinct:
            self._distinct.append(columns)
        return self._distinct[self._distinct.index(columns)]


def sources_file(name: str, dbt_project: Path) -> Path:
    """The file of the sources that a pipeline stores."""
    return dbt_project / "sources" / f"{name}_sources.yml"


def write_sources(
    name: str, connection: duckdb.DuckDBPyConnection, settings: Settings, paths: ProjectPaths, dbt_project: Path
) -> Path:
    """Write `sources/<name>_sources.yml` of a dbt project, unless it is unchanged.

    Raises:
        BuildError: the pipeline has stored nothing.
    """
    tables = _tables(name, connection, settings, paths)
    path = sources_file(name, dbt_project)
    text = NOTE.format(pipeline=name, origin=settings.origin) + dbt_yaml(_document(tables))
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_text(text, path)
    return path


def _document(tables: list[Document]) -> Document:
    """A file of dbt sources: one source for each schema, data first."""
    sources = [
        {
            "name": schema,
            "schema": schema,
            "database": DATABASE,
            "description": description,
            "tables": [table for table in tables if schema_of(table["name"]) == schema],
        }
        for schema, description in SCHEMAS.items()
    ]
    return {"version": 2, "sources": [source for source in sources if source["tables"]]}


def _tables(
    name: str, connection: duckdb.DuckDBPyConnection, settings: Settings, paths: ProjectPaths
) -> list[Document]:
    """The tables of a pipeline as dbt describes them.

    Raises:
        BuildError: the pipeline has stored nothing.
    """
    stored = [table for table in read_runs(connection, name) if table != SETTINGS]
    if not stored:
        raise BuildError(f"The pipeline {name} has stored nothing in this warehouse. {advice(name)}")
    shared = [ALL_FEATURES, ACCOUNTING, REJECTED_RECORDS] if name == DOI_DATASETS else []
    path, shared_columns = _path(name), SharedColumns()
    tables = []
    for table in (*shared, *stored):
        document = _table(table, connection, shared_columns)
        meta = {"hamilton_generated": True, "pipeline": name, **path, **document.pop("meta")}
        dataset = settings.datasets.get(table)
        if dataset:
            lock = read_lock_if_valid(paths.lock(table))
            meta |= _origin(dataset, lock, paths)
            document["description"] = _description(dataset, lock)
        document["config"] = {**freshness_config(table), "meta": meta}
        tables.append(document)
    return tables


def _table(name: str, connection: duckdb.DuckDBPyConnection, known: SharedColumns) -> Document:
    place = f"{schema_of(name)}.{sql_name(name)}"
    found = connection.execute(f"DESCRIBE {place}").fetchall()
    ((rows,),) = connection.execute(f"SELECT count(*) FROM {place}").fetchall()  # noqa: S608
    described = TABLES.get(name, RawTable(name, "", RECORD_COLUMNS))
    return {
        "name": name,
        "description": described.grain,
        "meta": {"row_count": rows},
        "columns": known.of({column: kind for column, kind, *_ in found}, described.columns),
    }


def _column(name: str, kind: str, meaning: str) -> Document:
    unit = UNIT.search(meaning)
    return {
        "name": name,
        "data_type": kind.lower().replace("epsg", "EPSG"),
        "description": meaning,
        **({"config": {"meta": {"unit": unit.group(1)}}} if unit else {}),
    }


def _origin(dataset: Dataset, lock: Lock | None, paths: ProjectPaths) -> Document:
    """Provenance of a dataset, as far as known."""
    record = lock.record if lock else None
    return {
        "doi": (lock.doi if lock else None) or dataset.source.doi,
        "title": record.title if record else None,
        "source": dataset.source.as_stated,
        "version": record.version if record else None,
        "licence": dataset.licence.text,
        "licence_verified": dataset.licence_verified,
        "verified": dataset.verified,
        "licence_stated_by_the_publisher": record.licence if record else None,
        "is_synthetic": lock.is_synthetic if lock else False,
        "lock_sha256": sha256(paths.lock(dataset.key)) if lock else None,
    }


def _description(dataset: Dataset, lock: Lock | None) -> str:
    """Description without the publisher's text, since dbt docs renders it as Markdown with HTML."""
    doi = (lock.doi if lock else None) or dataset.source.doi
    origin = doi_address(doi) if doi else "its source: see meta"
    twin = " These are of its bundled twin: synthetic." if lock and lock.is_synthetic else ""
    return f"One row per record of {dataset.key} that can be used, from {origin}.{twin}"


def _path(name: str) -> Document:
    """The nodes of a pipeline in their order, and the tags of the one that ends it."""
    pipeline = PIPELINES[name]
    module = import_module(pipeline.graph.module)  # each takes its time
    graph = driver.Builder().with_modules(module).enable_dynamic_execution(allow_experimental_mode=True).build()
    nodes = {node.name: node for node in graph.list_available_variables() if not node.is_external_input}
    order = [name for name in vars(module) if name in nodes]
    tags = {key: value for key, value in nodes[pipeline.result].tags.items() if key != "module"}
    return {"hamilton_module": pipeline.graph.module, "hamilton_nodes": order, "hamilton_tags": tags}


def advice(name: str) -> str:
    """The command for a pipeline that has stored nothing."""
    return f"Run `dbt run-operation execute_hamilton_pipeline --args '{{pipeline: {name}}}'`, or `make all`."
