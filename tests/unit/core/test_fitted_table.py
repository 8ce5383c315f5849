"""Tables at every width: numbers in full, columns by priority, and plain lines where there is no terminal."""

import io
import re

import pytest
from rich.cells import cell_len

from loaders.core.fitted_table import Column, FittedTable, number_column, wrapped
from loaders.core.terminal import Terminal

COLUMNS = (
    Column("dataset", min_width=12),
    number_column("read", 2),
    number_column("capacity\nMW"),
    Column("note", 3, min_width=14),
    number_column("seconds", 4),
)
LONG = "ODbL-1.0 (1,234,567), CC-BY-4.0 (2,345), public-domain (4,024)"
ROWS = (
    ("global_harmonized_large_solar_farms_2020", "1,234,567", "99,371.4", LONG, "12.5"),
    ("india", "700", "-", "", "0.1"),
)
TABLE = FittedTable(COLUMNS, ROWS, ("all", "1,235,267", "99,371.4", "", "12.6"), "report.md")


def shown(table: FittedTable, width: int | None) -> list[str]:
    """The printed lines, on a terminal of this width, or without a terminal."""
    stream = io.StringIO()
    is_terminal = width is not None
    console = Terminal(
        file=stream, width=width or 165, force_terminal=is_terminal, color_system=None, soft_wrap=not is_terminal
    )
    console.print(table)
    return re.sub("\x1b\\[[0-9]m", "", stream.getvalue()).splitlines()


@pytest.mark.parametrize("width", range(24, 130, 3))
def test_no_line_is_wider_than_the_terminal_and_no_number_is_cropped_or_folded(width: int) -> None:
    lines = shown(TABLE, width)
    assert max(map(cell_len, lines)) <= width
    words = " ".join(lines).split()
    assert words.count("99,371.4") == 2
    assert ("1,235,267" in words) == ("700" in words) == ("1,234,567" in words)
    assert "700" in words or ": read, note, seconds." in " ".join(lines)


def test_columns_are_left_out_by_priority_and_named() -> None:
    assert shown(TABLE, 120)[0].split() == ["capacity"]
    assert shown(TABLE, 120)[1].split() == ["dataset", "read", "MW", "note", "seconds"]
    assert not any("Not shown" in line for line in shown(TABLE, 120))
    assert " ".join(shown(TABLE, 40)).endswith("Not shown: note, seconds. All: report.md.")
    assert " ".join(shown(TABLE, 24)).endswith("Not shown: read, note, seconds. All: report.md.")


def test_a_table_that_does_not_fit_at_all_is_printed_by_row() -> None:
    lines = shown(TABLE, 20)
    assert lines[:7] == [
        *("─" * 20, "dataset", "  global_harmonized_", "  large_solar_farms_", "  2020"),
        *("read", "  1,234,567"),
    ]
    assert max(map(cell_len, lines)) <= 20
    wider = FittedTable((Column("record id"), number_column("MW")), (("a" * 30, "1,234.5"),))
    assert shown(wider, 30) == ["─" * 30, f"record id  {'a' * 19}", f"           {'a' * 11}", "MW         1,234.5"]


def test_without_a_terminal_a_row_is_one_plain_line_with_every_column() -> None:
    lines = shown(TABLE, None)
    assert [line.split("  ")[0] for line in lines] == ["dataset", ROWS[0][0], "india", "all"]
    assert lines[0].split() == ["dataset", "read", "capacity", "MW", "note", "seconds"]
    assert lines[1].split() == [ROWS[0][0], "1,234,567", "99,371.4", *LONG.split(), "12.5"]
    assert lines[2].split() == ["india", "700", "-", "0.1"]
    assert len({len(line) for line in lines}) == 1
    assert all(line.isascii() and line.isprintable() for line in lines)


def test_an_id_is_wrapped_only_if_nothing_else_can_be_left_out() -> None:
    columns = (Column("record", min_width=8, is_id=True), number_column("MW"), number_column("area", 2))
    table = FittedTable(columns, (("usa_uspvdb_2026:400001", "1.5", "12,345"),))
    assert [shown(table, width)[2] for width in (60, 35)] == ["usa_uspvdb_2026:400001  1.5  12,345"] * 2
    assert shown(table, 32)[2:] == [
        "usa_uspvdb_2026:400001  1.5",
        "Not shown: area. All: a wider",
        "terminal, or `| cat`.",
    ]
    assert shown(table, 26)[2:4] == ["usa_uspvdb_    1.5  12,345", "2026:400001"]


def test_text_is_wrapped_between_words_and_names_at_their_marks() -> None:
    assert wrapped("one two  three", 7) == ["one two", "three"]
    assert wrapped("usa_gm_seus_v2_2026:4000", 12) == ["usa_gm_seus_", "v2_2026:4000"]
    assert wrapped("see: abcdefghij", 5) == ["see:", "abcde", "fghij"]
    assert wrapped("太陽光発電所", 4) == ["太陽", "光発", "電所"]
    assert wrapped("", 5) == [""]
    assert wrapped("MIT (12), ODbL\xa0(5)", 9) == ["MIT (12),", "ODbL\xa0(5)"]


def test_text_of_publishers_is_spelt_out_before_it_is_measured() -> None:
    table = FittedTable((Column("name"), number_column("n")), (("\x1b[2Ja\tb", "1"), ("[red]x[/]\r", "22")))
    assert shown(table, 80)[2:] == ["\\x1b[2Ja b    1", "[red]x[/]\\r  22"]
    assert shown(table, None)[1:] == ["\\x1b[2Ja b    1", "[red]x[/]\\r  22"]
