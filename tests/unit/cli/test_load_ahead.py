"""Loads that `make all` prepares in parallel: a stage takes one only if it would make the same files itself."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.cli import load_ahead
from loaders.cli.fork_client import SERVER_VARIABLE
from loaders.cli.fork_server import fork_server
from loaders.cli.load_ahead import loaded_ahead, worker_count
from loaders.cli.ready_loads import (
    MESSAGES,
    is_loaded,
    load_fingerprint,
    note_loaded,
    ready_folder,
    take_ready_load,
)
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Settings
from loaders.settings.project import read_project
from tests.unit.conftest import Run

NORTH, SOUTH = "a_north_2020", "b_south_2021"
Project = tuple[Settings, ProjectPaths]


@pytest.fixture
def opened(project: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(project)
    return read_project()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with fork_server():
        yield os.environ[SERVER_VARIABLE]


def prepare(eo_pv: Run, paths: ProjectPaths, message: str = "") -> None:
    """Prepare the load of the north, as a process of the fork server does."""
    ready_folder(NORTH, paths).mkdir(parents=True)
    (ready_folder(NORTH, paths) / MESSAGES).write_text(message)
    assert eo_pv("load", "--ahead", NORTH)[0] == 0


def outputs(paths: ProjectPaths) -> dict[str, str]:
    files = (paths.loaded(NORTH), paths.rejected(NORTH), paths.metrics(NORTH))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_prepared_load_has_the_files_and_messages_of_the_stage(eo_pv: Run, opened: Project) -> None:
    _, paths = opened
    prepare(eo_pv, paths, "a warning\n")
    code, output, errors = eo_pv("load", NORTH)
    assert (code, errors, ready_folder(NORTH, paths).exists()) == (0, "a warning\n", False)
    taken = outputs(paths)
    assert eo_pv("load", NORTH) == (0, output, "")
    assert outputs(paths) == taken


@pytest.mark.parametrize("changed", ["raw", "receipt", "lock", "settings", "origin"])
def test_a_prepared_load_of_anything_else_is_not_taken(changed: str, eo_pv: Run, opened: Project) -> None:
    settings, paths = opened
    prepare(eo_pv, paths)
    file = paths.raw(NORTH) / "north.geojson"
    if changed == "raw":
        os.utime(file, ns=(1, 1))
    elif changed == "receipt":
        receipt = json.loads(paths.receipt(NORTH).read_text())
        receipt["published"]["north.geojson"]["sha256"] = "0" * 64
        paths.receipt(NORTH).write_text(json.dumps(receipt))
    elif changed == "lock":
        paths.lock(NORTH).write_text(paths.lock(NORTH).read_text() + "\n")
    elif changed == "settings":
        settings = settings.model_copy(update={"h3_resolution": 5})
    else:
        paths = ProjectPaths(paths.root, "doi")
    assert take_ready_load(settings.datasets[NORTH], settings, paths) is None


def test_a_load_of_an_archive_is_taken_after_the_archive_was_unpacked_again(
    eo_pv: Run, opened: Project, project: Path
) -> None:
    _, paths = opened
    with zipfile.ZipFile(project / "north.zip", "w") as archive:
        archive.write(project / "north.geojson", "north.geojson")
    settings_file = project / "params.yaml"
    settings_file.write_text(settings_file.read_text().replace("north.geojson", "north.zip"))
    prepare(eo_pv, paths)
    unpacked = paths.raw(NORTH) / "north.zip.unpacked" / "north.geojson"
    os.utime(unpacked, ns=(1, 1))
    settings, _ = read_project()
    expected = load_fingerprint(settings.datasets[NORTH], settings, paths)
    assert eo_pv("fetch", NORTH)[0] == 0
    assert load_fingerprint(settings.datasets[NORTH], settings, paths) == expected
    unpacked.write_bytes(unpacked.read_bytes().replace(b"n0", b"n9"))
    assert take_ready_load(settings.datasets[NORTH], settings, paths) is None, "same size, other bytes"


def test_a_load_that_fails_is_left_to_its_stage(eo_pv: Run, opened: Project, project: Path) -> None:
    _, paths = opened
    (project / "north.geojson").write_text('{"type": "FeatureCollection", "features": [{"type": ')
    ready_folder(NORTH, paths).mkdir(parents=True)
    assert eo_pv("load", "--ahead", NORTH)[0] == 1
    settings, _ = opened
    assert take_ready_load(settings.datasets[NORTH], settings, paths) is None
    assert not paths.loaded(NORTH).exists()


def test_a_dataset_is_prepared_only_if_its_load_is_missing_or_another(eo_pv: Run, opened: Project) -> None:
    settings, paths = opened
    dataset = settings.datasets[NORTH]
    assert not is_loaded(dataset, settings, paths)
    prepare(eo_pv, paths)
    eo_pv("load", NORTH)
    assert is_loaded(dataset, settings, paths)
    assert not is_loaded(dataset, settings.model_copy(update={"h3_resolution": 5}), paths)
    paths.load_note(NORTH).unlink()
    assert is_loaded(dataset, settings.model_copy(update={"h3_resolution": 5}), paths), "unknown: left to DVC"
    note_loaded(dataset, settings, paths)
    paths.rejected(NORTH).unlink()
    assert not is_loaded(dataset, settings, paths)


@pytest.mark.parametrize(
    ("cores", "memory_mb", "count"), [(2, 16_000, 2), (64, 16_000, 8), (2, 3_900, 1), (1, 64_000, 1), (2, 500, 1)]
)
def test_as_many_loads_run_as_cores_and_memory_allow(cores: int, memory_mb: float, count: int) -> None:
    assert worker_count(cores, memory_mb) == count


@pytest.mark.parametrize(
    ("arguments", "unreachable", "prepared"),
    [
        (["--force"], [], {NORTH, SOUTH}),
        (["-k"], [], {NORTH, SOUTH}),
        ([], [NORTH], set()),
        (["--single-item", "build"], [], set()),
    ],
)
def test_datasets_are_loaded_ahead_in_parallel_and_forgotten_at_the_end(
    arguments: list[str],
    unreachable: list[str],
    prepared: set[str],
    server: str,
    opened: Project,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("loaders.cli.load_ahead.worker_count", lambda cores, memory_mb: 2)
    settings, paths = opened
    with loaded_ahead(arguments, settings, paths, unreachable):
        assert {path.parent.name for path in paths.scratch("ready").glob("*/ready.json")} == prepared
    assert not paths.scratch("ready").exists()


def test_a_load_ahead_leaves_the_scratch_folder_of_a_stage_alone(eo_pv: Run, opened: Project) -> None:
    _, paths = opened
    running = paths.scratch(f"load-{NORTH}") / "unnamed.arrows"  # of a `dvc repro` beside it
    running.parent.mkdir(parents=True)
    running.touch()
    prepare(eo_pv, paths)
    assert running.exists()


def test_what_dvc_finds_unchanged_is_not_prepared_again(
    eo_pv: Run, opened: Project, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, paths = opened
    for key in (NORTH, SOUTH):
        for step in ("resolve", "fetch", "load"):
            assert eo_pv(step, key)[0] == 0
        paths.load_note(key).write_text('{"fingerprint": "of other code"}')
    datasets = settings.datasets.values()
    assert not any(is_loaded(each, settings, paths) for each in datasets)
    monkeypatch.setenv(SERVER_VARIABLE, server)
    monkeypatch.setattr(load_ahead, "worker_count", lambda *_: 2)
    with loaded_ahead([], settings, paths, []):
        pass
    assert all(is_loaded(each, settings, paths) for each in datasets)
