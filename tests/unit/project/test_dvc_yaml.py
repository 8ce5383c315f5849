"""dvc.yaml: what runs a stage again, and that no setting is ever part of a command."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from loaders.cli.console import key_of_stage

ROOT = Path(__file__).resolve().parents[3]
STAGES: dict[str, Any] = {
    name: stage.get("do", stage) for name, stage in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].items()
}
OF_THE_SOURCE = {"resolve", "fetch"}
PER_DATASET = OF_THE_SOURCE | {"load"}


@pytest.mark.parametrize("stage", sorted(set(STAGES) - OF_THE_SOURCE))
def test_any_change_of_code_or_packages_runs_a_stage_that_computes_again(stage: str) -> None:
    assert {"loaders", "requirements.lock"} <= set(STAGES[stage]["deps"])


@pytest.mark.parametrize("stage", sorted(OF_THE_SOURCE))
def test_a_change_of_code_never_asks_a_publisher_again(stage: str) -> None:
    assert not [dep for dep in STAGES[stage].get("deps", []) if "loaders" in dep or "requirements" in dep]


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_no_setting_is_pasted_into_a_command(stage: str) -> None:
    argument = ' "$DVC_STAGE"' if stage in PER_DATASET else ""
    command = {"build": "warehouse"}.get(stage, stage)
    assert STAGES[stage]["cmd"] == f"python -m loaders {command}{argument}"


@pytest.mark.parametrize("name", ["load@farms", "dvc.yaml:load@farms", "../dvc.yaml:load@farms", "farms"])
def test_a_command_knows_its_dataset_by_the_name_of_its_stage(name: str) -> None:
    assert key_of_stage(name) == "farms"


def test_every_stage_says_what_it_does() -> None:
    assert set(STAGES) == {"resolve", "fetch", "load", "cells", "boundaries", "irradiance", "build", "report"}
    assert all(stage["desc"] for stage in STAGES.values())
