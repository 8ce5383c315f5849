"""Each of the Hamilton graphs as a picture."""

import importlib
from collections.abc import Iterable
from typing import Any

import graphviz
from hamilton import driver
from hamilton.graph_types import HamiltonNode
from hamilton.htypes import get_type_as_string

from loaders.core.escape import one_line
from loaders.pipelines import GRAPHS
from loaders.report.docs import style

DOUBLE_LINE = "peripheries=2"
SPACED = "<br /><br />"  # what Hamilton writes between name and type


def graph(name: str) -> driver.Driver:
    """Hamilton's own driver of a pipeline, to look at and not to run."""
    module = importlib.import_module(GRAPHS[name].module)
    built: driver.Driver = driver.Builder().with_modules(module).allow_module_overrides().build()
    return built


def nodes(of: driver.Driver) -> list[HamiltonNode]:
    """All of them, inputs too, by name: Hamilton itself has no order."""
    return sorted(of.list_available_variables(), key=lambda node: str(node.name))


def pipeline_picture(name: str) -> graphviz.Digraph:
    """A pipeline with all of its nodes, their types and its inputs."""
    built, pipeline = graph(name), GRAPHS[name]
    found = nodes(built)
    drawn = drawn_by_hamilton(built.display_all_functions, found, pipeline.stage)
    legend = style.stage_legend(stages(found, pipeline.stage), branches=DOUBLE_LINE in "".join(drawn.body))
    picture = style.canvas(f"{name}: {pipeline.about}", legend)
    picture.body += drawn.body
    for node in found:
        if node.is_external_input:
            picture.node(node.name, style.label(node.name, type_name(node)), **style.INPUT_NODE)
        for needed in sorted(node.required_dependencies & {each.name for each in found if each.is_external_input}):
            picture.edge(needed, node.name, style="dashed")
    return picture


def drawn_by_hamilton(draw: Any, found: Iterable[HamiltonNode], stage: str, **wanted: Any) -> graphviz.Digraph:
    """What one of Hamilton's drawing methods draws, in our style, its statements in an order that stays.

    Its inputs are left out: it gathers them by consumer, in the order of a set.
    """
    made = {node.name for node in found}
    results = made - {needed for node in found for needed in node.required_dependencies}

    def styled(*, node: HamiltonNode, node_class: str) -> tuple[style.Attributes, str, None]:
        look = {"fillcolor": style.stage_colour(stage_of(node, stage)), "tooltip": tooltip(node), "margin": "0.12,0.06"}
        return look | (style.RESULT if node.name in results else {}), node_class, None

    hidden = {"show_legend": False, "hide_inputs": True, "show_schema": False}
    drawn: graphviz.Digraph = draw(**wanted, **hidden, custom_style_function=styled)
    drawn.body = sorted(line.replace(SPACED, "<br/>") for line in drawn.body)
    return drawn


def stages(found: Iterable[HamiltonNode], otherwise: str) -> set[str]:
    """What the nodes of a graph do."""
    return {stage_of(node, otherwise) for node in found if not node.is_external_input}


def stage_of(node: HamiltonNode, otherwise: str) -> str:
    """What a node does, by its tag `processing_stage`."""
    return str(node.tags.get("processing_stage", otherwise))


def tooltip(node: HamiltonNode) -> str:
    """The first line of its documentation."""
    first = (node.documentation or node.name).strip().splitlines()[0]
    return str(graphviz.escape(one_line(first)))


def type_name(node: HamiltonNode) -> str:
    """Its type, as Hamilton writes it."""
    return str(get_type_as_string(node.type) or "")
