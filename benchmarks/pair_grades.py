"""Precision and recall of installations, from the records of any program and the truth."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.grading import Graded, Score, pair_scores, total

NAMES = ("record_id", "key", "installation")


def pair_grade(records: pa.Table, truth: Path) -> Score:
    """Pairs of records of different datasets that are in one installation.

    Args:
        records: `record_id`, `dataset_key` and `installation_id` of each; one without an installation is alone.
        truth: of the world: `record_id` and `plant`.
    """
    record_id, key, installation = (
        records[name].cast(pa.string()) for name in ("record_id", "dataset_key", "installation_id")
    )
    found = pa.table([record_id, key, pc.coalesce(installation, record_id)], names=NAMES)
    both = pq.read_table(truth).join(found, NAMES[0], join_type="inner")
    ids, keys, groups = (both[name].to_numpy().astype(object) for name in NAMES)
    return total(list(pair_scores(Graded(ids, keys, both["plant"].to_numpy(), groups)).values()))
