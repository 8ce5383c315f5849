"""dvc.yaml: what runs a stage again, and that no setting is ever part of a command."""

from pathlib import Path
from typing import Any

import grimp
import pytest
import yaml

from loaders.cli.console import key_of_stage
from loaders.settings.effective import effective_settings
from loaders.settings.params import Settings

ROOT = Path(__file__).resolve().parents[3]
STAGES: dict[str, Any] = {
    name: stage.get("do", stage) for name, stage in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].items()
}
OF_THE_SOURCE = {"resolve", "fetch"}
PER_DATASET = OF_THE_SOURCE | {"load"}

# where the code of a stage begins, modules that are imported by name included
ENTRIES = {
    "settings": {"loaders.settings.effective"},
    "load": {"loaders.doi_datasets", "loaders.raw_pv_doi_ingest", "loaders.datasets"},
    "cells": {"loaders.geo.record_cells", "loaders.core.prune"},
    "boundaries": {"loaders.overture_maps_loader"},
    "irradiance": {"loaders.solar_irradiance_loader", "loaders.irradiance.providers"},
    "build": {"loaders.warehouse.build", "loaders.warehouse.models", "loaders.dbt_plugin"},
    "report": {"loaders.report.write"},
}
# code that a stage imports and whose change cannot change its bytes
WITHOUT_EFFECT = {
    "loaders.acquire": "its files are dependencies themselves, byte for byte",
    "loaders.cli": "it prints",
    "loaders.execution": "it decides who computes, not what",
    "loaders.http": "an answer is verified, or understood by the module that asked",
    "loaders.lineage": "it describes a run that is complete without it",
}
WITH_EFFECT = {"loaders.acquire.lock", "loaders.acquire.receipt"}  # later stages read these two files
NOT_RUN = {
    # it ends before the node that stores tables; of the registry it takes the name of its graph
    "load": {"loaders.db", "loaders.pipelines", "loaders.warehouse"},
    "boundaries": {"loaders.warehouse"},  # only `run_overture_pipeline` stores tables
    "irradiance": {"loaders.db", "loaders.warehouse"},  # only `run_solar_pipeline` stores tables
    "build": {  # hooks run pipelines, which a build switches off
        *("loaders.raw_pv_doi_ingest", "loaders.overture_maps_loader", "loaders.solar_irradiance_loader"),
    },
}


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("loaders", cache_dir=None)


@pytest.mark.parametrize("stage", sorted(ENTRIES))
def test_a_stage_depends_on_the_folders_of_the_code_it_imports(stage: str, imports: grimp.ImportGraph) -> None:
    waiting = {*ENTRIES[stage], *(each for name in ENTRIES[stage] for each in imports.find_descendants(name))}
    reached: set[str] = set()
    while waiting:
        module = waiting.pop()
        reached.add(module)
        imported = imports.find_modules_directly_imported_by(module)
        waiting |= {name for name in imported if _has_effect(name, stage)} - reached
    assert [dep for dep in STAGES[stage]["deps"] if dep.startswith("loaders")] == sorted(set(map(_dependency, reached)))


def _has_effect(module: str, stage: str) -> bool:
    package = _package(module)
    return module in WITH_EFFECT or (package not in WITHOUT_EFFECT and package not in NOT_RUN.get(stage, set()))


def _package(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _dependency(module: str) -> str:
    path = (module if module in WITH_EFFECT else _package(module)).replace(".", "/")
    return path if (ROOT / path).is_dir() else f"{path}.py"


@pytest.mark.parametrize("stage", sorted(ENTRIES))
def test_another_version_of_a_package_runs_a_stage_that_computes_again(stage: str) -> None:
    assert "requirements.lock" in STAGES[stage]["deps"]


@pytest.mark.parametrize("stage", sorted(OF_THE_SOURCE))
def test_a_change_of_code_never_asks_a_publisher_again(stage: str) -> None:
    assert not [dep for dep in STAGES[stage].get("deps", []) if "loaders" in dep or "requirements" in dep]


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_no_setting_is_pasted_into_a_command(stage: str) -> None:
    argument = ' "$DVC_STAGE"' if stage in PER_DATASET else ""
    command = {"build": "warehouse"}.get(stage, stage)
    assert STAGES[stage]["cmd"] == f"python -m loaders {command}{argument}"


@pytest.mark.parametrize(
    "name", ["load@farms", "dvc.yaml:load@farms", "local/dvc.yaml:load@farms", "../dvc.yaml:load@farms", "farms"]
)
def test_a_command_knows_its_dataset_by_the_name_of_its_stage(name: str) -> None:
    assert key_of_stage(name) == "farms"


def test_own_datasets_have_the_same_stages_and_need_not_exist() -> None:
    document = yaml.safe_load((ROOT / "local" / "dvc.yaml").read_text())
    expected = {}
    for name in PER_DATASET:
        stage = dict(STAGES[name])
        if "params" in stage:
            of_dataset = [each for each in stage["params"] if isinstance(each, str) and "datasets" in each]
            shared = [each for each in stage["params"] if isinstance(each, str) and each not in of_dataset]
            effective_ones = [each for each in stage["params"] if isinstance(each, dict)]
            stage["params"] = [*shared, {"local/params.yaml": of_dataset}, *effective_ones]
        expected[name] = {"foreach": "${datasets}", "do": {"wdir": "..", **stage}}
    assert document["stages"] == expected
    assert {"datasets": {}} in document["vars"]


@pytest.mark.parametrize("stage", ["cells", "build", "report"])
def test_a_stage_of_all_datasets_runs_again_when_the_own_ones_change(stage: str) -> None:
    assert "datasets" in effective(stage)
    assert "local" in STAGES[stage]["deps"]


def test_the_settings_of_a_stage_have_a_value_even_if_params_yaml_has_none() -> None:
    minimal = Settings.model_validate({"datasets": {"farms": {"key": "farms", "source": {"path": "farms.geojson"}}}})
    document = effective_settings(minimal)
    names = {name for stage in STAGES for name in effective(stage)}
    assert {name for name in names if missing(document, name)} == set()
    stated = {name for stage in STAGES.values() for name in stage.get("params", []) if isinstance(name, str)}
    assert stated == {"origin", "datasets.${key}", "datasets.${key}.source"}


def effective(stage: str) -> list[str]:
    """The effective settings that a stage depends on."""
    files = [each for each in STAGES[stage].get("params", []) if isinstance(each, dict)]
    return [name for each in files for name in each["data/${origin}/settings.json"]]


def missing(document: Any, name: str) -> bool:
    """Whether a setting has no value in a document."""
    for part in name.split("."):
        if part not in document:
            return True
        document = document[part]
    return False


def test_every_stage_says_what_it_does() -> None:
    assert set(STAGES) == {*OF_THE_SOURCE, *ENTRIES}
    assert all(stage["desc"] for stage in STAGES.values())
