"""Figures of a table do not depend on the pieces in which its rows come."""

from datetime import date

import pyarrow as pa
import pytest
import shapely

from loaders.warehouse.table_figures import Figures, with_rows

ROWS = pa.table(
    {
        "text": ["unknown", "", None, "not stated", "fixed", "tracker"],
        "number": pa.array([None, None, 2.5, 1.0, None, 0.0]),
        "count": [0, 1, 2, 3, 4, 5],
        "day": pa.array([None, date(2020, 1, 2), None, None, None, None]),
        "is_known": pa.array([None, False, True, None, None, None]),
        "flags": pa.array([[], None, [], ["a", "b c"], ["d"], []], pa.list_(pa.string())),
        "reasons": pa.array([None, [], [("a", 1), ("b", 2)], [], None, []], pa.map_(pa.string(), pa.int64())),
        "geometry": shapely.to_wkb(shapely.points(range(6), 0)),
        "nothing": pa.nulls(6),
    }
)


@pytest.mark.parametrize("piece", [1, 2, 4, 6])
def test_the_first_value_is_shown_however_the_rows_are_divided(piece: int) -> None:
    figures = with_rows({}, ROWS.slice(0, 0))
    assert set(figures.values()) == {Figures(0, 0, None)}
    for start in range(0, len(ROWS), piece):
        figures = with_rows(figures, ROWS.slice(start, piece))
    assert figures == {
        "text": Figures(6, 3, "fixed"),
        "number": Figures(6, 3, 2.5),
        "count": Figures(6, 6, 0),
        "day": Figures(6, 1, date(2020, 1, 2)),
        "is_known": Figures(6, 2, "false"),
        "flags": Figures(6, 5, "[a, b c]"),
        "reasons": Figures(6, 4, "{a=1, b=2}"),
        "geometry": Figures(6, 6, "POINT"),
        "nothing": Figures(6, 0, None),
    }
