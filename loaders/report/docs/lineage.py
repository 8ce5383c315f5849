"""Lineage graph of the dbt models, from the raw tables to the curated ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import graphviz

from loaders.core.escape import graphviz_label, one_line
from loaders.report.docs import style
from loaders.report.docs.names import DBT_PAGE

KINDS = frozenset({"model", "seed", "snapshot"})
OTHER_LAYER = "other"


@dataclass(frozen=True, slots=True)
class Model:
    """A dbt model or source.

    Attributes:
        unique_id: dbt's id, such as `model.eo_pv.stg_overrides`.
        layer: the schema of a source, else the folder of the model.
        grain: the first sentence of its description.
        details: the other sentences of its description.
        kind: `source`, `table`, `view`.
        parents: the unique_ids of the models and sources that it reads.
    """

    unique_id: str
    name: str
    layer: str
    grain: str
    details: str
    kind: str
    parents: tuple[str, ...]

    @property
    def address(self) -> str:
        """The address of its documentation on dbt's page."""
        return f"{DBT_PAGE}#!/{self.unique_id.partition('.')[0]}/{self.unique_id}"


def read_models(manifest: Mapping[str, Any]) -> list[Model]:
    """The models and sources in dbt's `manifest.json`, sorted by layer and name."""
    model_nodes = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] in KINDS}
    nodes = manifest["sources"] | model_nodes
    models = [_model(node, manifest["parent_map"].get(key, ()), nodes) for key, node in nodes.items()]
    order = list(style.LAYERS)
    return sorted(
        models, key=lambda model: (order.index(model.layer) if model.layer in order else len(order), model.name)
    )


def lineage_picture(models: list[Model]) -> graphviz.Digraph:
    """Draw every model with its parents; each links to its documentation."""
    layers = {model.layer for model in models}
    legend = {layer: colour for layer, colour in style.LAYERS.items() if layer in layers}
    picture = style.canvas("dbt: from the raw tables to the curated ones", legend)
    picture.attr(ranksep="0.35", nodesep="0.1")
    for model in models:
        attributes = style.TABLE if model.kind == "source" else {}
        colour = style.LAYERS.get(model.layer, style.UNKNOWN)
        tooltip = graphviz.escape(one_line(model.grain) or model.name)
        text = f"<{graphviz_label(model.name)}>"
        picture.node(
            model.unique_id, text, **attributes | {"fillcolor": colour, "tooltip": tooltip, "URL": model.address}
        )
        for parent in model.parents:
            picture.edge(parent, model.unique_id)
    return picture


def _model(node: Mapping[str, Any], parents: list[str], nodes: Mapping[str, Any]) -> Model:
    is_source = node["resource_type"] == "source"
    description = " ".join(node.get("description", "").split())
    grain, stop, details = description.partition(". ")
    return Model(
        unique_id=node["unique_id"],
        name=node["name"],
        layer=node["schema"] if is_source else (node["fqn"][1] if len(node["fqn"]) > 2 else OTHER_LAYER),
        grain=grain + stop.strip(),
        details=details,
        kind="source" if is_source else node["config"]["materialized"],
        parents=tuple(sorted(set(parents) & nodes.keys())),
    )
