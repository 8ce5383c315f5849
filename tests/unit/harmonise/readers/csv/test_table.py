import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.add.inspect_csv import read_table
from loaders.harmonise.readers.csv.points import read_csv
from loaders.harmonise.readers.csv.table import column_names, csv_rows
from loaders.settings.columns import ReadOptions

hostile = settings(max_examples=50, deadline=None, derandomize=True, database=None)
CELL = st.text(max_size=12) | st.sampled_from(
    ['"', '""', ",", ";", "\n", "\r\n", "\r", " ", "#", "\x00", "\ufeff", "=1+1", "7"]
)
NAME = st.text(max_size=6) | st.sampled_from(["", " ", "lon", "id", "id_2", "column_3", "\ufeffid", "a\nb"])
TABLE = st.integers(1, 4).flatmap(
    lambda width: st.tuples(
        st.lists(NAME, min_size=width, max_size=width),
        st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=5),
    )
)


def _written(path: Path, rows: list[list[str]], delimiter: str, encoding: str) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@hostile
@given(
    table=TABLE,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_every_value_of_a_table_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[list[str], list[list[str]]], delimiter: str, encoding: str
) -> None:
    names, rows = table
    rows = [[*row, "10", "50"] for row in rows]
    path = _written(tmp_path_factory.mktemp("csv") / "a.csv", [[*names, "x°", "y°"], *rows], delimiter, encoding)
    reading = ReadOptions.model_validate({"delimiter": delimiter, "longitude": "x°", "latitude": "y°"})
    batches = [attributes for attributes, _ in read_csv(path, reading, "a.csv", "farms", rows=2)]
    found = [list(row.values()) for batch in batches for row in batch.to_pylist()]
    names = [names[0].removeprefix("\ufeff"), *names[1:], "x°", "y°"]
    kept = [place for place, name in enumerate(names) if name.strip() or any(row[place].strip() for row in rows)]
    assert found == [[row[place] or None for place in kept] for row in rows]
    looked = read_table(path, "a.csv", 100)
    assert (looked.delimiter, looked.rows) == (delimiter, len(rows))
    assert list(looked.columns) == batches[0].column_names


@hostile
@given(names=st.lists(NAME, max_size=8))
def test_each_column_has_a_name_of_its_own_and_published_names_stay_where_they_can(names: list[str]) -> None:
    found = column_names(names)
    assert len(set(found)) == len(found) == len(names)
    assert all(name.strip() for name in found)
    first = {name: place for place, name in reversed(list(enumerate(names))) if name.strip()}
    assert all(found[place] == name for name, place in first.items())


def test_a_row_knows_the_line_that_it_ends_in(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('title\n\nid,note\n1,"two\nlines"\n\n2,one\n')
    lines = [(line, fields[0]) for line, fields in csv_rows(tmp_path / "a.csv", ReadOptions(header_line=3))]
    assert lines == [(3, "id"), (5, "1"), (7, "2")]


def test_rows_of_nothing_but_delimiters_are_no_records(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,lon,lat\n1,2,3\n,,\n , ,\n4,5,6\n,,\n")
    assert list(csv_rows(path, ReadOptions())) == [
        (1, ["id", "lon", "lat"]),
        (2, ["1", "2", "3"]),
        (5, ["4", "5", "6"]),
    ]
