"""A condition of SQL from a user: one expression, which reads nothing but the row that it is asked about."""

import json
from typing import Any

import duckdb

from loaders.core.errors import SelectionError

TRUE = "true"
ADVICE = "Expected one condition on the columns of the table, such as `capacity_mw > 5 AND status = 'operating'`."


def require_condition(text: str) -> None:
    """Refuse text that is not one expression, or that holds a subquery.

    DuckDB's own parser decides, so that quotes, comments and brackets in the text do not matter.

    Raises:
        SelectionError: it is something else.
    """
    parsed = _parsed(text)
    if parsed.get("error_type") == "parser":
        raise SelectionError(f"The condition {text!r} is not SQL: {parsed['error_message']}. {ADVICE}")
    node = _only_expression(parsed)
    if node is None or node | {"select_list": None} != (_only_expression(_parsed(TRUE)) or {}) | {"select_list": None}:
        raise SelectionError(f"The condition {text!r} is more than a condition. {ADVICE}")
    if _has_subquery(node):
        raise SelectionError(f"The condition {text!r} holds a query of its own. {ADVICE}")


def error_reason(error: duckdb.Error) -> str:
    """The reason in DuckDB's message, without the kind of error and the excerpt of the statement."""
    line = str(error).partition("\n")[0].rstrip(".!")
    return line.partition(" Error: ")[2] or line


def _only_expression(parsed: dict[str, Any]) -> dict[str, Any] | None:
    """The query, if it is one and selects one expression."""
    statements = parsed.get("statements", [])
    node: dict[str, Any] = statements[0]["node"] if len(statements) == 1 else {}
    return node if len(node.get("select_list", ())) == 1 else None


def _parsed(text: str) -> dict[str, Any]:
    with duckdb.connect() as connection:
        (row,) = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [as_expression(text)]).fetchall()
    document: dict[str, Any] = json.loads(row[0])
    return document


def as_expression(text: str, prefix: str = "SELECT") -> str:
    """The condition in brackets; on lines of its own, for it may end in a comment."""
    return f"{prefix} (\n{text}\n)"


def _has_subquery(node: object) -> bool:
    if isinstance(node, dict):
        return node.get("class") == "SUBQUERY" or any(map(_has_subquery, node.values()))
    return isinstance(node, list) and any(map(_has_subquery, node))
