"""The wheel: built from a copy of the sources, unpacked elsewhere, and every module of it imported there."""

import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ("LICENSE", "README.md", "loaders", "pyproject.toml")
BUILD = "from setuptools.build_meta import build_wheel; build_wheel('.')"
IMPORT_ALL = """
import importlib, pkgutil, loaders
names = [module.name for module in pkgutil.walk_packages(loaders.__path__, "loaders.")]
for name in names:
    importlib.import_module(name)
print(loaders.__file__, *names)
"""

pytestmark = pytest.mark.skipif(not find_spec("setuptools"), reason="setuptools, which builds the wheel, is not here")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel holds."""
    sources, place = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("installed")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, sources / name)
    subprocess.run([sys.executable, "-c", BUILD], cwd=sources, check=True, capture_output=True)
    (wheel,) = sources.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    return place


def test_the_wheel_holds_every_file_of_the_package(installed: Path) -> None:
    def files(folder: Path) -> set[str]:
        found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        return {name for name in found if "__pycache__" not in name}

    assert files(installed / "loaders") == files(ROOT / "loaders")


def test_every_module_of_the_wheel_is_imported_elsewhere(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    place, *names = done.stdout.split()
    assert Path(place) == installed / "loaders" / "__init__.py"
    assert "loaders.boundaries.overture.release" in names, "which the list of packages had forgotten"
