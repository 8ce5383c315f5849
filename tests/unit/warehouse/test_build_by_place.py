"""What a build by place compiles before it begins, and how it shares memory."""

from concurrent.futures import Future
from pathlib import Path

import pytest

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.pipelines import PIPELINES
from loaders.warehouse import build_by_place
from loaders.warehouse.dbt_sources import sources_file
from loaders.warehouse.shards.models import CompiledModels

COMPILED = CompiledModels((), (), ())


class RawTables:
    """Writes of the raw tables, which describe them to dbt."""

    def __init__(self, root: Path) -> None:
        self.root, self.writes, self.text = root, 0, "new"

    def write(self) -> Future[None]:
        self.writes += 1
        for name in PIPELINES:
            path = sources_file(name, self.root / "dbt")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text)
        done: Future[None] = Future()
        done.set_result(None)
        return done


@pytest.fixture
def raw_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RawTables:
    """A stand-in for dbt compiles what is described as new."""

    def compile_models(root: Path, *_: object) -> CompiledModels:
        if sources_file(next(iter(PIPELINES)), root / "dbt").read_text() != "new":
            raise BuildError("a source is missing")
        return COMPILED

    monkeypatch.setattr(build_by_place, "compiled_models", compile_models)
    return RawTables(tmp_path)


def _compile(raw_tables: RawTables) -> tuple[CompiledModels, bool]:
    return build_by_place._compile(raw_tables.write, ProjectPaths(raw_tables.root, "doi"), {})


def test_a_new_project_describes_its_raw_tables_before_dbt_compiles(raw_tables: RawTables) -> None:
    assert (_compile(raw_tables), raw_tables.writes) == ((COMPILED, True), 1)


def test_what_is_described_is_not_written_for_that(raw_tables: RawTables) -> None:
    raw_tables.write()
    assert (_compile(raw_tables), raw_tables.writes) == ((COMPILED, False), 1)


def test_what_an_older_version_has_described_is_described_again(raw_tables: RawTables) -> None:
    raw_tables.write()
    for name in PIPELINES:
        sources_file(name, raw_tables.root / "dbt").write_text("old")
    assert (_compile(raw_tables), raw_tables.writes) == ((COMPILED, True), 2)


def test_models_that_cannot_be_compiled_are_an_error(raw_tables: RawTables) -> None:
    raw_tables.text = "old"
    with pytest.raises(BuildError, match="a source is missing"):
        _compile(raw_tables)


@pytest.mark.parametrize(
    ("available_mb", "expected"),
    [(400, (1, 200)), (1350, (1, 675)), (2999, (1, 1000)), (3000, (2, 1000)), (20_000, (2, 1000))],
)
def test_two_processes_write_files_where_dbt_keeps_its_memory(available_mb: int, expected: tuple[int, int]) -> None:
    assert build_by_place.export_shares(available_mb) == expected
