from pathlib import Path

from loaders.add.category_records import category_records
from loaders.add.guess_categories import status
from loaders.add.guess_coordinates import missing_positions
from loaders.add.guess_technology import technology_filter
from loaders.add.inspect import inspect_file
from loaders.settings.file_selection import SourceFile


def _write(path: Path, rows: int) -> SourceFile:
    """A table whose last row is a retired plant, in a spelling of its fuel that no other row has."""
    lines = [f"{row},{8 + row / 100},50,{'Wind' if row % 3 else 'Solar'},Operational" for row in range(rows)]
    path.write_text("\n".join(["id,lon,lat,fuel,status", *lines, f"{rows},9,50,SOLAR,Retired"]))
    return SourceFile(path, path.name)


def test_a_value_that_the_sample_lacks_is_in_the_lists_and_in_the_counts(tmp_path: Path) -> None:
    file = _write(tmp_path / "a.csv", 300)
    inspection = inspect_file(file, lambda layers: layers[0], rows=20)
    assert "Retired" not in inspection.columns["status"]
    records = category_records(file, inspection)
    row_filter, statuses = technology_filter(records), status(records)
    assert row_filter is not None
    assert row_filter.value == {"fuel": ["SOLAR", "Solar"]}
    assert row_filter.reason == "200 of the 301 records looked at (66.4 %) are left out: 'Wind' (200)"
    assert statuses is not None
    assert statuses.value == {"column": "status", "operating": ["Operational"], "retired": ["Retired"]}


def test_a_sample_of_all_records_is_not_read_again(tmp_path: Path) -> None:
    file = _write(tmp_path / "a.csv", 10)
    inspection = inspect_file(file, lambda layers: layers[0], rows=20)
    assert category_records(file, inspection) is inspection


def test_a_file_that_cannot_be_read_to_its_end_is_judged_by_the_sample(tmp_path: Path) -> None:
    file = _write(tmp_path / "a.csv", 300)
    file.path.write_text(file.path.read_text() + "\n302,9,50,Solar,Operational,too,many\n")
    inspection = inspect_file(file, lambda layers: layers[0], rows=20)
    assert category_records(file, inspection) is inspection


def test_records_without_a_position_are_counted_over_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "\n".join(["id,lon,lat", *(f"{row},," for row in range(150)), *(f"{row},8,50" for row in range(50))])
    )
    file = SourceFile(path, path.name)
    inspection = inspect_file(file, lambda layers: layers[0], rows=20)
    records = category_records(file, inspection)
    message = "150 of the 200 records looked at (75.0 %) have no position: they are rejected"
    assert missing_positions(inspection, records) == [message]
