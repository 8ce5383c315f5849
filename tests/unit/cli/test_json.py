import json
from pathlib import Path

import pytest

from loaders.acquire.plan import LOCAL, DownloadPlan
from loaders.cli.json_documents import plan_document
from loaders.core.errors import SourceError
from tests.unit.conftest import Run

NORTH, SOUTH = "a_north_2020", "b_south_2021"


def test_check_as_json_is_one_document_with_every_error(eo_pv: Run, project: Path) -> None:
    assert json.loads(eo_pv("check", "--json")[1]) == {
        "ok": True,
        "origin": "sample",
        "datasets": [NORTH, SOUTH],
        "errors": [],
        "warnings": [],
    }
    (project / "north.geojson").unlink()
    code, output, errors = eo_pv("check", "--json")
    document = json.loads(output)
    assert (code, errors, document["ok"]) == (1, "", False)
    assert [error["dataset"] for error in document["errors"]] == [NORTH]
    assert "found nothing there" in document["errors"][0]["message"]
    assert eo_pv("check", "--json", "--keep-going")[:2] == (0, output)


@pytest.mark.parametrize("command", ["check", "plan", "verify"])
def test_an_error_that_ends_a_command_is_in_its_json(eo_pv: Run, project: Path, command: str) -> None:
    (project / "params.yaml").write_text("datsets: {}\n")
    code, output, errors = eo_pv(command, "--json")
    document = json.loads(output)
    assert (code, errors, document["ok"], len(document["errors"])) == (1, "", False, 1)
    assert "Did you mean datasets?" in document["errors"][0]["message"]
    assert eo_pv(command)[1] == ""  # the next command prints text again


def test_verify_as_json_tells_differing_files_from_proven_ones(eo_pv: Run, project: Path) -> None:
    for key in (NORTH, SOUTH):
        eo_pv("resolve", key)
        eo_pv("fetch", key)
    code, output, _ = eo_pv("verify", "--json")
    document = json.loads(output)
    assert (code, document["ok"], list(document["datasets"])) == (0, True, [NORTH, SOUTH])
    assert document["datasets"][NORTH]["proofs"]
    path = project / "data/sample/raw" / NORTH / "north.geojson"
    path.unlink()
    path.write_text("{}")
    code, output, errors = eo_pv("verify", "--json")
    document = json.loads(output)
    assert (code, errors, document["datasets"][NORTH]) == (1, "", {"ok": False, "proofs": []})
    assert [error["dataset"] for error in document["errors"]] == [NORTH]


def test_a_plan_as_json_has_no_size_where_one_is_unknown() -> None:
    plans = {
        "a": DownloadPlan(("x.org",), 2, 1, 100, ("no lock yet",)),
        "b": DownloadPlan((LOCAL,), 1, 0, 0, (), is_possible=False),
    }
    document = plan_document(plans, ["would run: fetch@a, load@a", "nothing would run"])
    assert (document["ok"], document["bytes"], document["steps"]) == (False, 100, ["fetch@a, load@a"])
    assert document["datasets"]["a"] == {
        "hosts": ["x.org"],
        "files": 2,
        "missing_files": 1,
        "bytes": 100,
        "notes": ["no lock yet"],
        "ok": True,
    }
    assert document["datasets"]["b"]["hosts"] == []
    document = plan_document(plans | {"c": SourceError("c: down")}, [])
    assert (document["bytes"], document["errors"]) == (None, [{"dataset": "c", "message": "c: down"}])
    unknown = {"d": DownloadPlan(("x.org",), 1, 1, None, ())}
    assert plan_document(unknown, [])["bytes"] is None
