"""Details of installations, some hundred in a file: each with its records and the evidence of their pairs, as JSON."""

from collections.abc import Iterator, Sequence

from loaders.report.map.tables import MapTables

CHUNK = 256  # installations in a file
CHUNKS_AT_A_TIME = 100
Fields = Sequence[tuple[str, str]]  # name in JSON, SQL
INSTALLATION: Fields = (
    *((name, f"inst.{name}") for name in (
        "name", "name_dataset", "operator", "status", "status_dataset", "technology", "mounting", "country", "region",
        "geometry_kind", "geometry_dataset",
    )),
    ("area_m2", "round(inst.area_m2, 2)"),
    ("capacity_mw", "inst.capacity_mw"),
    *((name, f"inst.{name}") for name in (
        "capacity_basis", "capacity_dataset", "installed_from", "installed_to", "installed_dataset", "confidence",
        "dataset_count", "independent_inventories", "quality_flags", "licence", "licences", "licence_verified",
        "is_synthetic",
    )),
    ("lon", "inst.centroid_lon"),
    ("lat", "inst.centroid_lat"),
    ("bbox", "[inst.bbox.xmin, inst.bbox.ymin, inst.bbox.xmax, inst.bbox.ymax]"),
    ("panel_capacity_mw", "y.panel_capacity_mw"),
    ("panel_capacity_method", "y.panel_capacity_method"),
    ("energy_mwh", "round(y.energy_mwh, 3)"),
)  # fmt: skip
RECORD: Fields = (
    ("id", "r.record_id"),
    ("d", "datasets.d"),
    *((name, f"r.{name}") for name in (
        "source_id", "name", "operator", "status", "geometry_kind", "area_m2", "source_area_m2", "capacity_mw",
        "capacity_basis", "installed_from", "installed_to", "licence", "doi", "quality_flags", "source_file",
        "source_row",
    )),
)  # fmt: skip
PAIR: Fields = (
    ("a", "p.record_id_a"),
    ("b", "p.record_id_b"),
    ("is_joined", "p.is_joined"),
    ("reason", "p.reason"),
    *((name, f"round(p.{name}, 4)") for name in ("iou", "share_of_smaller")),
    ("distance_m", "round(p.distance_m, 1)"),
    *((name, f"round(p.{name}, 4)") for name in (
        "area_ratio", "capacity_ratio", "name_similarity", "match_probability",
    )),
    ("shared_identifiers", "p.shared_identifiers"),
)  # fmt: skip
MEMBERS = "SELECT installation_id, i FROM memory.main.numbered WHERE i >= {first} AND i < {last}"
NO_PAIRS = "SELECT NULL::UINTEGER AS i, NULL::VARCHAR AS texts WHERE false"


def details(tables: MapTables) -> Iterator[tuple[int, bytes]]:
    """The number and the JSON of each file."""
    connection = tables.connection.cursor()
    step = CHUNK * CHUNKS_AT_A_TIME
    for first in range(0, tables.count, step):
        query = _query(MEMBERS.format(first=first, last=first + step), has_pairs=tables.has_pairs)
        for number, text in connection.execute(query).fetchall():
            yield number, text.encode("utf-8")


def _query(members: str, *, has_pairs: bool) -> str:
    """The query for the files of some installations."""
    lists = [f"'\"{name}\":[' || {name}.texts || ']'" for name in ("records", "pairs")]
    installation = _object((("id", "inst.installation_id"), *INSTALLATION), *lists)
    return f"""
        WITH
            members AS ({members}),
            records AS ({_records()}),
            pairs AS ({_pairs() if has_pairs else NO_PAIRS}),
            installations AS (
                SELECT members.i, {installation} AS text
                FROM curated.curated_pv_installations AS inst
                INNER JOIN members USING (installation_id)
                LEFT JOIN curated.curated_pv_yield AS y USING (installation_id)
                LEFT JOIN records USING (i)
                LEFT JOIN pairs USING (i)
            )
        SELECT i // {CHUNK} AS number, '[' || string_agg(text, ',' ORDER BY i) || ']'
        FROM installations
        GROUP BY number
        ORDER BY number
    """  # noqa: S608 (made of the texts above)


def _records() -> str:
    return f"""
        SELECT i, string_agg(text, ',' ORDER BY record_id) AS texts
        FROM (
            SELECT members.i, r.record_id, {_object(RECORD)} AS text
            FROM curated.curated_pv_records AS r
            INNER JOIN members USING (installation_id)
            INNER JOIN memory.main.datasets AS datasets USING (dataset_key)
        )
        GROUP BY i
    """  # noqa: S608 (as above)


def _pairs() -> str:
    """Pairs with a record of an installation, those that join first."""
    return f"""
        SELECT i, string_agg(text, ',' ORDER BY is_joined DESC, record_id_a, record_id_b) AS texts
        FROM (
            SELECT members.i, p.is_joined, p.record_id_a, p.record_id_b, {_object(PAIR)} AS text
            FROM (
                SELECT *, unnest(list_distinct([installation_id_a, installation_id_b])) AS installation_id
                FROM curated.curated_pv_pairs
            ) AS p
            INNER JOIN members USING (installation_id)
        )
        GROUP BY i
    """  # noqa: S608 (as above)


def _object(fields: Fields, *more: str) -> str:
    """SQL for a JSON object without its nulls."""
    entries = [f"'\"{name}\":' || to_json({sql})" for name, sql in fields]
    return f"'{{' || concat_ws(',', {', '.join([*entries, *more])}) || '}}'"
