"""The way of one dataset through Hamilton: from where it is published to its tables."""

from importlib.util import find_spec

import graphviz

from loaders.acquire.lock import Lock
from loaders.core.escape import graphviz_label
from loaders.harmonise.batches import DATASET_MODULES, record_graph
from loaders.report.docs import style
from loaders.report.docs.graphs import PIPELINES, drawn_by_hamilton, graph, nodes, stages
from loaders.report.docs.places import source_address, source_name
from loaders.report.docs.style import label
from loaders.settings.params import Dataset

NAME = "doi_datasets"
FIRST, FETCHED, RECORDS, WRITTEN, LAST = (
    *("dataset_metadata", "dataset_download_path", "dataset_processed_gdf", "dataset_arrow_table"),
    "store_individual_datasets",
)


def dataset_picture(dataset: Dataset, lock: Lock | None = None) -> graphviz.Digraph:
    """The nodes of `doi_datasets` for one dataset, with its source, its own code if it has any, and its tables.

    Args:
        dataset: which one.
        lock: what its source held when it was last asked, if anybody has asked.

    Raises:
        SettingsError: its own module has a function that takes no part.
    """
    pipeline = PIPELINES[NAME]
    built = graph(NAME)
    ends = {"upstream_node_name": FIRST, "downstream_node_name": LAST, "strict_path_visualization": True}
    found = nodes(built)
    legend = style.stage_legend(stages(found, pipeline.stage), branches=True)
    picture = style.canvas(f"{dataset.key}: from its source to its tables", legend)
    drawn = drawn_by_hamilton(built.visualize_path_between, found, pipeline.stage, **ends)
    picture.body += [line.replace("color=red", f'color="{style.LINE}"') for line in drawn.body]
    _source(picture, dataset, lock)
    _own_code(picture, dataset.key)
    _tables(picture, dataset.key)
    return picture


def _source(picture: graphviz.Digraph, dataset: Dataset, lock: Lock | None) -> None:
    """What goes in: the entry in the settings, the published files, and the lock that says which they are."""
    alias = f"alias {dataset.alias}" if dataset.alias else ""
    picture.node("entry", label("params.yaml", f"datasets.{dataset.key}", alias), **style.SOURCE)
    picture.edge("entry", FIRST, style="dashed")
    twin = "its synthetic twin, data/samples" if lock and lock.is_synthetic else ""
    title = lock.record.title or "" if lock and lock.record else ""
    look = style.SOURCE | ({"URL": address} if (address := source_address(dataset, lock)) else {})
    picture.node("source", label(source_name(dataset, lock), title, twin), **look)
    picture.edge("source", FETCHED, style="dashed")


def _own_code(picture: graphviz.Digraph, key: str) -> None:
    """The graph of a record inside, and which of its nodes the dataset's own module overrides."""
    own = overridden(key)
    said = [f"overrides {', '.join(own)}"] if own else ["as it is: no code of its own"]
    name = f"loaders/datasets/{key}.py" if own else "canonical_record"
    picture.node("record", label(name, *said), **style.INPUT_NODE | {"fillcolor": style.stage_colour("transform")})
    picture.edge("record", RECORDS, style="dashed")


def overridden(key: str) -> list[str]:
    """The nodes of `canonical_record` that the dataset's own module overrides; none without such a module."""
    module = f"{DATASET_MODULES}.{key}"
    if find_spec(module) is None:
        return []
    return [
        str(node.name)
        for node in nodes(record_graph(key))
        if not node.is_external_input and any(made.__module__ == module for made in node.originating_functions or ())
    ]


def _tables(picture: graphviz.Digraph, key: str) -> None:
    """What comes out."""
    for table in (f"raw_data.{key}", "raw_data.doi_pv_features"):
        picture.node(table, f"<{graphviz_label(table)}>", **style.TABLE)
        picture.edge(LAST, table)
    for file in (f"loaded/{key}.parquet", f"loaded/{key}.rejected.parquet"):
        picture.node(file, f"<{graphviz_label(file)}>", **style.SOURCE)
        picture.edge(LAST, file)
