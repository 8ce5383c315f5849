"""Inputs and outputs of the pipelines, named as in dbt's events, so a DOI leads to its curated tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa

from loaders.acquire.lock import read_lock_if_valid
from loaders.acquire.publishers.local import is_local
from loaders.contract import BOUNDARY, GEOMETRY, RECORD, Field
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Dataset, Settings
from loaders.tables import (
    ACCOUNTING,
    ADMIN_BOUNDARIES,
    ALL_FEATURES,
    DATASET_TERMS,
    OVERRIDES,
    REJECTED_RECORDS,
    SETTINGS,
    qualified_name,
)

DOI = "https://doi.org"
LAKE = "lake"
TYPES = {
    pa.binary(): "blob",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.float64(): "double",
    pa.int64(): "bigint",
    pa.list_(pa.string()): "varchar[]",
    pa.string(): "varchar",
    pa.map_(pa.string(), pa.string()): "map(varchar, varchar)",
}


@dataclass(frozen=True, slots=True)
class LineageDataset:
    """An input or output of a step.

    Attributes:
        namespace: `https://doi.org`, `file`, or a warehouse as in dbt's events, `duckdb://<path>`.
        name: its name in the namespace; for files, relative to the project.
        description: one sentence.
        columns: of a table: name, DuckDB type and meaning.
        version: as the publisher states it.
        address: URL of its page.
        creators: as the publisher states them.
        tags: its licence, and whether it is synthetic.
    """

    namespace: str
    name: str
    description: str = ""
    columns: tuple[tuple[str, str, str], ...] = ()
    version: str | None = None
    address: str | None = None
    creators: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a run.

    Attributes:
        name: a dataset's key for steps of one dataset.
        reads: its inputs.
        writes: its outputs.
    """

    name: str
    reads: tuple[LineageDataset, ...]
    writes: tuple[LineageDataset, ...]


def doi_steps(
    settings: Settings, datasets: Iterable[Dataset], paths: ProjectPaths, database: Path, export_geoparquet: bool = True
) -> list[Step]:
    """Steps of `run_doi_pipeline`: from each dataset's source to its table."""
    steps = []
    for dataset in datasets:
        loaded = _loaded_files(dataset.key, paths) if export_geoparquet else ()
        writes = (*_raw_tables(dataset.key, paths, database), *loaded)
        steps.append(Step(dataset.key, (source_dataset(dataset, paths),), writes))
    return [*steps, *_common_steps(settings, paths, database)]


def load_steps(dataset: Dataset, paths: ProjectPaths) -> list[Step]:
    """The step of `load_dataset` and the DVC stage `load@<key>`."""
    return [Step(dataset.key, (source_dataset(dataset, paths),), _loaded_files(dataset.key, paths))]


def boundary_steps(source: Path, paths: ProjectPaths, database: Path | None = None) -> list[Step]:
    """The step of the boundaries pipeline; with a database, including its table."""
    tables = (_boundaries_table(paths, database),) if database else ()
    loaded = file(paths.boundaries, paths, "Countries, regions and counties.", BOUNDARY)
    return [Step("admin_boundaries", (file(source, paths),), (loaded, *tables))]


def irradiance_steps(paths: ProjectPaths, database: Path | None = None) -> list[Step]:
    """The step of the irradiance pipeline; with a database, including its tables."""
    descriptions = {
        "solar_irradiance": "Irradiance and yield, by cell and month.",
        "irradiance_refused": "Cells without irradiance.",
    }
    files = [file(path, paths, descriptions[name]) for name, path in paths.irradiance_tables.items()]
    tables = _tables_named(paths.irradiance_tables, paths, database) if database else ()
    cells = file(paths.cells("irradiance"), paths, "The H3 cells that hold records.")
    return [Step("solar_irradiance", (cells,), (*files, *tables))]


def warehouse_steps(settings: Settings, paths: ProjectPaths) -> list[Step]:
    """Steps of `build` outside of dbt: loaded files to the raw tables, curated tables to files."""
    database = paths.database
    raw_database = Path(LAKE) if settings.warehouse == "ducklake" else database
    datasets = [
        Step(key, _loaded_files(key, paths), _raw_tables(key, paths, raw_database)) for key in settings.datasets
    ]
    boundaries = Step("admin_boundaries", (file(paths.boundaries, paths),), (_boundaries_table(paths, raw_database),))
    irradiance = [
        Step(name, (file(path, paths),), _tables_named((name,), paths, raw_database))
        for name, path in paths.irradiance_tables.items()
    ]
    exports = [
        Step(path.stem, (table(f"curated.{path.stem}", paths, database),), (file(path, paths),))
        for path in sorted(paths.curated.glob("*.parquet"))
    ]
    return [*datasets, *_common_steps(settings, paths, raw_database), boundaries, *irradiance, *exports]


def source_dataset(dataset: Dataset, paths: ProjectPaths) -> LineageDataset:
    """The source of a dataset: its DOI or URL, its bundled sample, or the user's own file."""
    source, lock = dataset.source, read_lock_if_valid(paths.lock(dataset.key))
    tags = {"licence": dataset.licence.text, "licence_verified": str(dataset.licence_verified).lower()}
    if is_local(dataset, paths):
        is_sample = source.path is None
        folder = paths.samples(dataset.key) if is_sample else paths.root / Path(source.path or "").expanduser()
        description = f"Bundled twin of {source.doi or source.github or source.url}: synthetic." if is_sample else ""
        return LineageDataset(
            "file", _relative_name(folder, paths), description, tags=tags | {"is_synthetic": str(is_sample).lower()}
        )
    record = lock.record if lock else None
    namespace, name = _namespace_and_name(dataset)
    if record and record.licence:
        tags["licence_stated_by_the_publisher"] = record.licence
    return LineageDataset(
        namespace,
        name,
        description=(record.title if record else None) or "",
        version=(record.version if record else None) or (lock.doi if lock else None),
        address=(record.url if record else None) or f"{namespace}/{name}",
        creators=record.creators if record else (),
        tags=tags | {"is_synthetic": "false"},
    )


def table(
    name: str, paths: ProjectPaths, database: Path, description: str = "", fields: tuple[Field, ...] = ()
) -> LineageDataset:
    """A table of a warehouse, `<schema>.<table>`, named as in dbt's events.

    For raw tables, a database named `lake` is the DuckLake that dbt attaches to the warehouse.
    """
    columns = _columns(fields, "geometry('EPSG:4326')")
    file = paths.database if database.name == LAKE else database
    return LineageDataset(warehouse_namespace(file, paths), f"{database.stem}.{name}", description, columns)


def warehouse_namespace(database: Path, paths: ProjectPaths) -> str:
    """The namespace of a warehouse's tables."""
    return f"duckdb://{_relative_name(database, paths)}"


def file(path: Path, paths: ProjectPaths, description: str = "", fields: tuple[Field, ...] = ()) -> LineageDataset:
    """A file or folder, relative to the project if inside it."""
    return LineageDataset("file", _relative_name(path, paths), description, _columns(fields, "blob"))


def _columns(fields: tuple[Field, ...], geometry: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((each.name, geometry if each.name == GEOMETRY else TYPES[each.type], each.meaning) for each in fields)


def _namespace_and_name(dataset: Dataset) -> tuple[str, str]:
    """Namespace and name of a published source, without credentials."""
    source = dataset.source
    if source.doi:
        return DOI, source.doi
    if source.github:
        repository, _, rest = source.github.partition("@")
        return "https://github.com", f"{repository}/{rest.partition(':')[2].removeprefix('release:')}"
    parts = urlsplit(source.url or "")
    return f"{parts.scheme}://{parts.netloc}", parts.path.lstrip("/")


def _loaded_files(key: str, paths: ProjectPaths) -> tuple[LineageDataset, ...]:
    records = file(paths.loaded(key), paths, f"Records of {key} that can be used.", RECORD)
    return records, file(paths.rejected(key), paths, f"Records of {key} that cannot be used.")


def _raw_tables(key: str, paths: ProjectPaths, database: Path) -> tuple[LineageDataset, ...]:
    """The table of a dataset, and the shared tables with its rows."""
    records = table(qualified_name(key), paths, database, f"Records of {key} that can be used.", RECORD)
    return records, *_tables_named((REJECTED_RECORDS, ACCOUNTING), paths, database)


def _common_steps(settings: Settings, paths: ProjectPaths, database: Path) -> list[Step]:
    """The steps of all datasets together, and of the settings."""
    settings_files = tuple(file(paths.root / name, paths) for name in ("params.yaml", settings.dedup.overrides))
    tables = _tables_named((DATASET_TERMS, OVERRIDES, SETTINGS), paths, database)
    union = table(qualified_name(ALL_FEATURES), paths, database, "Records of all datasets.", RECORD)
    return [
        Step(ALL_FEATURES, _tables_named(settings.datasets, paths, database), (union,)),
        Step("settings", settings_files, tables),
    ]


def _tables_named(names: Iterable[str], paths: ProjectPaths, database: Path) -> tuple[LineageDataset, ...]:
    return tuple(table(qualified_name(name), paths, database) for name in names)


def _boundaries_table(paths: ProjectPaths, database: Path) -> LineageDataset:
    name = qualified_name(ADMIN_BOUNDARIES)
    return table(name, paths, database, "Countries, regions and counties.", BOUNDARY)


def _relative_name(path: Path, paths: ProjectPaths) -> str:
    """A path relative to the project if inside it, else absolute."""
    root, absolute = paths.root.resolve(), path.absolute()
    return (absolute.relative_to(root) if absolute.is_relative_to(root) else absolute).as_posix()
