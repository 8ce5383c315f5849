"""One picture of all pipelines, from the sources to the tables."""

from collections.abc import Mapping
from itertools import pairwise

import graphviz
from hamilton.graph_types import HamiltonNode

from loaders.pipelines import GRAPHS
from loaders.report.docs import style
from loaders.report.docs.graphs import graph_driver, graph_nodes, stage_of, stages, tooltip

TITLE = "eo-pv: from a DOI to the tables"

# A name with a dot is a node of a pipeline; a node that does not exist stands for the pipeline's first or last nodes.
# Any other name is outside of Hamilton.
SOURCES = (
    ("params.yaml", "doi_datasets.dataset_metadata"),
    ("DOI, GitHub, URL, file", "doi_datasets.dataset_download_path"),
    ("Overture Maps, or bundled", "overture_maps.published_areas"),
    ("cells/irradiance.parquet", "solar_irradiance.irradiance_cells"),
    ("clear sky, PVGIS, NSRDB, Google", "solar_irradiance.cell_irradiance"),
)
TABLES = (
    ("doi_datasets.store_individual_datasets", "raw_data.<key>"),
    ("overture_maps.boundaries", "raw_data.admin_boundaries"),
    ("solar_irradiance.solar_irradiance", "raw_data.solar_irradiance"),
    ("solar_irradiance.refused_cells", "raw_meta.irradiance_refused"),
)
CONTAINMENTS = (
    ("canonical_record", "doi_datasets.dataset_processed_gdf"),
    ("clustering", "prepared"),
)
LAYERS = ("staging", "prepared", "curated")


def overview() -> graphviz.Digraph:
    """Draw every node of every pipeline, without inputs, and the connections between the pipelines."""
    pipeline_nodes = {name: graph_nodes(graph_driver(name)) for name in GRAPHS}
    legend = style.stage_legend(
        set().union(*(stages(variables, GRAPHS[name].stage) for name, variables in pipeline_nodes.items()))
    )
    picture = style.canvas(TITLE, {name: colour for name, colour in legend.items() if name != "input"})
    picture.attr(ranksep="0.3")
    for name, variables in pipeline_nodes.items():
        with picture.subgraph(name=f"cluster_{name}") as box:
            _draw_pipeline(box, name, variables)
    _draw_warehouse(picture)
    ends = {name: _end_nodes(name, variables) for name, variables in pipeline_nodes.items()}
    _draw_sources_and_tables(picture, ends)
    for name, outer in CONTAINMENTS:
        picture.edge(ends[name][1][0], outer, style="dashed", minlen=str(int(outer not in LAYERS)), weight="9")
    return picture


def _draw_pipeline(box: graphviz.Digraph, name: str, variables: list[HamiltonNode]) -> None:
    """Draw the nodes of a pipeline in a box."""
    box.attr(label=style.box_label(name, GRAPHS[name].about), style="rounded", color=style.LINE, margin="10")
    node_names = {node.name for node in variables if not node.is_external_input}
    for node in variables:
        if node.name in node_names:
            colour = style.stage_colour(stage_of(node, GRAPHS[name].stage))
            box.node(f"{name}.{node.name}", node.name, fillcolor=colour, tooltip=tooltip(node))
        for dependency in sorted(node.required_dependencies & node_names):
            box.edge(f"{name}.{dependency}", f"{name}.{node.name}")


def _end_nodes(name: str, variables: list[HamiltonNode]) -> tuple[list[str], list[str]]:
    """The first and the last nodes of a pipeline."""
    dependencies = {node.name: node.required_dependencies for node in variables if not node.is_external_input}
    first = [node for node, names in dependencies.items() if not names & dependencies.keys()]
    last = sorted(dependencies.keys() - set().union(*dependencies.values()))
    return [f"{name}.{node}" for node in first], [f"{name}.{node}" for node in last]


def _draw_warehouse(picture: graphviz.Digraph) -> None:
    """Draw the layers of the dbt models."""
    with picture.subgraph(name="cluster_dbt") as box:
        box.attr(label=style.box_label("dbt", "models on DuckDB"), style="rounded", color=style.LINE, margin="10")
        for layer in LAYERS:
            box.node(layer, **style.TABLE | {"fillcolor": style.LAYERS[layer]})
        for before, after in pairwise(LAYERS):
            box.edge(before, after)


def _draw_sources_and_tables(picture: graphviz.Digraph, ends: Mapping[str, tuple[list[str], list[str]]]) -> None:
    """Draw the source of each pipeline, and the tables it writes."""
    body = "".join(picture.body)
    for source, node in SOURCES:
        name = node.partition(".")[0]
        if name in ends:
            picture.node(source, **style.SOURCE)
            for end in [node] if f'"{node}"' in body else ends[name][0]:
                picture.edge(source, end)
    for node, table in TABLES:
        name = node.partition(".")[0]
        if name in ends:
            picture.node(table, **style.TABLE)
            picture.edge(table, LAYERS[0])
            for end in [node] if f'"{node}"' in body else ends[name][1]:
                picture.edge(end, table)
