"""The shards as a Hamilton graph: one branch a shard, on threads, processes or a Dask cluster."""

import logging
from pathlib import Path

from hamilton.htypes import Collect, Parallelizable

from loaders.core.node_tags import node
from loaders.warehouse.shards.shard import ShardTask, compute_shard

logging.getLogger("hamilton").setLevel(logging.CRITICAL)  # errors are raised as well; Hamilton logs their tracebacks


@node(data_source="warehouse", processing_stage="prepare", data_type="settings")
def shard_task(tasks: list[ShardTask]) -> Parallelizable[ShardTask]:
    """Each shard that is to be computed, the largest ones first."""
    yield from sorted(tasks, key=lambda task: (-task.shard.records, task.shard.number))


@node(data_source="warehouse", processing_stage="prepare", data_type="parquet")
def shard_tables(shard_task: ShardTask) -> Path:
    """The folder of its tables."""
    return compute_shard(shard_task)


@node(data_source="warehouse", processing_stage="prepare", data_type="parquet", node_type="sink")
def computed_shards(shard_tables: Collect[Path]) -> list[Path]:
    """The folders of all of them."""
    return sorted(shard_tables)
