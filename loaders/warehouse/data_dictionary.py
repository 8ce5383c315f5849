"""Data dictionary of the curated tables in Markdown: meaning, unit and nulls of each column, how many are known."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from loaders.core.escape import markdown, markdown_prose, one_line
from loaders.warehouse.table_figures import Figures

TYPE_WORDS = {
    "varchar": "text",
    "double": "number",
    "bigint": "integer",
    "boolean": "true or false",
    "date": "date",
    "geometry": "geometry",
}
UNIT = re.compile(r" ?\[([^\]]+)\]")
NULL_CLAUSE = re.compile(r"[;.] [nN]ull where ([^.;]+)")
EXAMPLE_CHARACTERS = 40
HEADINGS = ("column", "type", "unit", "meaning", "null where")
FIGURE_HEADINGS = ("known", "example")
INTRODUCTION = """\
# What the columns of the tables mean

Null is unknown, zero is a measured zero. Capacities are in MW, AC or DC; areas are on the ellipsoid; coordinates are
longitude and latitude (EPSG:4326).
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its SQL type, whether it may be null, and its description as in dbt."""

    name: str
    sql_type: str
    is_nullable: bool
    description: str
    figures: Figures | None = None

    @property
    def type_words(self) -> str:
        """Its type in words."""
        return _type_words(self.sql_type.lower())

    @property
    def unit(self) -> str:
        """The unit in its description; empty without one."""
        match = UNIT.search(self._text)
        return match[1] if match else ""

    @property
    def null(self) -> str:
        """When it is null."""
        if not self.is_nullable:
            return "never"
        match = NULL_CLAUSE.search(self._text)
        return match[1] if match else ""

    @property
    def meaning(self) -> str:
        """Its description without unit and null."""
        text = NULL_CLAUSE.sub("", UNIT.sub("", self._text, count=1))
        return f"{text.rstrip('.')}."

    @property
    def _text(self) -> str:
        """Its description without the list of flags, in one line."""
        return " ".join(self.description.partition("\n\n")[0].split())


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A table: its name, its description and its columns."""

    name: str
    description: str
    columns: Sequence[Column] = field(default_factory=tuple)


def as_markdown(tables: Iterable[TableEntry], introduction: str = INTRODUCTION) -> str:
    """The dictionary; with figures where its columns have them."""
    return "\n".join([introduction, *(_section(table) for table in tables)])


def read_tables(
    connection: duckdb.DuckDBPyConnection, schema: str, figures: Mapping[str, Mapping[str, Figures]]
) -> list[TableEntry]:
    """The tables of a schema by name, with the comments of the database.

    Args:
        connection: to the database.
        schema: of the tables.
        figures: of each column of each table.
    """
    names = connection.execute(
        "SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = ? ORDER BY table_name", [schema]
    ).fetchall()
    return [
        TableEntry(name, comment or "", _columns(connection, schema, name, figures[name])) for name, comment in names
    ]


def column_comments(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, str]:
    """The comment of each column that has one."""
    query = "SELECT column_name, comment FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?"
    return {name: comment for name, comment in connection.execute(query, [schema, table]).fetchall() if comment}


def _columns(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, figures: Mapping[str, Figures]
) -> list[Column]:
    query = (
        "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() "
        "WHERE schema_name = ? AND table_name = ? ORDER BY column_index"
    )
    return [
        Column(name, kind, is_nullable, comment or "", figures[name])
        for name, kind, is_nullable, comment in connection.execute(query, [schema, table]).fetchall()
    ]


def _section(table: TableEntry) -> str:
    has_figures = any(column.figures for column in table.columns)
    headings = (*HEADINGS, *FIGURE_HEADINGS) if has_figures else HEADINGS
    lines = [f"## {table.name}", "", markdown_prose(" ".join(table.description.split())), ""]
    lines += [_row(headings), _row("---" for _ in headings)]
    lines += [_row(_cells(column)) for column in table.columns]
    return "\n".join(lines) + "\n"


def _cells(column: Column) -> Iterable[str]:
    yield f"`{column.name}`"
    yield column.type_words
    yield markdown(column.unit)
    yield markdown_prose(column.meaning)
    yield markdown_prose(column.null)
    if column.figures:
        yield column.figures.share
        yield markdown(_shortened(column.figures.example))


def _shortened(example: object) -> str:
    text = f"{example:.6g}" if isinstance(example, float) else one_line("" if example is None else str(example))
    return f"{text[:EXAMPLE_CHARACTERS]}…" if len(text) > EXAMPLE_CHARACTERS else text


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _type_words(kind: str) -> str:
    if kind.endswith("[]"):
        return f"list of {_type_words(kind[:-2])}"
    if kind.startswith("map("):
        key, _, value = kind[4:-1].partition(",")
        return f"{_type_words(key.strip())} → {_type_words(value.strip())}"
    name = kind.partition("(")[0]
    return TYPE_WORDS.get(name, name)
