import numpy as np
import pyarrow as pa
import pytest

from loaders.core.errors import ReadError
from loaders.harmonise.values.record_licences import UnlistedLicences, record_licences
from loaders.settings.stated_licence import NO_LICENCE, StatedLicence

SOURCES = pa.table({"Source": ["OSM", " osm ", "TZSAM", "CECSFC", "", None]})
VALUES: dict[str | int | float | bool, str] = {"OSM": "ODbL", "TZSAM": "CC-BY-NC-4.0"}


def test_a_record_has_the_licence_of_its_origin_in_any_case_and_others_have_none() -> None:
    licence = StatedLicence(column="Source", values=VALUES, otherwise="unknown")
    expected = ["ODbL-1.0", "ODbL-1.0", "CC-BY-NC-4.0", *["not stated"] * 3]
    assert record_licences(SOURCES, licence, "gmseus") == expected


def test_values_of_numbers_and_truth_values_are_compared_as_text() -> None:
    rows = pa.table({"by": [1.0, 2.0, None], "ours": [True, False, None]})
    by_number = StatedLicence(column="by", values={1: "CC0-1.0", "2": "unknown"}, otherwise="MIT")
    by_truth = StatedLicence(column="ours", values={True: "CC0-1.0"}, otherwise="MIT")
    assert record_licences(rows, by_number, "farms") == ["CC0-1.0", "not stated", "MIT"]
    assert record_licences(rows, by_truth, "farms") == ["CC0-1.0", "MIT", "MIT"]


def test_one_licence_is_that_of_all_records() -> None:
    assert record_licences(SOURCES, StatedLicence(otherwise="cc-by-4.0"), "farms") == ["CC-BY-4.0"] * 6
    assert record_licences(SOURCES, NO_LICENCE, "farms") == ["not stated"] * 6


def _require_none(licence: StatedLicence, wanted: list[bool]) -> None:
    unlisted = UnlistedLicences(licence, "gmseus")
    unlisted.add(SOURCES, np.array(wanted))
    unlisted.add(SOURCES, np.array(wanted))
    unlisted.require_none()


def test_a_value_without_a_licence_is_an_error_with_its_number_of_records() -> None:
    with pytest.raises(ReadError) as error:
        _require_none(StatedLicence(column="Source", values=VALUES), [True] * 6)
    assert str(error.value) == (
        "gmseus: column 'Source' holds values that datasets.gmseus.licence.values in params.yaml does not list: "
        "'(blank)' (4), 'CECSFC' (2). Give each its licence, as in `'CECSFC': CC-BY-4.0`; or say the licence of all "
        "other records, in the form `otherwise: unknown` where none is stated."
    )


def test_rows_that_where_excludes_and_other_records_of_a_known_licence_need_none() -> None:
    _require_none(StatedLicence(column="Source", values=VALUES), [True, True, True, False, False, False])
    _require_none(StatedLicence(column="Source", values=VALUES, otherwise="MIT"), [True] * 6)


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(ReadError, match=r"no column 'origin', which datasets\.gmseus\.licence\.column in params\.yaml"):
        record_licences(SOURCES, StatedLicence(column="origin", values=VALUES), "gmseus")
