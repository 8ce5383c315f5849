"""What the pipelines read and write, by the names that dbt's events have too: a DOI leads to its curated tables."""

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
from loaders.tables import ACCOUNTING, ALL_FEATURES, RAW_SCHEMA, REJECTED_RECORDS

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
}


@dataclass(frozen=True, slots=True)
class Data:
    """Something that is read or written.

    Attributes:
        namespace: who names it: `https://doi.org`, `file`, or a warehouse as dbt's events name it, `duckdb://<path>`.
        name: its name there; of files, below the project.
        description: in a sentence.
        columns: of a table, each with its type as DuckDB has it, and its meaning.
        version: as its publisher states it.
        address: the page for people.
        creators: as the publisher states them.
        tags: its licence, and whether it is made up.
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
    """A part of a run.

    Attributes:
        name: a dataset's key, where the step is one dataset's.
        reads: from what it follows.
        writes: what it makes.
    """

    name: str
    reads: tuple[Data, ...]
    writes: tuple[Data, ...]


def doi_steps(
    settings: Settings,
    datasets: Iterable[Dataset],
    paths: ProjectPaths,
    database: Path,
    export_geoparquet: bool = True,
) -> list[Step]:
    """What `run_doi_pipeline` reads and writes: of each dataset what is published, and its table."""
    steps = []
    for dataset in datasets:
        files = _loaded(dataset.key, paths) if export_geoparquet else ()
        writes = (*_stored(dataset.key, paths, database), *files)
        steps.append(Step(dataset.key, (published(dataset, paths),), writes))
    return [*steps, *_of_all(settings, paths, database)]


def load_steps(dataset: Dataset, paths: ProjectPaths) -> list[Step]:
    """What `load_dataset` reads and writes, as the DVC stage `load@<key>` does."""
    return [Step(dataset.key, (published(dataset, paths),), _loaded(dataset.key, paths))]


def boundary_steps(source: Path, paths: ProjectPaths, database: Path | None = None) -> list[Step]:
    """What the pipeline of the boundaries reads and writes; with a database, its table too."""
    tables = (_boundaries(paths, database),) if database else ()
    loaded = file(paths.boundaries, paths, "Countries, regions and counties.", BOUNDARY)
    return [Step("admin_boundaries", (file(source, paths),), (loaded, *tables))]


def irradiance_steps(paths: ProjectPaths, database: Path | None = None) -> list[Step]:
    """What the pipeline of the irradiance reads and writes; with a database, its tables too."""
    said = {
        "solar_irradiance": "Irradiance and yield, by cell and month.",
        "irradiance_refused": "Cells without irradiance.",
    }
    files = [file(path, paths, said[name]) for name, path in paths.irradiance_tables.items()]
    tables = _raw(paths.irradiance_tables, paths, database) if database else ()
    cells = file(paths.cells("irradiance"), paths, "The H3 cells that hold records.")
    return [Step("solar_irradiance", (cells,), (*files, *tables))]


def warehouse_steps(settings: Settings, paths: ProjectPaths) -> list[Step]:
    """What `build` reads and writes before and after dbt: loaded files to `raw_data`, curated tables to files."""
    database = paths.database
    raw = Path(LAKE) if settings.warehouse == "ducklake" else database
    stored = [Step(key, _loaded(key, paths), _stored(key, paths, raw)) for key in settings.datasets]
    boundaries = Step("admin_boundaries", (file(paths.boundaries, paths),), (_boundaries(paths, raw),))
    irradiance = [
        Step(name, (file(path, paths),), _raw((name,), paths, raw)) for name, path in paths.irradiance_tables.items()
    ]
    exports = [
        Step(path.stem, (table(f"curated.{path.stem}", paths, database),), (file(path, paths),))
        for path in sorted(paths.curated.glob("*.parquet"))
    ]
    return [*stored, *_of_all(settings, paths, raw), boundaries, *irradiance, *exports]


def published(dataset: Dataset, paths: ProjectPaths) -> Data:
    """What a dataset comes from: its DOI or address; its bundled twin or the user's own file where that is read."""
    source, lock = dataset.source, read_lock_if_valid(paths.lock(dataset.key))
    tags = {"licence": dataset.licence or "unknown", "licence_verified": str(dataset.licence_verified).lower()}
    if is_local(dataset, paths):
        twin = source.path is None
        place = paths.samples(dataset.key) if twin else paths.root / Path(source.path or "").expanduser()
        said = f"Bundled twin of {source.doi or source.github or source.url}: synthetic." if twin else ""
        return Data("file", _below(place, paths), said, tags=tags | {"is_synthetic": str(twin).lower()})
    record = lock.record if lock else None
    namespace, name = _address(dataset)
    if record and record.licence:
        tags["licence_stated_by_the_publisher"] = record.licence
    return Data(
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
) -> Data:
    """A table of a warehouse, `<schema>.<table>`, by the name that dbt's events give it.

    Of the schema `raw_data`, a database that is called `lake` is the DuckLake that dbt attaches to the warehouse.
    """
    columns = _columns(fields, "geometry('EPSG:4326')")
    file = paths.database if database.name == LAKE else database
    return Data(warehouse(file, paths), f"{database.stem}.{name}", description, columns)


def warehouse(database: Path, paths: ProjectPaths) -> str:
    """The namespace of a warehouse's tables."""
    return f"duckdb://{_below(database, paths)}"


def file(path: Path, paths: ProjectPaths, description: str = "", fields: tuple[Field, ...] = ()) -> Data:
    """A file or folder; below the project it has no name of this machine."""
    return Data("file", _below(path, paths), description, _columns(fields, "blob"))


def _columns(fields: tuple[Field, ...], geometry: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((each.name, geometry if each.name == GEOMETRY else TYPES[each.type], each.meaning) for each in fields)


def _address(dataset: Dataset) -> tuple[str, str]:
    """Who names what is published, and how; without what gives access to it."""
    source = dataset.source
    if source.doi:
        return DOI, source.doi
    if source.github:
        repository, _, rest = source.github.partition("@")
        return "https://github.com", f"{repository}/{rest.partition(':')[2].removeprefix('release:')}"
    parts = urlsplit(source.url or "")
    return f"{parts.scheme}://{parts.netloc}", parts.path.lstrip("/")


def _loaded(key: str, paths: ProjectPaths) -> tuple[Data, ...]:
    kept = file(paths.loaded(key), paths, f"Records of {key} that can be used.", RECORD)
    return kept, file(paths.rejected(key), paths, f"Records of {key} that cannot be used.")


def _stored(key: str, paths: ProjectPaths, database: Path) -> tuple[Data, ...]:
    """The table of a dataset, and those that have rows of it."""
    own = table(f"{RAW_SCHEMA}.{key}", paths, database, f"Records of {key} that can be used.", RECORD)
    return own, *_raw((REJECTED_RECORDS, ACCOUNTING), paths, database)


def _of_all(settings: Settings, paths: ProjectPaths, database: Path) -> list[Step]:
    """What follows from all datasets, and from the settings."""
    settings_files = tuple(file(paths.root / name, paths) for name in ("params.yaml", settings.dedup.overrides))
    written = _raw(("dataset_terms", "overrides", "settings"), paths, database)
    union = table(f"{RAW_SCHEMA}.{ALL_FEATURES}", paths, database, "Records of all datasets.", RECORD)
    return [
        Step(ALL_FEATURES, _raw(settings.datasets, paths, database), (union,)),
        Step("settings", settings_files, written),
    ]


def _raw(names: Iterable[str], paths: ProjectPaths, database: Path) -> tuple[Data, ...]:
    return tuple(table(f"{RAW_SCHEMA}.{name}", paths, database) for name in names)


def _boundaries(paths: ProjectPaths, database: Path) -> Data:
    name = f"{RAW_SCHEMA}.admin_boundaries"
    return table(name, paths, database, "Countries, regions and counties.", BOUNDARY)


def _below(path: Path, paths: ProjectPaths) -> str:
    """A path as the project sees it."""
    root, there = paths.root.resolve(), path.absolute()
    return (there.relative_to(root) if there.is_relative_to(root) else there).as_posix()
