import json
from pathlib import Path

from loaders.warehouse.dbt_results import read_warnings


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
