"""Every node of every Hamilton graph carries the same six tags."""

from importlib import import_module
from typing import get_args

import pytest
from hamilton import driver
from hamilton.graph_types import HamiltonNode

from loaders.core.node_tags import TAGS, IoOperation, NodeType
from loaders.pipelines import GRAPHS

MODULES = sorted({graph.module for graph in GRAPHS.values()} | {"loaders.warehouse.models.shape_metrics"})
STAGES = {"metadata", "fetch", "load", "transform", "prepare", "store"}


def _is_of_a_check(node: HamiltonNode) -> bool:
    """Whether `check_output` made a node: a validator, or what it looks at."""
    return node.name.endswith("_raw") or any(name.startswith("hamilton.data_quality") for name in node.tags)


@pytest.mark.parametrize("module", MODULES)
def test_every_node_says_what_it_is_by_six_tags(module: str) -> None:
    graph = driver.Builder().with_modules(import_module(module)).enable_dynamic_execution(allow_experimental_mode=True)
    variables = [each for each in graph.build().list_available_variables() if not each.is_external_input]
    nodes = [each for each in variables if not _is_of_a_check(each)]
    assert nodes
    for node in nodes:
        assert [name for name in TAGS if not node.tags.get(name)] == [], node.name
        assert node.tags["processing_stage"] in STAGES
        assert node.tags["io_operation"] in get_args(IoOperation)
        assert node.tags["hamilton_node_type"] in get_args(NodeType)
        assert (node.documentation or "").startswith(str(node.tags["description"]))


def test_the_graph_of_the_datasets_generates_branches_and_collects_them() -> None:
    graph = driver.Builder().with_modules(import_module("loaders.raw_pv_doi_ingest")).build()
    kinds = {each.name: each.tags.get("hamilton_node_type") for each in graph.list_available_variables()}
    assert (kinds["dataset_metadata"], kinds["target_datasets"]) == ("source", "generator")
    assert (kinds["dataset_processed_gdf"], kinds["collected_arrow_tables"]) == ("transform", "collect")
    assert kinds["store_individual_datasets"] == "sink"
