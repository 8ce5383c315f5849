"""dbt's models as a picture: what is made from what, from the schema `raw_data` to the curated tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import graphviz

from loaders.core.escape import graphviz_label, one_line
from loaders.report.docs import style

KINDS = frozenset({"model", "seed", "snapshot"})
PAGE = "dbt.html"
OTHER_LAYER = "other"


@dataclass(frozen=True, slots=True)
class Model:
    """A model of dbt's, or a table that it reads.

    Attributes:
        unique_id: as dbt calls it: `model.eo_pv.stg_overrides`.
        layer: `raw_data` for what dbt reads, else the folder that the model is in.
        grain: what one row is: the first sentence of its description.
        more: the other sentences.
        kind: `source`, `table`, `view`.
        parents: what it is made from, by unique_id.
    """

    unique_id: str
    name: str
    layer: str
    grain: str
    more: str
    kind: str
    parents: tuple[str, ...]

    @property
    def address(self) -> str:
        """Of its documentation on dbt's page."""
        return f"{PAGE}#!/{self.unique_id.partition('.')[0]}/{self.unique_id}"


def read_models(manifest: Mapping[str, Any]) -> list[Model]:
    """The models and sources of dbt's `manifest.json`, by name within their layers."""
    chosen = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] in KINDS}
    known = manifest["sources"] | chosen
    models = [_model(node, manifest["parent_map"].get(key, ()), known) for key, node in known.items()]
    order = list(style.LAYERS)
    return sorted(models, key=lambda each: (order.index(each.layer) if each.layer in order else len(order), each.name))


def lineage_picture(models: list[Model]) -> graphviz.Digraph:
    """Every model and what it is made from; each is a link to its documentation."""
    layers = {each.layer for each in models}
    legend = {layer: colour for layer, colour in style.LAYERS.items() if layer in layers}
    picture = style.canvas("dbt: from raw_data to the curated tables", legend)
    picture.attr(ranksep="0.35", nodesep="0.1")
    for each in models:
        look = style.TABLE if each.kind == "source" else {}
        colour = style.LAYERS.get(each.layer, style.UNKNOWN)
        said = graphviz.escape(one_line(each.grain) or each.name)
        text = f"<{graphviz_label(each.name)}>"
        picture.node(each.unique_id, text, **look | {"fillcolor": colour, "tooltip": said, "URL": each.address})
        for parent in each.parents:
            picture.edge(parent, each.unique_id)
    return picture


def _model(node: Mapping[str, Any], parents: list[str], known: Mapping[str, Any]) -> Model:
    is_source = node["resource_type"] == "source"
    description = " ".join(node.get("description", "").split())
    grain, stop, more = description.partition(". ")
    return Model(
        unique_id=node["unique_id"],
        name=node["name"],
        layer=node["schema"] if is_source else (node["fqn"][1] if len(node["fqn"]) > 2 else OTHER_LAYER),
        grain=grain + stop.strip(),
        more=more,
        kind="source" if is_source else node["config"]["materialized"],
        parents=tuple(sorted(set(parents) & known.keys())),
    )
