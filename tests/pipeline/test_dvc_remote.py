"""Results that one machine has made, another one gets: through a folder, and through a bucket."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.pipeline.conftest import ROOT, Project, copy_sources, without_build
from tests.services import CREDENTIALS, bucket_server

RESULTS = ("curated", "loaded", "metrics", "report")


@pytest.fixture
def bucket() -> Iterator[str]:
    """The address of a local S3 service."""
    with bucket_server() as address:
        yield address


def results(project: Project) -> dict[str, bytes]:
    paths = [path for name in RESULTS for path in project.data(name).rglob("*") if path.is_file()]
    paths = [path for path in paths if path.name not in {".gitignore", "run.js"}]  # facts of each run
    return {str(path.relative_to(project.root)): path.read_bytes() for path in paths}


def clone_without_data(project: Project, root: Path) -> Project:
    """What Git holds: sources, settings, dvc.lock and the locks; neither the user's files nor any result."""
    clone = copy_sources(root)
    for name in ("params.yaml", "dvc.lock"):
        shutil.copy2(project.root / name, root / name)
    shutil.copytree(project.data("locks"), clone.data("locks"))
    return clone


def has_everything_and_runs_nothing(project: Project, clone: Project, **environment: str) -> None:
    """What is stale, and then built from what was pulled, is in `tests/unit/warehouse/test_staleness.py`."""
    assert not clone.data("curated").exists()
    pulled = clone.run("make", "pull", **environment)
    assert (pulled.code, pulled.stages) == (0, set()), pulled.output
    assert results(clone) == results(project)
    assert "\nbuilt: warehouse --if-stale\n" in pulled.output


def test_results_travel_through_a_bucket_by_the_commands_of_compose(
    project: Project, tmp_path: Path, bucket: str
) -> None:
    clone = clone_without_data(project, tmp_path / "clone")
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    shell, options, script = services["eo-pv"]["command"]
    pushed = project.run(shell, options, script.replace("http://bucket:9000", bucket), **CREDENTIALS)
    assert pushed.code == 0, pushed.output
    assert clone.run("dvc", "remote", "add", "--default", "bucket", "s3://eo-pv/results").code == 0
    assert clone.run("dvc", "remote", "modify", "bucket", "endpointurl", bucket).code == 0
    has_everything_and_runs_nothing(project, clone, **CREDENTIALS, **without_build(tmp_path))
    kept = [project.root / ".dvc" / "config.local", clone.root / ".dvc" / "config", clone.root / "dvc.lock"]
    assert not [path for path in kept if CREDENTIALS["AWS_SECRET_ACCESS_KEY"] in path.read_text()]
