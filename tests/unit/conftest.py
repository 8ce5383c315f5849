from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loaders.__main__ import main
from loaders.core.paths import ProjectPaths
from loaders.read.published import Published, published
from tests.duckdb_extensions import extensions_verified_once
from tests.unit.curated import write_published_project

__all__ = ["extensions_verified_once"]  # a fixture
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def eo_pv(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in the project; returns exit code, output and errors."""
    monkeypatch.chdir(project)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["eo-pv", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        code = left.value.code or 0
        return int(code), *capsys.readouterr()

    return run


@pytest.fixture(scope="session")
def published_paths(tmp_path_factory: pytest.TempPathFactory) -> ProjectPaths:
    """A project with published tables; do not change it."""
    root = tmp_path_factory.mktemp("published") / "[a] key='1' ü"  # neither a pattern, a partition nor SQL
    root.mkdir()
    return write_published_project(root)


@pytest.fixture(scope="session")
def published_tables(published_paths: ProjectPaths) -> Iterator[Published]:
    """Its tables, opened once."""
    with published(published_paths.root) as tables:
        yield tables
