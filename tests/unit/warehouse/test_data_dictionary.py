"""The data dictionary: what is said of a column, and what is counted of its values."""

import duckdb
import pytest

from loaders.warehouse.data_dictionary import Column, TableEntry, as_markdown, column_comments, read_tables
from loaders.warehouse.table_figures import Figures, with_rows


@pytest.mark.parametrize(
    ("description", "unit", "meaning", "null"),
    [
        ("Area of the outline [m²]; null where it is a point.", "m²", "Area of the outline.", "it is a point"),
        ("Tilt [°]. Null where there is no sun. It is assumed.", "°", "Tilt. It is assumed.", "there is no sun"),
        ("Days [d], of all; null where none is known. See x.md.", "d", "Days, of all. See x.md.", "none is known"),
        ("Null\nand void.", "", "Null and void.", ""),
        ("Doubts.\n\n- `a`: A doubt [m].", "", "Doubts.", ""),
    ],
)
def test_unit_and_null_stand_in_columns_of_their_own(description: str, unit: str, meaning: str, null: str) -> None:
    column = Column("c", "double", True, description)
    assert (column.unit, column.meaning, column.null) == (unit, meaning, null)
    assert Column("c", "double", False, description).null == "never"


@pytest.mark.parametrize(
    ("sql_type", "words"),
    [
        ("VARCHAR", "text"),
        ("geometry('EPSG:4326')", "geometry"),
        ("VARCHAR[]", "list of text"),
        ("MAP(VARCHAR, VARCHAR[])", "text → list of text"),
        ("map(varchar, bigint)", "text → integer"),
        ("BOOLEAN", "true or false"),
    ],
)
def test_types_are_told_in_words(sql_type: str, words: str) -> None:
    assert Column("c", sql_type, True, "").type_words == words


@pytest.mark.parametrize(
    ("known", "rows", "share"),
    [
        (2, 3, "2 of 3 (66 %)"),
        (1, 2000, "1 of 2,000 (< 1 %)"),
        (1999, 2000, "1,999 of 2,000 (99 %)"),
        (0, 0, "0 of 0 (0 %)"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(known: int, rows: int, share: str) -> None:
    assert Figures(rows, known, None).share == share


def test_a_dictionary_of_a_schema_counts_what_is_known_and_shows_a_value() -> None:
    connection = duckdb.connect()
    connection.execute("""
        CREATE SCHEMA curated;
        CREATE TABLE curated.farms (
            id VARCHAR NOT NULL, mw DOUBLE, status VARCHAR NOT NULL, flags VARCHAR[], day DATE,
            other MAP(VARCHAR, VARCHAR)
        );
        COMMENT ON TABLE curated.farms IS 'One row per farm.';
        COMMENT ON COLUMN curated.farms.mw IS 'Capacity [MW]; null where it is not stated.';
        INSERT INTO curated.farms VALUES
            ('b', 3, 'unknown', [], '2020-01-02', MAP {}),
            ('a|<script>*x*', 0.123456789, 'operating', ['spread_out'], NULL, NULL),
            ('c', NULL, 'unknown', [], NULL, NULL);
    """)
    rows = connection.table("curated.farms").order("id").to_arrow_table()
    text = as_markdown(read_tables(connection, "curated", {"farms": with_rows({}, rows)}), "")
    assert text.splitlines()[1:] == [
        "## farms",
        "",
        "One row per farm.",
        "",
        "| column | type | unit | meaning | null where | known | example |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| `id` | text |  | . | never | 3 of 3 (100 %) | a&#124;&lt;script&gt;\\*x\\* |",
        "| `mw` | number | MW | Capacity. | it is not stated | 2 of 3 (66 %) | 0.123457 |",
        "| `status` | text |  | . | never | 1 of 3 (33 %) | operating |",
        "| `flags` | list of text |  | . |  | 3 of 3 (100 %) | \\[spread_out\\] |",
        "| `day` | date |  | . |  | 1 of 3 (33 %) | 2020-01-02 |",
        "| `other` | text → text |  | . |  | 1 of 3 (33 %) |  |",
    ]
    assert column_comments(connection, "curated", "farms") == {"mw": "Capacity [MW]; null where it is not stated."}


def test_without_figures_there_are_no_columns_for_them() -> None:
    text = as_markdown([TableEntry("farms", "One row per farm.", [Column("id", "varchar", False, "Its id.")])], "# top")
    assert text.splitlines()[-3:] == [
        "| column | type | unit | meaning | null where |",
        "| --- | --- | --- | --- | --- |",
        "| `id` | text |  | Its id. | never |",
    ]
