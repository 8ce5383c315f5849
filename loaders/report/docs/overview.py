"""All pipelines in one picture: from where data is published to the tables."""

from collections.abc import Mapping
from itertools import pairwise

import graphviz
from hamilton.graph_types import HamiltonNode

from loaders.pipelines import GRAPHS
from loaders.report.docs import style
from loaders.report.docs.graphs import graph, nodes, stage_of, stages, tooltip

TITLE = "eo-pv: from a DOI to the tables"

# A name with a point is a node of a pipeline; where there is no such node, it is the first or the last ones.
# Any other name is a place outside of Hamilton.
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
    ("solar_irradiance.refused_cells", "raw_data.irradiance_refused"),
)
INSIDE = (
    ("canonical_record", "doi_datasets.dataset_processed_gdf"),
    ("clustering", "prepared"),
)
LAYERS = ("staging", "prepared", "curated")


def overview() -> graphviz.Digraph:
    """Every node of every pipeline by its name, without inputs; and what stands between the pipelines."""
    found = {name: nodes(graph(name)) for name in GRAPHS}
    legend = style.stage_legend(set().union(*(stages(each, GRAPHS[name].stage) for name, each in found.items())))
    picture = style.canvas(TITLE, {name: colour for name, colour in legend.items() if name != "input"})
    picture.attr(ranksep="0.3")
    for name, each in found.items():
        with picture.subgraph(name=f"cluster_{name}") as box:
            _pipeline(box, name, each)
    _warehouse(picture)
    ends = {name: _ends(name, each) for name, each in found.items()}
    _sources_and_tables(picture, ends)
    for name, outer in INSIDE:
        picture.edge(ends[name][1][0], outer, style="dashed", minlen=str(int(outer not in LAYERS)), weight="9")
    return picture


def _pipeline(box: graphviz.Digraph, name: str, found: list[HamiltonNode]) -> None:
    """The nodes of a pipeline in a box."""
    box.attr(label=style.box_label(name, GRAPHS[name].about), style="rounded", color=style.LINE, margin="10")
    made = {node.name for node in found if not node.is_external_input}
    for node in found:
        if node.name in made:
            colour = style.stage_colour(stage_of(node, GRAPHS[name].stage))
            box.node(f"{name}.{node.name}", node.name, fillcolor=colour, tooltip=tooltip(node))
        for needed in sorted(node.required_dependencies & made):
            box.edge(f"{name}.{needed}", f"{name}.{node.name}")


def _ends(name: str, found: list[HamiltonNode]) -> tuple[list[str], list[str]]:
    """The first and the last nodes of a pipeline."""
    made = {node.name: node.required_dependencies for node in found if not node.is_external_input}
    first = [node for node, needed in made.items() if not needed & made.keys()]
    last = sorted(made.keys() - set().union(*made.values()))
    return [f"{name}.{node}" for node in first], [f"{name}.{node}" for node in last]


def _warehouse(picture: graphviz.Digraph) -> None:
    """The layers of dbt's models."""
    with picture.subgraph(name="cluster_dbt") as box:
        box.attr(label=style.box_label("dbt", "models on DuckDB"), style="rounded", color=style.LINE, margin="10")
        for layer in LAYERS:
            box.node(layer, **style.TABLE | {"fillcolor": style.LAYERS[layer]})
        for before, after in pairwise(LAYERS):
            box.edge(before, after)


def _sources_and_tables(picture: graphviz.Digraph, ends: Mapping[str, tuple[list[str], list[str]]]) -> None:
    """Where each pipeline begins, and what it writes."""
    drawn = "".join(picture.body)
    for place, node in SOURCES:
        name = node.partition(".")[0]
        if name in ends:
            picture.node(place, **style.SOURCE)
            for each in [node] if f'"{node}"' in drawn else ends[name][0]:
                picture.edge(place, each)
    for node, table in TABLES:
        name = node.partition(".")[0]
        if name in ends:
            picture.node(table, **style.TABLE)
            picture.edge(table, LAYERS[0])
            for each in [node] if f'"{node}"' in drawn else ends[name][1]:
                picture.edge(each, table)
