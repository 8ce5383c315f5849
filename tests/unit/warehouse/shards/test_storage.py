"""What shards read and their results, in a folder or a bucket."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaders.core.errors import BuildError
from loaders.warehouse.shards.database import model_database
from loaders.warehouse.shards.storage import COMPLETE, RESULTS, ShardFiles
from tests.services import CREDENTIALS, bucket_server

NAMES = ("prep_sites", "curated_sites")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with bucket_server() as address:
        yield address


@pytest.fixture(params=["folder", "bucket"])
def files(
    request: pytest.FixtureRequest, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ShardFiles]:
    if request.param == "folder":
        yield ShardFiles(str(tmp_path / "key=1 [a]"))
        return
    for name, text in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, text)
    bucket = boto3.resource("s3").Bucket("eo-pv-shards")
    bucket.create()
    yield ShardFiles("s3://eo-pv-shards/worlds")
    bucket.objects.all().delete()
    bucket.delete()


@pytest.fixture
def result(tmp_path: Path) -> Path:
    folder = tmp_path / "result"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        pq.write_table(pa.table({"record_id": [name], "number": [number]}), folder / f"{name}.parquet")
    return folder


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_uploaded_is_complete_and_comes_back(files: ShardFiles, result: Path, tmp_path: Path) -> None:
    assert files.complete(RESULTS, NAMES) == frozenset()
    files.upload(result, RESULTS, "0a1b")
    assert files.complete(RESULTS, NAMES) == {"0a1b"}
    files.download(tmp_path / "copy", RESULTS, "0a1b")
    assert _contents(tmp_path / "copy") == _contents(result)


def test_a_result_without_its_list_or_a_table_is_not_complete(files: ShardFiles, result: Path) -> None:
    for name, lost in (("0a", COMPLETE), ("0b", f"{NAMES[0]}.parquet"), ("0c", None)):
        files.upload(result, RESULTS, name)
        if lost:
            files.remove(RESULTS, name, lost)
    assert files.complete(RESULTS, NAMES) == {"0c"}
    assert files.complete(RESULTS, [*NAMES, "prep_new"]) == frozenset()


def test_what_is_removed_is_gone_and_may_be_removed_again(files: ShardFiles, result: Path) -> None:
    for name in ("0a", "0b"):
        files.upload(result, RESULTS, name)
    for _ in range(2):
        files.remove(RESULTS, "0a")
    assert files.complete(RESULTS, NAMES) == {"0b"}


def test_duckdb_reads_a_file(files: ShardFiles, result: Path, tmp_path: Path) -> None:
    files.upload(result, RESULTS, "0a")
    with model_database(tmp_path / "spill", 200, threads=1) as connection:
        files.open_to(connection)
        rows = connection.sql(f"SELECT * FROM {files.rows(RESULTS, '0a', f'{NAMES[1]}.parquet')}")  # noqa: S608
        assert rows.columns == ["record_id", "number"]
        assert rows.fetchall() == [(NAMES[1], 1)]


@pytest.mark.parametrize("files", ["bucket"], indirect=True)
def test_a_bucket_that_is_not_there_is_named_without_a_key(files: ShardFiles, result: Path) -> None:
    nowhere = ShardFiles("s3://eo-pv-nowhere/worlds")
    expected = r"machine\.shard_files is s3://eo-pv-nowhere/worlds, which cannot be read or written"
    for work in (nowhere.upload, nowhere.download):
        with pytest.raises(BuildError, match=expected) as error:
            work(result, RESULTS, "0a")
        assert CREDENTIALS["AWS_SECRET_ACCESS_KEY"] not in str(error.value)
        assert error.value.__cause__ is None
