"""Tags of Hamilton nodes: one decorator gives each node the same six."""

from collections.abc import Callable
from typing import Any, Literal, get_origin, get_type_hints

from hamilton.function_modifiers import tag
from hamilton.htypes import Collect, Parallelizable

NodeType = Literal["source", "generator", "transform", "collect", "sink"]
IoOperation = Literal["none", "read", "download", "write"]
DESCRIPTION = "description"
TAGS = ("data_source", "processing_stage", "data_type", "hamilton_node_type", "io_operation", DESCRIPTION)


def node(
    *,
    data_source: str,
    processing_stage: str,
    data_type: str,
    io_operation: IoOperation = "none",
    node_type: NodeType | None = None,
) -> Callable[..., Any]:
    """Tag a Hamilton node.

    Args:
        data_source: what the data comes from: doi, records, overture, provider, warehouse.
        processing_stage: what the node does with it: metadata, fetch, load, transform, prepare, store.
        data_type: what the node returns: folder, files, geodataframe, column, arrow, tables, counts.
        io_operation: whether it reads from the disk, downloads, or writes.
        node_type: its place in the graph; by default generator for Parallelizable, collect for Collect, source where
            it only reads, sink where it writes, else transform.

    Returns:
        A decorator that adds TAGS; the description is the first line of the docstring.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        return tag(
            data_source=data_source,
            processing_stage=processing_stage,
            data_type=data_type,
            hamilton_node_type=node_type or _node_type(function, io_operation),
            io_operation=io_operation,
            description=(function.__doc__ or "").strip().partition("\n")[0],
        )(function)

    return decorate


def _node_type(function: Callable[..., Any], io_operation: IoOperation) -> NodeType:
    hints = get_type_hints(function)
    if get_origin(hints.pop("return")) is Parallelizable:
        return "generator"
    if any(get_origin(hint) is Collect for hint in hints.values()):
        return "collect"
    return "sink" if io_operation == "write" else "transform"
