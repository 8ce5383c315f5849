"""Style of the Graphviz pictures: colours by processing stage, fonts, legend."""

from collections.abc import Iterable, Mapping

import graphviz

from loaders.core.escape import graphviz_label

FONT = "Helvetica"  # never fetched: Graphviz measures with a local substitute, browsers fall back to sans-serif
INK, PALE, LINE = "#1f2933", "#52606d", "#7b8794"
INPUT, UNKNOWN = "#ffffff", "#d9dde3"
STAGES = {
    "metadata": "#ddd3f0",
    "fetch": "#c3daf5",
    "load": "#c6e6cc",
    "transform": "#bfe5e1",
    "prepare": "#cfe8f0",
    "store": "#fbdfa3",
}
BRANCHES = {"a branch each": "#56E39F", "together again": "#EA5556"}  # Hamilton's Parallelizable and Collect
LAYERS = {
    "raw_data": "#fbdfa3",
    "raw_meta": "#f7ecd0",
    "staging": "#ddd3f0",
    "prepared": "#cfe8f0",
    "curated": "#c6e6cc",
}

# each colour on a dark background; a picture follows the reader's setting
DARK = {
    INK: "#e6eaee",
    PALE: "#a3b0bd",
    LINE: "#8492a1",
    INPUT: "#1b222a",
    UNKNOWN: "#3a444f",
    "#ddd3f0": "#43386b",
    "#c3daf5": "#1f4570",
    "#c6e6cc": "#1f5230",
    "#bfe5e1": "#14524c",
    "#cfe8f0": "#1f4d5e",
    "#fbdfa3": "#5e4a14",
    "#f7ecd0": "#49422a",
    "#56E39F": "#2f8f62",
    "#EA5556": "#b8403f",
    "#f3f6fa": "#1b222a",
    "#5b7083": "#8492a1",
    "#e3f1e3": "#1f5230",
    "black": "#e6eaee",
}

Attributes = dict[str, str]

GRAPH: Attributes = {
    "rankdir": "LR",
    "fontname": FONT,
    "fontsize": "12",
    "fontcolor": INK,
    "labelloc": "t",
    "labeljust": "l",
    "ranksep": "0.45",
    "nodesep": "0.14",
    "pad": "0.2",
    "bgcolor": "transparent",
    "concentrate": "false",
}
NODE: Attributes = {
    "shape": "box",
    "style": "rounded,filled",
    "fontname": FONT,
    "fontsize": "11",
    "fontcolor": INK,
    "color": LINE,
    "fillcolor": UNKNOWN,
    "height": "0.3",
    "margin": "0.12,0.06",
}
EDGE: Attributes = {"color": LINE, "arrowsize": "0.6", "fontname": FONT, "fontsize": "10", "fontcolor": PALE}
INPUT_NODE: Attributes = {"style": "filled,dashed", "fillcolor": INPUT}
RESULT: Attributes = {"penwidth": "2.2", "color": INK}
TABLE: Attributes = {"shape": "cylinder", "style": "filled", "fillcolor": STAGES["store"]}
SOURCE: Attributes = {"shape": "note", "style": "filled", "fillcolor": INPUT}


def canvas(title: str, legend: Mapping[str, str]) -> graphviz.Digraph:
    """An empty picture, left to right, with its title and legend above."""
    return graphviz.Digraph(graph_attr={**GRAPH, "label": heading(title, legend)}, node_attr=NODE, edge_attr=EDGE)


def heading(title: str, legend: Mapping[str, str]) -> str:
    """Title and legend as Graphviz's HTML-like label, colours in the given order.

    No template: in these labels a backslash is markup too, which Jinja2's autoescape leaves as it is.
    """
    legend_html = (
        f'<font color="{LINE if colour == INPUT else colour}" point-size="18">'
        f"{'□' if colour == INPUT else '■'}</font> {graphviz_label(name)}"
        for name, colour in legend.items()
    )
    title_html = f'<font point-size="16"><b>{graphviz_label(title)}</b></font>'
    return f'<{title_html}<br align="left"/>{"     ".join(legend_html)}<br align="left"/> <br align="left"/>>'


def label(name: str, *more: str) -> str:
    """A node's name, with further lines below it."""
    lines = "".join(f"<br/><i>{graphviz_label(line)}</i>" for line in more if line)
    return f"<<b>{graphviz_label(name)}</b>{lines}>"


def box_label(name: str, about: str) -> str:
    """The heading of a box around nodes."""
    return f'<<b>{graphviz_label(name)}</b>   <font color="{PALE}">{graphviz_label(about)}</font>>'


def stage_colour(stage: str) -> str:
    """The colour of a processing stage; grey for an unknown one."""
    return STAGES.get(stage, UNKNOWN)


def stage_legend(stages: Iterable[str], *, branches: bool = False) -> dict[str, str]:
    """The legend of a picture: stages in processing order, inputs, and Hamilton's double lines."""
    present, known_order = set(stages), list(STAGES)
    order = sorted(
        present, key=lambda stage: (known_order.index(stage) if stage in STAGES else len(known_order), stage)
    )
    return {stage: stage_colour(stage) for stage in order} | {"input": INPUT} | (BRANCHES if branches else {})
