"""Checks that the values of a GeoPackage have their declared types: SQLite allows any value in any column.

GDAL reads by declared type: a whole number out of its range, or a word in a number column, would become another number.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from loaders.core.errors import ReadError
from loaders.core.escape import sql_name
from loaders.harmonise.values.exact_numbers import EXACT

# https://www.geopackage.org/spec140/#table_column_data_types; what GDAL reads for each
RANGES = {
    "BOOLEAN": (0, 1),
    "TINYINT": (-(2**31), 2**31 - 1),
    "SMALLINT": (-(2**15), 2**15 - 1),
    "MEDIUMINT": (-(2**31), 2**31 - 1),
}
WHOLE = frozenset({*RANGES, "INT", "INTEGER"})
FLOATS = frozenset({"FLOAT", "DOUBLE", "REAL"})
NUMERIC = frozenset({"NUMERIC", "DECIMAL"})  # not in the standard, but in some files; GDAL reads floats
DATE, DAY_CHARACTERS = "DATE", len("2016-01-31")
IS_TABLE = "select 1 from sqlite_master where type = 'table' and lower(name) = lower(?)"


def require_declared_values(path: Path, layer: str | None, name: str, key: str) -> None:
    """Check the values of number and date columns against their declared types.

    Raises:
        ReadError: a value does not have its column's type.
        sqlite3.Error: the file is not a SQLite database.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        table = layer or ""
        columns = database.execute("select name, type from pragma_table_info(?)", [table]).fetchall()
        tests = {column: test for column, kind in columns if (test := _test(column, kind.partition("(")[0].upper()))}
        if not tests or not database.execute(IS_TABLE, [table]).fetchone():
            return
        values = ", ".join(f"case when {test} then {sql_name(column)} end" for column, test in tests.items())
        violation = database.execute(
            f"select {values} from {sql_name(table)} where {' or '.join(tests.values())} limit 1"  # noqa: S608 (quoted)
        ).fetchone()
    if violation:
        column, value = next(
            (column, value) for column, value in zip(tests, violation, strict=True) if value is not None
        )
        raise ReadError(
            f"{key}: column {column!r} of {name} is declared as {dict(columns)[column]}, but holds {value!r}, which "
            f"would be read as another value. Save that column in a type that holds it (in QGIS: Refactor fields), "
            f"and give the new file to datasets.{key}.source.path in params.yaml."
        )


def _test(column: str, kind: str) -> str:
    """SQL condition for values outside the declared type; empty where there can be none."""
    quoted = sql_name(column)
    tests = [f"typeof({quoted}) not in ('integer', 'null')"] if kind in WHOLE or kind.startswith("INT") else []
    if kind in RANGES:
        tests.append(f"{quoted} not between {RANGES[kind][0]} and {RANGES[kind][1]}")
    if kind in NUMERIC:
        tests.append(f"(typeof({quoted}) = 'integer' and {quoted} not between {-EXACT} and {EXACT})")
    if kind == DATE:
        tests.append(f"length({quoted}) > {DAY_CHARACTERS}")  # a time of day would be left out
    if kind in FLOATS | NUMERIC:
        tests.append(f"{quoted} >= ''")  # text, or bytes: both are above all numbers
    return " or ".join(tests)
