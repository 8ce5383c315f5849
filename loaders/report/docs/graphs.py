"""The Hamilton graphs of this project, and a picture of each."""

import importlib
from collections.abc import Iterable
from typing import Any

import graphviz
from hamilton import driver
from hamilton.graph_types import HamiltonNode
from hamilton.htypes import get_type_as_string

from loaders.core.escape import one_line
from loaders.core.node_tags import DESCRIPTION, TAGS
from loaders.pipelines import GRAPHS
from loaders.report.docs import style

DOUBLE_LINE = "peripheries=2"
NAME_TYPE_GAP = "<br /><br />"  # Hamilton's separator between name and type


def graph_driver(name: str) -> driver.Driver:
    """A Hamilton driver of a pipeline, for inspection only."""
    module = importlib.import_module(GRAPHS[name].module)
    built: driver.Driver = driver.Builder().with_modules(module).allow_module_overrides().build()
    return built


def graph_nodes(hamilton_driver: driver.Driver) -> list[HamiltonNode]:
    """All nodes of a graph with its inputs, sorted by name, since Hamilton's order varies."""
    return sorted(hamilton_driver.list_available_variables(), key=lambda node: str(node.name))


def pipeline_picture(name: str) -> graphviz.Digraph:
    """Draw a pipeline: all nodes with their types, and its inputs."""
    built_driver, pipeline = graph_driver(name), GRAPHS[name]
    variables = graph_nodes(built_driver)
    drawing = render_with_hamilton(built_driver.display_all_functions, variables, pipeline.stage)
    legend = style.stage_legend(stages(variables, pipeline.stage), branches=DOUBLE_LINE in "".join(drawing.body))
    picture = style.canvas(f"{name}: {pipeline.about}", legend)
    picture.body += drawing.body
    for node in variables:
        if node.is_external_input:
            picture.node(node.name, style.label(node.name, type_name(node)), **style.INPUT_NODE)
        for dependency in sorted(
            node.required_dependencies & {variable.name for variable in variables if variable.is_external_input}
        ):
            picture.edge(dependency, node.name, style="dashed")
    return picture


def render_with_hamilton(
    draw: Any, variables: Iterable[HamiltonNode], stage: str, **arguments: Any
) -> graphviz.Digraph:
    """Call one of Hamilton's drawing methods with our style and a stable order of statements.

    Inputs are hidden: Hamilton groups them by consumer, in the order of a set.
    """
    names = {node.name for node in variables}
    results = names - {dependency for node in variables for dependency in node.required_dependencies}

    def styled(*, node: HamiltonNode, node_class: str) -> tuple[style.Attributes, str, None]:
        attributes = {
            "fillcolor": style.stage_colour(stage_of(node, stage)),
            "tooltip": tooltip(node),
            "margin": "0.12,0.06",
        }
        return attributes | (style.RESULT if node.name in results else {}), node_class, None

    options = {"show_legend": False, "hide_inputs": True, "show_schema": False}
    drawing: graphviz.Digraph = draw(**arguments, **options, custom_style_function=styled)
    drawing.body = sorted(line.replace(NAME_TYPE_GAP, "<br/>") for line in drawing.body)
    return drawing


def stages(variables: Iterable[HamiltonNode], default_stage: str) -> set[str]:
    """The processing stages of the nodes of a graph."""
    return {stage_of(node, default_stage) for node in variables if not node.is_external_input}


def stage_of(node: HamiltonNode, default_stage: str) -> str:
    """The processing stage of a node, by its tag `processing_stage`."""
    return str(node.tags.get("processing_stage", default_stage))


def tooltip(node: HamiltonNode) -> str:
    """The first line of a node's documentation, and its tags."""
    first_line = (node.documentation or node.name).strip().splitlines()[0]
    tags = [f"{name}: {node.tags[name]}" for name in TAGS if name in node.tags and name != DESCRIPTION]
    return str(graphviz.escape(one_line(" · ".join([first_line, *tags]))))


def type_name(node: HamiltonNode) -> str:
    """The type of a node, as Hamilton writes it."""
    return str(get_type_as_string(node.type) or "")
