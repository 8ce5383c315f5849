"""dvc.yaml says what each stage depends on; the imports say what it really runs."""

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
STAGES: dict[str, Any] = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]

# modules that a stage imports, but that cannot change a byte of what it makes
WITHOUT_EFFECT = {
    "load": {
        "__init__",  # imports lazily
        "arrays",  # types
        "database",  # not used by a single load, as what stores in it
        "lake",
        "catalog_lake",  # settings of the build, and of irradiance
        "catalog_irradiance",
        "raw_tables",
        "build_inputs",
        "overrides",
        "executors",  # not used by a single load
        "failures",  # not used by a single load
        "freshness",  # by what a load is made from; the lock and the settings are dependencies
        "project",  # as workspace
        "archive_7z",  # what is unpacked is a dependency
        "archive_formats",
        "archives",
        "cache",  # as fetch
        "catalog_build",  # settings of the build
        "catalog_errors",  # words
        "download",  # as fetch
        "downloads",  # as fetch
        "duck",  # not used by a single load
        "errors",  # words
        "fetch",  # replaced by the files that it has brought
        "licences",  # the kinds that the settings may name
        "lock_changes",  # words
        "partial_file",  # as fetch
        "patience",  # as fetch
        "publishers",  # as resolve
        "resolve",  # the lock is a dependency
        "seen",  # as fetch
        "web",  # as fetch
        "workspace",  # paths, which dvc.yaml repeats
    },
    "boundaries": {
        "__init__",
        "antimeridian",  # not used by a repair
        "arrays",  # types
        "contract",  # only names the columns
        "errors",  # words
        "workspace",  # paths, which dvc.yaml repeats
        *(
            "archive_7z",
            "archive_formats",
            "archives",
            "beginnings",
            "locks",
        ),  # a hash of the result, for the warehouse
        *("catalog", "catalog_build", "catalog_columns", "catalog_errors", "catalog_source", "licences", "project"),
        *("catalog_irradiance", "catalog_lake", "lake"),
        *("database", "duck", "store", "raw_tables", "loaded", "build_inputs", "overrides"),  # not used for the file
        *("patience", "progress", "web"),  # how it is asked
    },
    "cells": {
        *("__init__", "antimeridian", "arrays", "contract", "errors", "workspace"),
        *("catalog", "catalog_build", "catalog_columns", "catalog_errors", "catalog_source", "licences"),
        *("catalog_irradiance", "catalog_lake"),
    },
    "irradiance": {
        *("__init__", "arrays", "contract", "errors", "workspace"),
        *("antimeridian", "geometry"),  # not used: the cells are a dependency
        *(
            "archive_7z",
            "archive_formats",
            "archives",
            "beginnings",
            "locks",
        ),  # a hash of the result, for the warehouse
        *("catalog", "catalog_build", "catalog_columns", "catalog_errors", "catalog_source", "licences", "project"),
        *("catalog_irradiance", "catalog_lake", "lake"),
        *("database", "duck", "store", "raw_tables", "loaded", "build_inputs", "overrides"),  # not used for the file
        *("cache", "patience", "progress", "web"),  # how it is asked
    },
    "build": {
        "__init__",
        "freshness",  # what it is asked for is no output
        "database",  # where, not what
        "project",
        "archive_7z",  # only judges the names in a lock
        "archive_formats",
        "archives",
        "beginnings",  # words
        "arrays",
        "catalog",  # its settings are parameters of the stage
        "catalog_build",
        "catalog_columns",
        "catalog_errors",
        "catalog_irradiance",
        "catalog_lake",
        "catalog_source",
        "contract",  # the columns of the loaded files, which are a dependency
        "dbt_results",  # words
        "errors",
        "locks",
        "workspace",
    },
}
ENTRY = {
    "load": "raw_pv_doi_ingest",
    "cells": "cells",
    "boundaries": "overture_maps_loader",
    "irradiance": "solar_irradiance_loader",
    "build": "warehouse",
}
# with all that they import: lineage only tells, and `eo-pv warehouse` switches off the hooks that run pipelines
WITHOUT_PART = {"lineage", "lineage_steps", "pipelines"}
# imported by the name of the dataset, and by dbt
BY_NAME = {"load": ["datasets"], "build": ["dbt_plugin", "cluster_records", "measure_shapes"]}


def imported(module: str, seen: set[str] | None = None) -> set[str]:
    """The modules of `loaders` that a module brings in, itself included; packages as one."""
    seen = seen if seen is not None else set()
    module = module.partition(".")[0]
    if (ROOT / "loaders" / module).is_dir():
        seen.add(module)
    if module in seen or module in WITHOUT_PART or not (ROOT / "loaders" / f"{module}.py").exists():
        return seen
    seen.add(module)
    for node in ast.walk(ast.parse((ROOT / "loaders" / f"{module}.py").read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "loaders":
            below = node.module.partition(".")[2]
            for name in [below] if below else [alias.name for alias in node.names]:
                imported(name, seen)
    return seen | {"__init__"}


def listed(stage: str) -> set[str]:
    deps = STAGES[stage].get("do", STAGES[stage])["deps"]
    return {Path(dep).stem for dep in deps if dep.startswith("loaders/")}


@pytest.mark.parametrize("stage", ENTRY)
def test_a_stage_lists_every_module_that_can_change_its_output(stage: str) -> None:
    modules = set().union(*(imported(module) for module in (ENTRY[stage], *BY_NAME.get(stage, []))))
    assert listed(stage) == modules - WITHOUT_EFFECT[stage]


@pytest.mark.parametrize("stage", ["resolve", "fetch"])
def test_a_change_of_code_never_asks_a_publisher_again(stage: str) -> None:
    assert not [dep for dep in STAGES[stage]["do"].get("deps", []) if "loaders" in dep]


def test_every_stage_says_what_it_does() -> None:
    assert set(STAGES) == {"resolve", "fetch", "load", "cells", "boundaries", "irradiance", "build", "report"}
    assert all(stage.get("do", stage)["desc"] for stage in STAGES.values())
