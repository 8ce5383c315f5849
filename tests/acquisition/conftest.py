"""A project whose datasets are published by the stand-in; the program runs unmodified, in processes of its own."""

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from loaders.core.paths import ProjectPaths
from tests.pipeline.conftest import Project, Run, copy_sources, square
from tests.publishers import Publishers
from tests.step_server import step_server

__all__ = ["step_server"]

IMPATIENT = {"timeout_s": 1.0, "backoff_s": 0.05, "attempts": 3, "longest_wait_s": 3.0, "slowest_bytes_per_s": 2000.0}
BUNDLED = {"source": "naturalearth"}
RECORD, CONCEPT = 5005868, 5005867
NAME = "predicted_set.geojson"


def farms(*ids: int, padding: int = 0) -> bytes:
    """A GeoJSON file of squares, each with an id; padded to a size that takes a while [bytes]."""
    features = [{"type": "Feature", "properties": {"id": id_}, "geometry": square(10 + id_ / 10, 50.0)} for id_ in ids]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    return (text + " " * (padding - len(text))).encode()


def zipped(**members: bytes) -> bytes:
    """A zip archive; dots in names are written as two underscores."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name.replace("__", "."), (2026, 1, 1, 0, 0, 0)), content)
    return stream.getvalue()


def _hear_interrupts() -> None:
    """A shell's background jobs, and what they start, are deaf to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(frozen=True, slots=True)
class Checkout(Project):
    """A project of origin `doi`, and the stand-in that its processes see instead of the world."""

    web: Publishers
    cache: Path

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in Project.environment(self).items() if "proxy" not in name.lower()}
        return inherited | self.web.environment() | {"EO_PV_CACHE": str(self.cache)}

    def eo_pv(self, *arguments: str, **environment: str) -> Run:
        """`eo-pv`."""
        return self.run(sys.executable, "-m", "loaders", *arguments, **environment)

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """`eo-pv` in the background, in a group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "loaders", *arguments],
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_hear_interrupts,  # noqa: PLW1509 (it takes no lock)
        )

    def settings(self, datasets: dict[str, dict[str, Any]], **more: Any) -> None:
        """Write params.yaml."""
        document = {"origin": "doi", "download": IMPATIENT, "boundaries": BUNDLED, "datasets": datasets}
        (self.root / "params.yaml").write_text(yaml.safe_dump(document | more, sort_keys=False))

    @property
    def paths(self) -> ProjectPaths:
        """Where things are."""
        return ProjectPaths(self.root, "doi")

    def lock(self, key: str) -> dict[str, Any]:
        """What a lock says."""
        document: dict[str, Any] = json.loads(self.paths.lock(key).read_text())
        return document

    def raw(self, key: str) -> dict[str, bytes]:
        """What was fetched, by its path below the raw folder."""
        folder = self.paths.raw(key)
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Publishers]:
    """The publishers."""
    with Publishers(tmp_path) as stand_in:
        yield stand_in


@pytest.fixture
def checkout(tmp_path: Path, web: Publishers) -> Checkout:
    """A project with one dataset, `farms`, at Zenodo; without DVC."""
    root = tmp_path / "project"
    root.mkdir()
    project = Checkout(root, web, tmp_path / "cache")
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: farms(1, 2)}, title="Farms", licence="cc-by-4.0")
    project.settings({"farms": zenodo_farms()})
    return project


@pytest.fixture
def workflow(tmp_path: Path, web: Publishers) -> Checkout:
    """A project with the sources of this one, so that DVC runs."""
    root = tmp_path / "workflow"
    copy_sources(root)
    return Checkout(root, web, tmp_path / "cache")


def zenodo_farms(**source: Any) -> dict[str, Any]:
    """The settings of that dataset."""
    return {
        "source": {"doi": f"10.5281/zenodo.{CONCEPT}", "include": [NAME], **source},
        "columns": {"source_id": "id"},
        "licence": "CC-BY-4.0",
    }


def without_proxies() -> dict[str, str]:
    """This environment without its proxies."""
    return {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
