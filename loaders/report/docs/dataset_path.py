"""Picture of one dataset's path through Hamilton: from its source to its tables."""

from importlib.util import find_spec

import graphviz

from loaders.acquire.lock import Lock
from loaders.core.escape import graphviz_label
from loaders.harmonise.batches import DATASET_MODULES, record_graph
from loaders.pipelines import GRAPHS
from loaders.report.docs import style
from loaders.report.docs.graphs import graph_driver, graph_nodes, render_with_hamilton, stages
from loaders.report.docs.places import source_address, source_name
from loaders.report.docs.style import label
from loaders.settings.params import Dataset

PIPELINE_NAME = "doi_datasets"
FIRST_NODE, DOWNLOAD_NODE, RECORDS_NODE, ARROW_NODE, LAST_NODE = (
    *("dataset_metadata", "dataset_download_path", "dataset_processed_gdf", "dataset_arrow_table"),
    "store_individual_datasets",
)


def dataset_picture(dataset: Dataset, lock: Lock | None = None) -> graphviz.Digraph:
    """Draw the nodes of `doi_datasets` for one dataset, with its source, its own module and its tables.

    Args:
        dataset: the dataset.
        lock: its lock; null before it was resolved.

    Raises:
        SettingsError: its own module has an unused function.
    """
    pipeline = GRAPHS[PIPELINE_NAME]
    pipeline_driver = graph_driver(PIPELINE_NAME)
    path_ends = {"upstream_node_name": FIRST_NODE, "downstream_node_name": LAST_NODE, "strict_path_visualization": True}
    variables = graph_nodes(pipeline_driver)
    legend = style.stage_legend(stages(variables, pipeline.stage), branches=True)
    picture = style.canvas(f"{dataset.key}: from its source to its tables", legend)
    drawing = render_with_hamilton(pipeline_driver.visualize_path_between, variables, pipeline.stage, **path_ends)
    picture.body += [line.replace("color=red", f'color="{style.LINE}"') for line in drawing.body]
    _draw_source(picture, dataset, lock)
    _draw_dataset_module(picture, dataset.key)
    _draw_tables(picture, dataset.key)
    return picture


def _draw_source(picture: graphviz.Digraph, dataset: Dataset, lock: Lock | None) -> None:
    """Draw the inputs: the entry in the settings, and the published files that the lock names."""
    alias = f"alias {dataset.alias}" if dataset.alias else ""
    picture.node("entry", label("params.yaml", f"datasets.{dataset.key}", alias), **style.SOURCE)
    picture.edge("entry", FIRST_NODE, style="dashed")
    sample_note = "its synthetic twin, data/samples" if lock and lock.is_synthetic else ""
    title = lock.record.title or "" if lock and lock.record else ""
    attributes = style.SOURCE | ({"URL": address} if (address := source_address(dataset, lock)) else {})
    picture.node("source", label(source_name(dataset, lock), title, sample_note), **attributes)
    picture.edge("source", DOWNLOAD_NODE, style="dashed")


def _draw_dataset_module(picture: graphviz.Digraph, key: str) -> None:
    """Draw the graph of a record, with the nodes that the dataset's own module overrides."""
    overrides = overridden_nodes(key)
    notes = [f"overrides {', '.join(overrides)}"] if overrides else ["as it is: no code of its own"]
    name = f"loaders/datasets/{key}.py" if overrides else "canonical_record"
    picture.node("record", label(name, *notes), **style.INPUT_NODE | {"fillcolor": style.stage_colour("transform")})
    picture.edge("record", RECORDS_NODE, style="dashed")


def overridden_nodes(key: str) -> list[str]:
    """The nodes of `canonical_record` that the dataset's own module overrides; none without such a module."""
    module = f"{DATASET_MODULES}.{key}"
    if find_spec(module) is None:
        return []
    return [
        str(node.name)
        for node in graph_nodes(record_graph(key))
        if not node.is_external_input
        and any(function.__module__ == module for function in node.originating_functions or ())
    ]


def _draw_tables(picture: graphviz.Digraph, key: str) -> None:
    """Draw the tables and files that the pipeline writes."""
    for table in (f"raw_data.{key}", "raw_data.doi_pv_features"):
        picture.node(table, f"<{graphviz_label(table)}>", **style.TABLE)
        picture.edge(LAST_NODE, table)
    for file in (f"loaded/{key}.parquet", f"loaded/{key}.rejected.parquet"):
        picture.node(file, f"<{graphviz_label(file)}>", **style.SOURCE)
        picture.edge(LAST_NODE, file)
