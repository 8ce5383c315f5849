import json

from loaders.core.progress import Activity
from loaders.warehouse.dbt_progress import error_messages


def test_the_progress_of_dbt_is_reported_and_its_errors_are_text() -> None:
    start = {"data": {"index": 12, "total": 43}, "info": {"name": "LogStartLine", "level": "info", "msg": "START"}}
    error = {"data": {}, "info": {"name": "X", "level": "error", "msg": "Compilation Error\n  no such macro"}}
    with Activity("building") as activity:
        messages = list(error_messages([json.dumps(start), json.dumps(error), "Traceback of Python\n", "7\n"]))
        assert activity.detail == "dbt 12 of 43"
    assert messages == ["Compilation Error\n  no such macro", "Traceback of Python", "7"]
