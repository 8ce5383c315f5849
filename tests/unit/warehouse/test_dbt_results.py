import json
from pathlib import Path

from loaders.warehouse.dbt_results import explain_failure, read_warnings


def test_tests_that_warn_are_counted_by_their_name(tmp_path: Path) -> None:
    results = [
        {"unique_id": "test.eo_pv.no_cell_has_more_sun_than_usual.3b1f", "status": "warn", "failures": 13},
        {"unique_id": "test.eo_pv.a_country_has_two_letters.77aa", "status": "pass", "failures": 0},
        {"unique_id": "model.eo_pv.prep_pv_pairs", "status": "success", "failures": None},
    ]
    path = tmp_path / "run_results.json"
    path.write_text(json.dumps({"results": results}))
    assert read_warnings(path) == {"no_cell_has_more_sun_than_usual": 13}
    assert read_warnings(tmp_path / "none.json") == {}


def test_irradiance_that_is_older_than_the_records_is_named_with_the_commands_that_renew_it(tmp_path: Path) -> None:
    failed = {"unique_id": "test.eo_pv.every_cell_was_asked_for.9a", "status": "fail", "message": "Got 3 results"}
    path = tmp_path / "run_results.json"
    path.write_text(json.dumps({"results": [failed]}))
    message = explain_failure(path, "", tmp_path / "data" / "doi" / ".work" / "build" / "eo_pv_data.duckdb")
    assert message == (
        "The solar irradiance is older than the records: it has no cell for some of them. Run `dvc repro`, or `eo-pv "
        "cells` and `eo-pv irradiance`; the tables of the last good build stay."
    )
