import datetime as dt
import json
import math
import struct
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from loaders.harmonise.source_attributes import json_rows

FLOATS = [0.0, -0.0, 1.0, 0.1, 1e-4, 9.999999999999999e-05, 5e-324, 1e10, 9_999_999_999.5, 1e15, 1e16, 1e22, 2.0**53]
TEXTS = ["", 'a"b', "\\", "\x00\x1f\x7f", "\n\r\t\b\f", "é中\u2028", "null", "a, b", "\U0001f600", None]


def _by_python(values: list[Any]) -> list[str]:
    return [json.dumps({"v": value}, ensure_ascii=False) for value in values]


def test_floats_are_written_as_python_writes_them() -> None:
    numbers = np.random.default_rng(1)
    floats = FLOATS + [
        round(value, digits) for digits in range(10) for value in numbers.uniform(-1e6, 1e6, 50).tolist()
    ]
    floats += [sign * 10**value for sign in (1, -1) for value in numbers.uniform(-6, 18, 500).tolist()]
    floats += [value for value in struct.unpack("200d", numbers.bytes(1600)) if math.isfinite(value)]
    assert json_rows(pa.table({"v": pa.array([*floats, None])})) == _by_python([*floats, None])


def test_what_is_not_finite_is_null() -> None:
    values = pa.array([math.nan, math.inf, -math.inf, 1.5], pa.float64())
    assert json_rows(pa.table({"v": values})) == ['{"v": null}', '{"v": null}', '{"v": null}', '{"v": 1.5}']


def test_texts_are_escaped_as_python_escapes_them() -> None:
    assert json_rows(pa.table({"v": pa.array(TEXTS)})) == _by_python(TEXTS)
    assert json_rows(pa.table({"v": pa.array(TEXTS).dictionary_encode()})) == _by_python(TEXTS)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([2**63 - 1, None, -(2**63)]), [str(2**63 - 1), "null", str(-(2**63))]),
        (pa.array([2**64 - 1], pa.uint64()), [str(2**64 - 1)]),
        (pa.array([True, None, False]), ["true", "null", "false"]),
        (pa.nulls(1), ["null"]),
        (pa.array([dt.date(1, 1, 2), None]), ['"0001-01-02"', "null"]),
        (pa.array(["2020-01-02T03"]).cast(pa.timestamp("us")), ['"2020-01-02 03:00:00"']),
        (pa.array([b"\x00\xff", b""]), ['"00ff"', '""']),
        (pa.array([[1.0, math.nan], []]), ["[1.0, null]", "[]"]),
    ],
)
def test_each_type_has_its_form(values: pa.Array, expected: list[str]) -> None:
    assert json_rows(pa.table({"v": values})) == [f'{{"v": {text}}}' for text in expected]


def test_columns_stand_in_their_order_and_names_are_escaped() -> None:
    table = pa.table({'b"': [1, 2], "a": ["x", None]})
    assert json_rows(table) == ['{"b\\"": 1, "a": "x"}', '{"b\\"": 2, "a": null}']


def test_rows_in_several_chunks_are_all_written() -> None:
    table = pa.table({"v": pa.chunked_array([[1], [], [2, 3]])})
    assert json_rows(table) == ['{"v": 1}', '{"v": 2}', '{"v": 3}']
    assert json_rows(table.slice(0, 0)) == []
