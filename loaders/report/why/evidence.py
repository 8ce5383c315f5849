"""What the warehouse knows of an installation: its records, the pairs that join them, and those that were refused."""

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
        installation_id, record_id, dataset_key, geometry_kind, area_m2, capacity_mw, capacity_basis, installed_from,
        installed_to, quality_flags, licence, is_synthetic, centroid_lon, centroid_lat, st_aswkb(geometry)::blob as wkb
    from curated.curated_pv_records
    where {column} in (select unnest($ids))
    order by record_id
"""
PAIRS = """
    select * from prepared.prep_pv_pairs
    where record_id_a in (select unnest($ids)) or record_id_b in (select unnest($ids))
    order by record_id_a, record_id_b
"""
TABLES = ("curated_pv_records", "curated_pv_installations", "prep_pv_pairs", "prep_pv_rejected")
INSTALLATIONS = """
    select
        installation_id, country, region, confidence, flags, licence, dataset_count, geometry_dataset, geometry_kind,
        area_m2, capacity_mw, capacity_basis, capacity_dataset, st_aswkb(geometry)::blob as wkb
    from curated.curated_pv_installations
    where installation_id in (select unnest($ids))
    order by installation_id
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One installation, or the two of two records.

    Attributes:
        named: the records that were asked for; empty if an installation was.
        installations: what is published of each.
        records: all records of them, and the neighbours in refused pairs.
        pairs: all candidate pairs that a record of them is in.
        home: the installation of each record.
    """

    named: tuple[str, ...]
    installations: list[Row]
    records: list[Row]
    pairs: list[Row]
    home: dict[str, str]

    @property
    def own(self) -> list[Row]:
        """The records of the installations, without neighbours."""
        ours = {row["installation_id"] for row in self.installations}
        return [row for row in self.records if row["installation_id"] in ours]

    @property
    def inside(self) -> list[Row]:
        """The pairs that join their records."""
        return [pair for pair in self.pairs if pair["is_match"] and not self.is_cut(pair)]

    @property
    def refused(self) -> list[Row]:
        """The pairs that do not: no rule fits, or the link was cut."""
        return [pair for pair in self.pairs if not pair["is_match"] or self.is_cut(pair)]

    @property
    def direct(self) -> Row | None:
        """The pair of the two named records; None if they were never compared."""
        return next((pair for pair in self.pairs if _ends(pair) == set(self.named)), None)

    def is_cut(self, pair: Row) -> bool:
        """Whether a rule fits, but the installation would have become too large, or a person said no."""
        return bool(pair["is_match"] and self.home[pair["record_id_a"]] != self.home[pair["record_id_b"]])

    def chain(self) -> list[Row]:
        """The fewest pairs that lead from the first named record to the second; none if nothing does."""
        first, second = self.named
        links = self._links()
        came_by: dict[str, tuple[str, Row]] = {}
        waiting = deque([first])
        while waiting and second not in came_by:
            here = waiting.popleft()
            for there, pair in links[here]:
                if there != first and there not in came_by:
                    came_by[there] = (here, pair)
                    waiting.append(there)
        return _way_back(came_by, second)

    def _links(self) -> dict[str, list[tuple[str, Row]]]:
        """The records that each record is joined to, with the pair that does it."""
        links = defaultdict(list)
        for pair in self.inside:
            a, b = pair["record_id_a"], pair["record_id_b"]
            links[a].append((b, pair))
            links[b].append((a, pair))
        return links


def _ends(pair: Row) -> set[str]:
    return {pair["record_id_a"], pair["record_id_b"]}


def _way_back(came_by: dict[str, tuple[str, Row]], last: str) -> list[Row]:
    """The pairs that lead to a record, the first one first."""
    way = []
    while last in came_by:
        last, pair = came_by[last]
        way.append(pair)
    return way[::-1]


def read_case(database: Path, names: tuple[str, ...]) -> Case:
    """The case of one record or installation, or of two records.

    Raises:
        BuildError: there is no warehouse, or no such record: the message says whether it was rejected, or names the
            nearest.
    """
    if not database.exists():
        raise BuildError(f"There is no warehouse at {database}. Run `make all`.")
    with connect(database, read_only=True) as connection:
        try:
            return _read(connection, names)
        except duckdb.CatalogException as error:
            raise BuildError(
                f"{database}: expected the tables {', '.join(TABLES)}; found no {_missing(connection)}. Run `make all`."
            ) from error


def _read(connection: duckdb.DuckDBPyConnection, names: tuple[str, ...]) -> Case:
    ids = sorted({installation_of(connection, name) for name in names})
    own = [row["record_id"] for row in _rows(connection, RECORDS.format(column="installation_id"), ids)]
    pairs = _rows(connection, PAIRS, own)
    near = sorted({record for pair in pairs for record in _ends(pair)} | set(own))
    records = _rows(connection, RECORDS.format(column="record_id"), near)
    return Case(
        named=tuple(name for name in names if not is_installation(name)),
        installations=_rows(connection, INSTALLATIONS, ids),
        records=records,
        pairs=pairs,
        home={row["record_id"]: row["installation_id"] for row in records},
    )


def _missing(connection: duckdb.DuckDBPyConnection) -> str:
    there = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    return ", ".join(name for name in TABLES if name not in there)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, ids: list[str]) -> list[Row]:
    rows: list[Row] = connection.execute(query, {"ids": ids}).to_arrow_table().to_pylist()
    return rows
