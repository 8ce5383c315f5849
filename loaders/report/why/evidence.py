"""Evidence on an installation from the warehouse: its records, matched pairs and refused pairs."""

from collections import defaultdict, deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from loaders.core.errors import BuildError
from loaders.db.connection import connect
from loaders.report.why.identifiers import installation_of, is_installation

Row = dict[str, Any]

RECORDS = """
    select
        installation_id, record_id, dataset_key, name, geometry_kind, area_m2, capacity_mw, capacity_basis,
        installed_from, installed_to, quality_flags, licence, is_synthetic, centroid_lon, centroid_lat,
        st_aswkb(geometry)::blob as wkb
    from curated.curated_pv_records
    where {column} in (select unnest($ids))
    order by record_id
"""
PAIRS = """
    select pairs.*, published.is_joined, published.reason
    from prepared.prep_pv_pairs as pairs
    inner join curated.curated_pv_pairs as published using (record_id_a, record_id_b)
    where record_id_a in (select unnest($ids)) or record_id_b in (select unnest($ids))
    order by record_id_a, record_id_b
"""
TABLES = ("curated_pv_records", "curated_pv_installations", "curated_pv_pairs", "prep_pv_pairs", "prep_pv_rejected")
INSTALLATIONS = """
    select
        installation_id, name, name_dataset, country, region, confidence, quality_flags, licence, dataset_count,
        geometry_dataset, geometry_kind, area_m2, capacity_mw, capacity_basis, capacity_dataset, status, status_dataset,
        st_aswkb(geometry)::blob as wkb
    from curated.curated_pv_installations
    where installation_id in (select unnest($ids))
    order by installation_id
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One installation, or the installations of two records.

    Attributes:
        requested_ids: the record ids on the command line; empty for an installation.
        installations: published rows of the installations.
        records: their records, and the neighbours in refused pairs.
        pairs: all candidate pairs with one of their records.
    """

    requested_ids: tuple[str, ...]
    installations: list[Row]
    records: list[Row]
    pairs: list[Row]

    @property
    def members(self) -> list[Row]:
        """The records of the installations, without neighbours."""
        installation_ids = {row["installation_id"] for row in self.installations}
        return [row for row in self.records if row["installation_id"] in installation_ids]

    @property
    def matched_pairs(self) -> list[Row]:
        """The pairs that join their records: a rule fits and the link is not split."""
        return [pair for pair in self.pairs if pair["is_joined"]]

    @property
    def refused_pairs(self) -> list[Row]:
        """The other pairs: no rule fits, or the link is split."""
        return [pair for pair in self.pairs if not pair["is_joined"]]

    @property
    def direct_pair(self) -> Row | None:
        """The pair of the two requested records; None if they were never compared."""
        return next((pair for pair in self.pairs if _record_ids(pair) == set(self.requested_ids)), None)

    def shortest_path(self) -> list[Row]:
        """The shortest path of pairs between the two requested records; empty if there is none."""
        first, second = self.requested_ids
        adjacency = self._adjacency()
        predecessors: dict[str, tuple[str, Row]] = {}
        queue = deque([first])
        while queue and second not in predecessors:
            record = queue.popleft()
            for neighbour, pair in adjacency[record]:
                if neighbour != first and neighbour not in predecessors:
                    predecessors[neighbour] = (record, pair)
                    queue.append(neighbour)
        return _trace_path(predecessors, second)

    def _adjacency(self) -> dict[str, list[tuple[str, Row]]]:
        """The neighbours of each record, each with the pair that joins them."""
        links = defaultdict(list)
        for pair in self.matched_pairs:
            a, b = pair["record_id_a"], pair["record_id_b"]
            links[a].append((b, pair))
            links[b].append((a, pair))
        return links


def _record_ids(pair: Row) -> set[str]:
    return {pair["record_id_a"], pair["record_id_b"]}


def _trace_path(predecessors: dict[str, tuple[str, Row]], record: str) -> list[Row]:
    """The pairs on the path to a record, in order."""
    path = []
    while record in predecessors:
        record, pair = predecessors[record]
        path.append(pair)
    return path[::-1]


def read_case(database: Path, names: tuple[str, ...]) -> Case:
    """The case of one record or installation, or of two records.

    Raises:
        BuildError: there is no warehouse, or no such record: the message says whether it was rejected, or suggests
            similar ids.
    """
    if not database.exists():
        raise BuildError(f"There is no warehouse at {database}. Run `make all`.")
    with connect(database, read_only=True) as connection:
        try:
            return _read(connection, names)
        except duckdb.CatalogException as error:
            missing = _missing_tables(connection)
            raise BuildError(
                f"{database}: expected the tables {', '.join(TABLES)}; found no {missing}. Run `make all`."
            ) from error
        except duckdb.BinderException as error:
            raise BuildError(f"{database}: an older version of eo-pv built it. Run `make all`.") from error


def _read(connection: duckdb.DuckDBPyConnection, names: tuple[str, ...]) -> Case:
    ids = sorted({installation_of(connection, name) for name in names})
    members = [row["record_id"] for row in _rows(connection, RECORDS.format(column="installation_id"), ids)]
    pairs = _rows(connection, PAIRS, members)
    neighbourhood = sorted({record for pair in pairs for record in _record_ids(pair)} | set(members))
    records = _rows(connection, RECORDS.format(column="record_id"), neighbourhood)
    return Case(
        requested_ids=tuple(name for name in names if not is_installation(name)),
        installations=_rows(connection, INSTALLATIONS, ids),
        records=records,
        pairs=pairs,
    )


def _missing_tables(connection: duckdb.DuckDBPyConnection) -> str:
    existing = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    return ", ".join(name for name in TABLES if name not in existing)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, ids: list[str]) -> list[Row]:
    rows: list[Row] = connection.execute(query, {"ids": ids}).to_arrow_table().to_pylist()
    return rows
