"""The version of this program."""

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PROJECT_FILE = Path(__file__).parents[2] / "pyproject.toml"
UNKNOWN_VERSION = "0"


def program_version() -> str:
    """The installed version; without an installation, as in the container image, that of `pyproject.toml`."""
    try:
        return version("eo-pv")
    except PackageNotFoundError:
        return _stated_version(PROJECT_FILE)


def _stated_version(file: Path) -> str:
    if not file.is_file():
        return UNKNOWN_VERSION
    return str(tomllib.loads(file.read_text(encoding="utf-8"))["project"]["version"])
