"""Data dictionary of the curated tables in Markdown: meaning, unit and nulls of each column, how many are known."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import duckdb

from loaders.core.escape import markdown, markdown_prose, one_line, sql_name

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
UNKNOWN = "('unknown', 'not stated')"  # values that say that nothing is known
EXAMPLE_CHARACTERS = 40
HEADINGS = ("column", "type", "unit", "meaning", "null where")
FIGURE_HEADINGS = ("known", "example")
INTRODUCTION = """\
# What the columns of the tables mean

Null is unknown, zero is a measured zero. Capacities are in MW, AC or DC; areas are on the ellipsoid; coordinates are
longitude and latitude (EPSG:4326).
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many rows of a table have a value in a column, and one of these values."""

    rows: int
    known: int
    example: object

    @property
    def share(self) -> str:
        """The known rows, and their share."""
        percent = 100 * self.known // self.rows if self.rows else 0
        rounded = "< 1" if self.known and not percent else str(percent)
        return f"{self.known:,} of {self.rows:,} ({rounded} %)"


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


def read_tables(connection: duckdb.DuckDBPyConnection, schema: str) -> list[TableEntry]:
    """The tables of a schema by name, with the comments of the database, and figures of what they hold."""
    names = connection.execute(
        "SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = ? ORDER BY table_name", [schema]
    ).fetchall()
    return [TableEntry(name, comment or "", _columns(connection, schema, name)) for name, comment in names]


def column_comments(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, str]:
    """The comment of each column that has one."""
    query = "SELECT column_name, comment FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?"
    return {name: comment for name, comment in connection.execute(query, [schema, table]).fetchall() if comment}


def _columns(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[Column]:
    query = (
        "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() "
        "WHERE schema_name = ? AND table_name = ? ORDER BY column_index"
    )
    columns = connection.execute(query, [schema, table]).fetchall()
    items = ", ".join(f"{_known(name, kind)}, {_example(name, kind)}" for name, kind, *_ in columns)
    ((rows, *figures),) = connection.execute(f"SELECT count(*), {items} FROM {schema}.{sql_name(table)}").fetchall()  # noqa: S608 (names of our own models)
    pairs = zip(figures[::2], figures[1::2], strict=True)
    return [
        Column(name, kind, is_nullable, comment or "", Figures(rows, known, example))
        for (name, kind, is_nullable, comment), (known, example) in zip(columns, pairs, strict=True)
    ]


def _known(name: str, kind: str) -> str:
    column = sql_name(name)
    return f"count(*) FILTER ({column} NOT IN {UNKNOWN})" if kind == "VARCHAR" else f"count({column})"


def _example(name: str, kind: str) -> str:
    """SQL of one value, the same in every build: the median, or the first one of texts and lists."""
    column = sql_name(name)
    if kind.startswith("GEOMETRY"):
        return f"min(st_geometrytype({column})::VARCHAR)"
    if kind in {"DOUBLE", "BIGINT", "DATE"}:
        return f"quantile_disc({column}, 0.5)"
    filled = f"{column}::VARCHAR NOT IN ('', '[]', '{{}}', 'unknown', 'not stated')"
    return f"left(min({column}::VARCHAR) FILTER ({filled}), {EXAMPLE_CHARACTERS + 1})"


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
    # of equal 0 and -0, either may be the median
    text = (
        f"{example + 0.0:.6g}" if isinstance(example, float) else one_line(str(example) if example is not None else "")
    )
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
