"""What the warehouse knows of an installation: its records, the pairs that join them, and those that were refused."""

import difflib
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from loaders.duck import connect
from loaders.errors import BuildError

Row = dict[str, Any]
INSTALLATION = "pv_"
NEAREST = 5  # identifiers that an error proposes
LOOKED_AT = 10_000  # of a dataset, to find the nearest

RECORDS = """
    select
        installation_id, record_id, dataset_key, geometry_kind, area_m2, capacity_mw, capacity_basis, installed_from,
        installed_to, quality_flags, licence, is_synthetic, centroid_lon, centroid_lat, st_aswkb(geometry)::blob as wkb
    from curated.curated_pv_records
    where list_contains($ids, {column})
    order by record_id
"""
PAIRS = """
    select * from prepared.prep_pv_pairs
    where list_contains($ids, record_id_a) or list_contains($ids, record_id_b)
    order by record_id_a, record_id_b
"""
INSTALLATIONS = """
    select
        installation_id, country, region, confidence, flags, licence, dataset_count, geometry_dataset, geometry_kind,
        area_m2, capacity_mw, capacity_basis, capacity_dataset, st_aswkb(geometry)::blob as wkb
    from curated.curated_pv_installations
    where list_contains($ids, installation_id)
    order by installation_id
"""
REJECTED = "select reason from prepared.prep_pv_rejected where record_id = $id"
LIKE_IT = "select record_id from curated.curated_pv_records where starts_with(record_id, $start) order by 1 limit $most"


@dataclass(frozen=True, slots=True)
class Case:
    """One installation, or the two of two records.

    Attributes:
        named: the records that were asked for; empty if an installation was.
        installations: what is published of each.
        records: all records of them, and the neighbours in refused pairs.
        pairs: all candidate pairs that a record of them is in.
    """

    named: tuple[str, ...]
    installations: list[Row]
    records: list[Row]
    pairs: list[Row]

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

    def is_cut(self, pair: Row) -> bool:
        """Whether a rule fits, but the installation would have become too large, or a person said no."""
        home = {row["record_id"]: row["installation_id"] for row in self.records}
        return bool(pair["is_match"] and home[pair["record_id_a"]] != home[pair["record_id_b"]])

    def chain(self) -> list[Row]:
        """The fewest pairs that lead from the first named record to the second; none if nothing does."""
        first, second = self.named
        ways: dict[str, list[Row]] = {first: []}
        waiting = deque([first])
        while waiting and second not in ways:
            here = waiting.popleft()
            for pair in self.inside:
                ends = {pair["record_id_a"], pair["record_id_b"]}
                for there in ends - {here} if here in ends else ():
                    if there not in ways:
                        ways[there] = [*ways[here], pair]
                        waiting.append(there)
        return ways.get(second, [])


def read_case(database: Path, names: tuple[str, ...]) -> Case:
    """The case of one record or installation, or of two records.

    Raises:
        BuildError: there is no warehouse, or no such record: the message says whether it was rejected, or names the
            nearest.
    """
    if not database.exists():
        raise BuildError(f"There is no warehouse at {database}. Run `make all`.")
    with connect(database, read_only=True) as connection:
        ids = sorted({_installation(connection, name) for name in names})
        own = [row["record_id"] for row in _rows(connection, RECORDS.format(column="installation_id"), ids)]
        pairs = _rows(connection, PAIRS, own)
        near = sorted({pair[side] for pair in pairs for side in ("record_id_a", "record_id_b")} | set(own))
        return Case(
            named=tuple(name for name in names if not name.startswith(INSTALLATION)),
            installations=_rows(connection, INSTALLATIONS, ids),
            records=_rows(connection, RECORDS.format(column="record_id"), near),
            pairs=pairs,
        )


def _installation(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """The installation of this name, or of the record of this name."""
    if name.startswith(INSTALLATION) and _rows(connection, INSTALLATIONS, [name]):
        return name
    found = _rows(connection, RECORDS.format(column="record_id"), [name])
    if found:
        return str(found[0]["installation_id"])
    if rejected := connection.execute(REJECTED, {"id": name}).fetchone():
        raise BuildError(f"{name} is in no installation: it was rejected ({rejected[0]}). README.md lists the reasons.")
    key, _, _ = name.partition(":")
    held = connection.execute(LIKE_IT, {"start": f"{key}:", "most": LOOKED_AT}).fetchall()
    close = difflib.get_close_matches(name, [record for (record,) in held], n=NEAREST, cutoff=0.5)
    nearest = f"Did you mean {', '.join(close)}?" if close else "curated_pv_records holds all records."
    raise BuildError(f"There is no record or installation {name}. {nearest}")


def _rows(connection: duckdb.DuckDBPyConnection, query: str, ids: list[str]) -> list[Row]:
    rows: list[Row] = connection.execute(query, {"ids": ids}).to_arrow_table().to_pylist()
    return rows
