"""Takes over the database of the last build by place: only rows of shards and datasets that changed are written."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from loaders.core.escape import sql_file, sql_name
from loaders.core.files import write_json
from loaders.core.paths import ProjectPaths
from loaders.db.connection import connect
from loaders.settings.machine import use_machine
from loaders.warehouse.build_sources import BuildSources
from loaders.warehouse.raw_tables import write_raw_tables
from loaders.warehouse.shards.run import ShardTables, have_all_tables, link_shards, shard_folder

SHARDS_FOLDER = "shards"  # of the tables of shards, and of the note
NOTE = "database.json"
BUILT_SCHEMAS = ("staging", "prepared", "curated")
# rows that are deleted leave room that later ones may not fill
LARGEST_GROWTH = 1.5


@dataclass(frozen=True, slots=True)
class DatabaseNote:
    """What is known of a published database.

    Attributes:
        size: of its file [bytes].
        modified_ns: time of its last write; any later write changes it.
        first_size: of the last one that was made without one before [bytes].
        code: digest of the code that made it.
        raw: digest of the files of each dataset and of each other raw table.
        tables: folder of the tables of its shards.
        results: its shards, in their order.
    """

    size: int
    modified_ns: int
    first_size: int
    code: str
    raw: Mapping[str, str]
    tables: Path
    results: tuple[str, ...]

    def unchanged(self, raw: Mapping[str, str]) -> frozenset[str]:
        """The datasets and other raw tables that are still made from the same files."""
        return frozenset(name for name, digest in raw.items() if self.raw.get(name) == digest)


def write_base(
    code: str, sources: BuildSources, raw: Mapping[str, str], database: Path, names: frozenset[str]
) -> DatabaseNote | None:
    """Take over the database of the last build, if that can be done, and write the raw tables that it lacks.

    Args:
        code: digest of the code that makes it.
        sources: what it is made from.
        raw: digests of what its raw tables are made from.
        database: to make.
        names: of the tables that are taken over.

    Returns:
        What is known of the last one; null where nothing of it was taken over.
    """
    settings, paths = sources.settings, sources.paths
    use_machine(settings.machine)  # it may run in a process of its own
    is_lake = settings.warehouse == "ducklake"  # its raw tables are elsewhere
    former = None if is_lake else take_over(paths.scratch(SHARDS_FOLDER), code, paths, database, names)
    write_raw_tables(database, settings, paths, former.unchanged(raw) if former else frozenset())
    return former


def take_over(kept: Path, code: str, paths: ProjectPaths, database: Path, names: frozenset[str]) -> DatabaseNote | None:
    """Copy the published database, without what is built anew in any case.

    Args:
        kept: folder of the tables of shards.
        code: digest of the code of this build.
        paths: of the project.
        database: where to copy it to.
        names: tables of which the copy keeps the rows.

    Returns:
        What is known of it; null unless this code made it and it is unchanged since.
    """
    note = _read(kept / NOTE)
    if note is None or note.code != code or note.size > LARGEST_GROWTH * note.first_size:
        return None
    if not have_all_tables(note.tables, len(note.results), names):
        return None
    if _is_as_noted(paths.database, note):
        shutil.copyfile(paths.database, database)
        if _is_as_noted(paths.database, note):  # it is still unchanged after the copy
            _drop_all_but(names, database)
            return note
        database.unlink()
    return None


def _is_as_noted(database: Path, note: DatabaseNote) -> bool:
    if not database.exists():
        return False
    state = database.stat()
    return (state.st_size, state.st_mtime_ns) == (note.size, note.modified_ns)


def changed_rows(note: DatabaseNote, tables: ShardTables, folder: Path) -> dict[str, str]:
    """Lay out the shards whose rows are to be added to the database, and those whose rows are to be deleted.

    Args:
        note: of the database.
        tables: of all shards of this build.
        folder: to lay them out in.

    Returns:
        The variables with which dbt finds them.
    """
    listed = {"EO_PV_NEW_SHARDS": (tables.folder, tables.results, frozenset(note.results))}
    listed |= {"EO_PV_GONE_SHARDS": (note.tables, note.results, frozenset(tables.results))}
    variables = {}
    for name, (source, results, others) in listed.items():
        shards = [shard_folder(source, number) for number, result in enumerate(results) if result not in others]
        link_shards(shards, folder / name)
        variables[name] = sql_file(folder / name) if shards else ""
    return variables


def note_database(  # noqa: PLR0913 (what is known of it)
    kept: Path, code: str, paths: ProjectPaths, raw: Mapping[str, str], tables: ShardTables, former: DatabaseNote | None
) -> None:
    """Note of a published database what the next build must know to take it over."""
    state = paths.database.stat()
    first_size = former.first_size if former else state.st_size
    note = DatabaseNote(state.st_size, state.st_mtime_ns, first_size, code, raw, tables.folder, tables.results)
    write_json(asdict(note) | {"tables": note.tables.name}, kept / NOTE)


def _read(path: Path) -> DatabaseNote | None:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        changed = {"tables": path.parent / document["tables"], "results": tuple(document["results"])}
        return DatabaseNote(**(document | changed))
    except (OSError, ValueError, TypeError, KeyError):  # none, or of another version
        return None


def _drop_all_but(names: frozenset[str], database: Path) -> None:
    query = (
        "SELECT 'VIEW', schema_name, view_name FROM duckdb_views() WHERE list_contains($schemas, schema_name) "
        "UNION ALL SELECT 'TABLE', schema_name, table_name FROM duckdb_tables() "
        "WHERE list_contains($schemas, schema_name) AND NOT list_contains($names, table_name)"
    )
    with connect(database) as connection:
        former = connection.execute(query, {"schemas": list(BUILT_SCHEMAS), "names": sorted(names)}).fetchall()
        for kind, schema, name in former:
            connection.execute(f"DROP {kind} {schema}.{sql_name(name)}")
