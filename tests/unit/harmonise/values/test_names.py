from typing import Any

import pyarrow as pa
import pytest

from loaders.core.errors import ReadError
from loaders.harmonise.values.names import shared_identifiers, stated_names
from loaders.settings.column import Column
from loaders.settings.columns import IdentifierColumn


def _names(column: Column, **columns: Any) -> list[str | None]:
    return stated_names(pa.table(columns), column, "farms")


def _ids(values: Any, namespace: str = "eia_plant", **options: Any) -> list[str | None]:
    """The ids of one column in one namespace."""
    column = IdentifierColumn(column=("v",), **options)
    rows = shared_identifiers(pa.table({"v": values}), {namespace: column}, "farms")
    assert all(row is None or [name for name, _ in row] == [namespace] for row in rows)
    return [row[0][1] if row else None for row in rows]


def _osm(kinds: list[str | None], numbers: Any) -> list[str | None]:
    """The ids of objects of OpenStreetMap whose type stands in a column of its own."""
    column = IdentifierColumn(column=("kind", "number"), join="/")
    rows = shared_identifiers(pa.table({"kind": kinds, "number": numbers}), {"osm": column}, "farms")
    return [row[0][1] if row else None for row in rows]


def test_a_name_is_trimmed_and_blank_or_unknown_is_none() -> None:
    column = Column(column=("site",), null_values=("unknown", "Solar"))
    assert _names(column, site=["  Park Farm ", "unknown", " ", "", None, "Solar", "Solar East"]) == [
        "Park Farm", None, None, None, None, None, "Solar East",
    ]  # fmt: skip


def test_of_several_columns_the_first_that_states_a_name_counts_in_each_row() -> None:
    column = Column(column=("repd", "osm"), null_values=("n/a",))
    assert _names(column, repd=["Upper", "n/a", "\x00", None], osm=["Lower", "Long Mead", "Hill", None]) == [
        "Upper", "Long Mead", "Hill", None,
    ]  # fmt: skip


def test_a_name_is_one_line_without_characters_that_a_terminal_obeys() -> None:
    assert _names(Column(column=("n",)), n=["A\x1b[31m\nB\u202e C\t\tD"]) == ["A [31m B C D"]
    assert _names(Column(column=("n",)), n=["\x1b\u202e"]) == [None]


def test_a_number_as_a_name_is_text_and_a_constant_is_the_name_of_all() -> None:
    assert _names(Column(column=("n",)), n=[12.0, None, 12.5]) == ["12", None, "12.5"]
    assert _names(Column(constant=" Acme "), n=[1, 2]) == ["Acme", "Acme"]
    assert stated_names(pa.table({"n": [1, 2]}), None, "farms") == [None, None]


@pytest.mark.parametrize(
    "values", [[["a", "b"]], [{"x": 1}], [b"\xff"], [True]], ids=["list", "struct", "bytes", "bool"]
)
def test_a_name_or_an_id_that_is_no_text_is_refused_with_its_column(values: Any) -> None:
    with pytest.raises(ReadError, match=r"farms: column 'v' holds"):
        _names(Column(column=("v",)), v=values)
    with pytest.raises(ReadError, match=r"farms: column 'v' holds"):
        _ids(values)


def test_a_missing_column_is_answered_with_the_present_ones() -> None:
    with pytest.raises(ReadError, match=r"no column 'eia_id', which datasets\.farms\.columns.* It has: v\."):
        shared_identifiers(pa.table({"v": [1]}), {"eia_plant": IdentifierColumn(column=("eia_id",))}, "farms")


@pytest.mark.parametrize(
    "values",
    [
        [60058, -9999, None],
        [60058.0, -9999.0, float("nan")],
        ["60058", "-9999", " "],
        ["60058.0", "-9999.0", ""],
        [" 60058.00 ", "-9999.00", None],
    ],
)
def test_an_id_is_the_same_text_however_its_column_is_typed(values: Any) -> None:
    assert _ids(values, null_values=(-9999,)) == ["60058", None, None]


def test_an_id_that_is_no_number_stays_as_it_is() -> None:
    assert _ids(["007", "A-1.0", "1.0.0", "60058_2"]) == ["007", "A-1.0", "1.0.0", "60058_2"]


def test_of_several_columns_the_first_known_id_counts() -> None:
    column = IdentifierColumn(column=("new", "old"), null_values=(0,))
    rows = shared_identifiers(pa.table({"new": [1, 0, None], "old": ["9", "8", None]}), {"repd": column}, "farms")
    assert rows == [[("repd", "1")], [("repd", "8")], None]


def test_a_column_with_ids_of_several_inventories_is_told_apart_by_another_one() -> None:
    columns = {
        "uspvdb_case": IdentifierColumn(column=("native",), where={"from": ("USPVDB",)}),
        "osm": IdentifierColumn(column=("native",), where={"from": ("OSM",)}),
    }
    rows = shared_identifiers(pa.table({"native": ["7", "way/9", "8"], "from": ["USPVDB", "OSM", None]}), columns, "a")
    assert rows == [[("uspvdb_case", "7")], [("osm", "way/9")], None]


def test_a_record_has_an_id_in_each_namespace_that_states_one_in_alphabetical_order() -> None:
    columns = {"uspvdb_case": IdentifierColumn(column=("c",)), "eia_plant": IdentifierColumn(column=("e",))}
    rows = shared_identifiers(pa.table({"c": [1, 2, None], "e": [7, None, None]}), columns, "farms")
    assert rows == [[("eia_plant", "7"), ("uspvdb_case", "1")], [("uspvdb_case", "2")], None]


def test_an_object_of_openstreetmap_is_its_type_and_its_number() -> None:
    assert _osm(["way", "node", None, "way", None], [12.0, 3.0, 4.0, None, None]) == [
        "way/12",
        "node/3",
        None,
        None,
        None,
    ]


def test_an_object_that_states_its_type_already_is_not_given_it_twice() -> None:
    assert _osm(["way", None, "way"], ["way/12", "relation/5", "7"]) == ["way/12", "relation/5", "way/7"]
    assert _ids(["way/12", None], "osm") == ["way/12", None]


def test_a_number_of_openstreetmap_without_its_type_is_refused_with_the_setting() -> None:
    with pytest.raises(ReadError, match=r"columns\.identifiers\.osm .* reads '12'; expected .*way/12.*join: /"):
        _ids([None, 12], "osm")
