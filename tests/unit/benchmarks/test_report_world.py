from pathlib import Path

import duckdb

from benchmarks.report_world import make_report_world

ORPHANS = """
    SELECT count(*) FROM '{curated}/curated_pv_records.parquet' AS r
    LEFT JOIN '{curated}/curated_pv_installations.parquet' AS i USING (installation_id)
    WHERE i.installation_id IS NULL
"""


def test_every_record_of_the_world_is_one_of_an_installation_and_pairs_are_within_one(tmp_path: Path) -> None:
    curated = make_report_world(tmp_path, 60, seed=1).curated
    with duckdb.connect() as connection:
        assert connection.execute(ORPHANS.format(curated=curated)).fetchone() == (0,)
        pairs, joined = connection.execute(
            f"SELECT count(*), count(*) FILTER (WHERE installation_id_a = installation_id_b)"  # noqa: S608 (a path of the test)
            f" FROM '{curated}/curated_pv_pairs.parquet'"
        ).fetchone() or (0, 0)
    assert pairs == joined > 20
