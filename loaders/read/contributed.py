"""Which published records the rows of a selection are made of."""

from loaders.core.escape import sql_name
from loaders.read.published import RECORDS, SCHEMA, Published
from loaders.read.selection import Selection

# which records a row is made of, by the columns of its table; the first that fits
BY_COLUMN = {
    "record_ids": "record_id IN (SELECT unnest(record_ids) FROM ({rows}))",
    "record_id": "record_id IN (SELECT record_id FROM ({rows}))",
    "installation_id": "installation_id IN (SELECT installation_id FROM ({rows}))",
    "dataset_key": "dataset_key IN (SELECT dataset_key FROM ({rows}))",
    "dataset_a": "dataset_key IN (SELECT unnest([dataset_a, dataset_b]) FROM ({rows}))",
    "h3_cell": "installation_id IN (SELECT installation_id FROM curated.curated_pv_installations "
    "WHERE h3_cell_5 IN (SELECT h3_cell FROM ({rows})))",
    "country": "installation_id IN (SELECT i.installation_id FROM curated.curated_pv_installations AS i, ({rows}) AS r "
    "WHERE i.country IS NOT DISTINCT FROM r.country)",
}


def contributed_records(tables: Published, table: str, selection: Selection) -> dict[str, dict[str, int]]:
    """Number of records that the rows of a selection are made of, by dataset and licence."""
    columns = tables.columns(table)
    condition = next(text for name, text in BY_COLUMN.items() if name in columns)
    rows = tables.rows(table, selection)
    query = (
        f"SELECT dataset_key, licence, count(*) FROM {SCHEMA}.{sql_name(RECORDS)} "  # noqa: S608 (the selection is checked)
        f"WHERE {condition.format(rows=rows)} GROUP BY ALL ORDER BY ALL"
    )
    contributed: dict[str, dict[str, int]] = {}
    for dataset, licence, records in tables.query(query).fetchall():
        contributed.setdefault(dataset, {})[licence] = records
    return contributed
