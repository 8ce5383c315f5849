import math
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from loaders.core.errors import ReadError
from loaders.harmonise.values.columns import as_text, numbers, own_identifiers, setting_as_text
from loaders.settings.column import Column
from loaders.settings.columns import ReadOptions


def _table(**columns: Any) -> pa.Table:
    return pa.table(columns)


def _column(*names: str, unknown: tuple[Any, ...] = ()) -> Column:
    return Column(column=names, null_values=unknown)


def _numbers(values: Any, *unknown: Any, signed: bool = False, **marks: Any) -> list[float | None]:
    column = _column("v", unknown=unknown)
    found = numbers(_table(v=values), column, "farms", ReadOptions(**marks), signed=signed).tolist()
    return [None if math.isnan(value) else value for value in found]


def _texts(values: Any, kind: Any = None) -> list[str | None]:
    texts: list[str | None] = as_text(pa.chunked_array([pa.array(values, kind)])).to_pylist()
    return texts


def _ids(values: Any, *unknown: Any) -> list[str | None]:
    return own_identifiers(_table(v=values), _column("v", unknown=unknown), "farms")


@pytest.mark.parametrize(
    ("values", "unknown"),
    [
        ([2.5, -9999.0, None], -9999),
        ([2.5, math.nan, math.inf], -9999),
        (["2.5", "-9999", ""], -9999),
        ([" 2.5 ", "-9999.0", " "], -9999),
        (["2.5", "n/a", None], "n/a"),
    ],
)
def test_what_stands_for_unknown_becomes_null_and_nothing_else(values: Any, unknown: Any) -> None:
    assert _numbers(values, unknown) == [2.5, None, None]


def test_minus_9999_in_whole_numbers_is_unknown_and_zero_is_zero() -> None:
    assert _numbers([7, -9999, 0, None], -9999) == [7.0, None, 0.0, None]


def test_of_several_columns_the_first_that_is_known_counts() -> None:
    table = _table(a=[1.0, -9999.0, None, None], b=[10.0, 20.0, 30.0, None])
    found = numbers(table, _column("a", "b", unknown=(-9999,)), "farms").tolist()
    assert found[:3] == [1.0, 20.0, 30.0]
    assert math.isnan(found[3])


@pytest.mark.parametrize(("values", "shown"), [([3.0, -1.5], "-1.5"), ([3, -2], "-2"), (["-3"], "-3")])
def test_a_negative_quantity_is_refused_with_the_remedy(values: Any, shown: str) -> None:
    with pytest.raises(ReadError, match=rf"farms: column 'v' holds '{shown}'.*null_values in datasets\.farms\.columns"):
        _numbers(values)


def test_a_negative_quantity_is_blamed_on_the_column_that_holds_it() -> None:
    with pytest.raises(ReadError, match="column 'b' holds '-5'"):
        numbers(_table(a=[1.0, None], b=[2.0, -5.0]), _column("a", "b"), "farms")


@pytest.mark.parametrize("value", ["302,219", "n/a", "5 MW", "0x10", "inf", "-inf", "nan", "1_0"])
def test_text_that_is_no_finite_number_is_refused_with_the_remedy(value: str) -> None:
    with pytest.raises(ReadError, match=rf"farms: column 'v' holds '{value}'.*null_values in datasets\.farms\.columns"):
        _numbers(["1", value])


@pytest.mark.parametrize("mapped", [numbers, own_identifiers])
def test_a_missing_column_is_answered_with_the_present_ones(mapped: Any) -> None:
    with pytest.raises(ReadError, match=r"no column 'Area', which datasets\.farms\.columns.* It has: area, name\."):
        mapped(_table(area=[1.0], name=["a"]), _column("Area"), "farms")


@pytest.mark.parametrize("values", [[[1.0, 2.0]], [{"x": 1.0}], [b"\xff"]], ids=["list", "struct", "bytes"])
@pytest.mark.parametrize("mapped", [numbers, own_identifiers])
def test_a_column_that_has_no_text_form_is_refused_not_a_crash(mapped: Any, values: Any) -> None:
    with pytest.raises(ReadError, match=r"farms: column 'v'"):
        mapped(_table(v=values), _column("v"), "farms")


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([7, 12, None], ["7", "12", None]),
        ([7.0, 12.0, None], ["7", "12", None]),
        ([7.0, 12.0, math.nan], ["7", "12", None]),
        ([7.0, 2.5], ["7", "2.5"]),
        ([2.0**53 - 1, -0.0, 1e300], ["9007199254740991", "0", "1e+300"]),
        (["007", " a ", ""], ["007", "a", None]),
        ([2**53 + 1, 0], ["9007199254740993", "0"]),
        (pa.array([2**64 - 1, None], pa.uint64()), ["18446744073709551615", None]),
        (pa.array(["a", None]).dictionary_encode(), ["a", None]),
        ([None, None], [None, None]),
        ([], []),
    ],
)
def test_identifiers_are_the_published_ones_as_text(values: Any, texts: list[str | None]) -> None:
    assert _ids(values) == texts


@pytest.mark.parametrize("unknown", [-9999, -9999.0])
def test_an_identifier_of_minus_9999_is_none_where_it_stands_for_unknown(unknown: float) -> None:
    assert _ids([1.0, -9999.0], unknown) == ["1", None]


def test_a_dataset_without_an_identifier_column_has_none() -> None:
    assert own_identifiers(_table(v=[1, 2]), None, "farms") == [None, None]


@pytest.mark.parametrize("values", [[1e308], [1.0, 1e16]])
def test_a_number_beyond_all_measure_is_refused(values: list[float]) -> None:
    with pytest.raises(ReadError, match=r"expected no negative number and none above 1e\+15"):
        _numbers(values)


def test_truth_values_are_no_numbers() -> None:
    with pytest.raises(ReadError, match=r"column 'v' holds bool; expected numbers or text"):
        _numbers([True, False])


@pytest.mark.parametrize(
    ("text", "marks", "value"),
    [
        ("302,219", {"thousands": ","}, 302219.0),
        ("1,302,219.5", {"thousands": ","}, 1302219.5),
        ("302219.5", {"thousands": ","}, 302219.5),
        ("-1,000", {"thousands": ","}, -1000.0),
        ("12,5", {"decimal": ","}, 12.5),
        (",5", {"decimal": ","}, 0.5),
        ("1.302.219,5", {"decimal": ",", "thousands": "."}, 1302219.5),
        ("1.302", {"decimal": ",", "thousands": "."}, 1302.0),
        ("1 302 219", {"thousands": " "}, 1302219.0),
        ("1\u00a0302\u202f219", {"thousands": " "}, 1302219.0),
        ("1'302'219.5", {"thousands": "'"}, 1302219.5),
        ("1\u2019302", {"thousands": "'"}, 1302.0),
        ("1.5e3", {"thousands": ","}, 1500.0),
        ("1,5e3", {"decimal": ","}, 1500.0),
    ],
)
def test_a_number_is_read_with_the_declared_marks(text: str, marks: dict[str, Any], value: float) -> None:
    assert _numbers([text], signed=True, **marks) == [value]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("30,22", {"thousands": ","}),
        ("1,23,456", {"thousands": ","}),
        ("1302,219", {"thousands": ","}),
        (",302", {"thousands": ","}),
        ("1,302,", {"thousands": ","}),
        ("1,,302", {"thousands": ","}),
        ("1.302,219", {"thousands": ","}),
        ("1 302", {"thousands": ","}),
        ("12.5", {"decimal": ","}),
        ("12.5", {"decimal": ",", "thousands": "."}),
        ("1,2,3", {"decimal": ","}),
    ],
)
def test_a_number_with_a_mark_out_of_place_is_refused(text: str, marks: dict[str, Any]) -> None:
    with pytest.raises(ReadError, match=f"column 'v' holds '{text}'; expected a number"):
        _numbers([text], **marks)


def test_a_number_with_undeclared_marks_is_answered_with_where_to_declare_them() -> None:
    with pytest.raises(ReadError, match=r"datasets\.farms\.read\.thousands and read\.decimal in params\.yaml"):
        _numbers(["302,219"])
    with pytest.raises(ReadError) as refused:
        _numbers(["soon"])
    assert "thousands" not in str(refused.value)


@pytest.mark.parametrize("values", [[12.5, 1302.0], pa.array(["12.5", "1302"]).cast(pa.decimal128(9, 3))])
def test_marks_are_of_text_only(values: Any) -> None:
    assert _numbers(values, decimal=",", thousands=".") == [12.5, 1302.0]


def test_a_number_that_stands_for_unknown_is_unknown_also_with_marks() -> None:
    assert _numbers(["-9,999.0", "1"], -9999, thousands=",") == [None, 1.0]


def test_a_signed_quantity_may_be_negative_but_not_beyond_measure() -> None:
    assert _numbers([-1.5, 2.0], signed=True) == [-1.5, 2.0]
    with pytest.raises(ReadError, match=r"holds '-1e\+16'; expected none beyond"):
        _numbers([-1e16], signed=True)


@pytest.mark.parametrize("constant", [5, 5.0, "5"])
def test_a_constant_number_is_that_of_every_row(constant: Any) -> None:
    assert numbers(_table(v=["a", None]), Column(constant=constant), "farms").tolist() == [5.0, 5.0]


@pytest.mark.parametrize("constant", ["5 MW", -5, 1e16, math.inf, math.nan, "1,000"])
def test_a_constant_that_is_no_such_number_is_refused(constant: Any) -> None:
    with pytest.raises(
        ReadError, match=r"datasets\.farms\.columns in params\.yaml has the constant .*expected a number"
    ):
        numbers(_table(v=[1]), Column(constant=constant), "farms")


def test_a_constant_identifier_is_refused_since_it_tells_no_records_apart() -> None:
    with pytest.raises(ReadError, match=r"farms: source_id is the constant 'a'.*datasets\.farms\.columns\.source_id"):
        own_identifiers(_table(v=[1]), Column(constant="a"), "farms")


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([1.0, 1.5, math.nan, math.inf, None], pa.float64(), ["1", "1.5", None, None, None]),
        ([1.0, 0.1], pa.float32(), ["1", "0.1"]),
        ([2.0**53, 2.0**53 - 1], pa.float64(), ["9.007199254740992e+15", "9007199254740991"]),
        ([Decimal("1.00"), Decimal("1.50")], pa.decimal128(5, 2), ["1", "1.50"]),
        ([Decimal("100"), Decimal("0")], pa.decimal128(5, 0), ["100", "0"]),
        ([True, False, None], pa.bool_(), ["true", "false", None]),
        ([" a ", ""], pa.large_string(), [" a ", ""]),
    ],
)
def test_each_value_has_its_own_text(values: Any, kind: Any, texts: list[str | None]) -> None:
    assert _texts(values, kind) == texts


@pytest.mark.parametrize("value", [1.0, 2.5, 1e-7, 1e20, -9999.0])
def test_a_value_of_the_settings_is_written_as_in_a_column(value: float) -> None:
    assert [setting_as_text(value)] == _texts([value], pa.float64())


MIXED = [
    [1.0, 2.5, -9999.0, math.nan, None, 1e14, 7.0, -0.0],
    [Decimal("1.00"), Decimal("2.50"), None, Decimal("-9999.00"), Decimal("3.00")],
    ["1", " 2.5", "", None, "-9999.0", "007", "1,000", "-9,999"],
    [1, 2**40 + 1, None, -9999, 5],
]


@pytest.mark.parametrize("values", MIXED, ids=["floats", "decimals", "texts", "integers"])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_column_reads_the_same_in_whatever_batches_it_comes(values: list[Any], size: int) -> None:
    table, column, reading = _table(v=values), _column("v", unknown=(-9999,)), ReadOptions(thousands=",")
    slices = [table.slice(first, size) for first in range(0, len(table), size)]
    ids = [text for part in slices for text in own_identifiers(part, column, "farms")]
    assert ids == own_identifiers(table, column, "farms")
    found = np.concatenate([numbers(part, column, "farms", reading) for part in slices])
    np.testing.assert_array_equal(found, numbers(table, column, "farms", reading))
