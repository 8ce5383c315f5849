"""Settings of this machine: in either file, overruled by the environment."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.acquire.download_cache import user_cache
from loaders.core.errors import SettingsError
from loaders.core.paths import ProjectPaths
from loaders.db.connection import config
from loaders.lineage.emit import lineage_file
from loaders.settings.machine import Machine, hamilton_ui, use_machine
from loaders.settings.project import read_project
from tests.unit.settings.test_messages import PATHS

FARMS = "datasets:\n  farms:\n    source: {path: farms.geojson}\n"
MACHINE = (
    "machine: {memory_mb: 321, cache: /data/shared, lineage: out.jsonl, hamilton_ui_project: 7, hamilton_ui_user: me}"
)
VARIABLES = ("EO_PV_MEMORY_MB", "EO_PV_CACHE", "EO_PV_LINEAGE", "HAMILTON_UI_PROJECT", "HAMILTON_UI_USER")


@pytest.fixture(autouse=True)
def _plain_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    yield
    use_machine(Machine())


def _read(root: Path, shared: str = "", own: str = "") -> ProjectPaths:
    (root / "params.yaml").write_text(f"{FARMS}{shared}\n")
    (root / "local").mkdir()
    (root / "local/params.yaml").write_text(own)
    return read_project(root / "params.yaml")[1]


def _used(paths: ProjectPaths) -> tuple[object, ...]:
    return config()["memory_limit"], str(user_cache().root), lineage_file(paths), hamilton_ui()


def test_no_variable_of_the_environment_is_needed(tmp_path: Path) -> None:
    paths = _read(tmp_path, MACHINE)
    assert _used(paths) == ("321MB", "/data/shared", tmp_path / "out.jsonl", ("7", "me"))


def test_the_own_file_takes_precedence_and_the_environment_over_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = _read(tmp_path, MACHINE, "machine: {memory_mb: 99, cache: ~/here}\n")
    assert _used(paths)[:3] == ("99MB", str(Path("~/here").expanduser()), tmp_path / "out.jsonl")
    for name, value in zip(VARIABLES, ("55", "/there", "other.jsonl", "8", "you"), strict=True):
        monkeypatch.setenv(name, value)
    assert _used(paths) == ("55MB", "/there", tmp_path / "other.jsonl", ("8", "you"))


def test_without_any_there_is_no_lineage_and_no_ui(tmp_path: Path) -> None:
    paths = _read(tmp_path)
    assert _used(paths)[2:] == (None, ("", ""))


@pytest.mark.parametrize(
    ("shared", "own", "message"),
    [
        ("machine: {memory_mb: much}", "", "params.yaml: machine.memory_mb is 'much'; expected a whole number from 1"),
        ("", "machine: {memory_mb: 0}\n", "local/params.yaml: machine.memory_mb is 0; expected a whole number from 1"),
        (
            "",
            "machine: {memry_mb: 5}\n",
            "local/params.yaml: machine.memry_mb is not a setting. Did you mean memory_mb?",
        ),
        ("", "machine: 5\n", "local/params.yaml: machine is 5; expected settings below it."),
        ("", "max_mb: 5\n", "local/params.yaml: expected `datasets:` with one entry for each dataset, and `machine:`"),
    ],
)
def test_a_wrong_one_is_told_with_its_file(shared: str, own: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        _read(tmp_path, shared, own)
    assert str(refused.value).startswith(message)


def test_each_variable_of_ours_is_explained_with_its_setting() -> None:
    root = Path(__file__).parents[3]
    sources = (path for folder in ("loaders", "dbt/macros", "dbt/models") for path in (root / folder).rglob("*.*"))
    texts = [path.read_text() for path in sources if path.suffix in {".py", ".sql", ".yml"}]
    texts += [(root / name).read_text() for name in ("Makefile", "Dockerfile", "dbt/profiles.yml", "params.yaml")]
    used = {name for text in texts for name in re.findall(r"\b(?:EO_PV|HAMILTON_UI)_[A-Z_]*[A-Z]\b", text)}
    page = (root / "docs/reference/environment.md").read_text()
    assert used >= {"EO_PV_CACHE", "EO_PV_MEMORY_MB", "HAMILTON_UI_USER"}
    assert [name for name in sorted(used) if f"`{name}" not in page] == []
    stated = re.findall(r"^\| `((?:machine|ducklake|boundaries)\.\w+)`", page, re.MULTILINE)
    settings = {".".join(path) for path in PATHS}
    assert [name for name in stated if name not in settings] == []
    assert {name for name in settings if name.startswith("machine.")} <= set(stated)


def test_shards_are_exchanged_through_a_folder_or_a_bucket_without_a_key() -> None:
    for address in ("/data/shards", "shards", "s3://bucket/prefix"):
        assert Machine(shard_files=address).shard_files == address
    with pytest.raises(ValueError, match=r"machine\.shard_files is a folder or s3://bucket/prefix"):
        Machine(shard_files="gs://bucket/prefix")
    with pytest.raises(ValueError, match=r"machine\.shard_files holds a secret") as error:
        Machine(shard_files="s3://key:word@bucket/prefix")
    assert "the keys in the environment as AWS_ACCESS_KEY_ID" in str(error.value)
