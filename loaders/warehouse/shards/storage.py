"""What shards read and their results, where all workers of a cluster reach them: in a folder, or in a bucket.

A bucket renames nothing: a folder is complete once its last file is there, which lists the others.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
import fsspec
from botocore.exceptions import BotoCoreError, ClientError

from loaders.core.errors import BuildError
from loaders.core.escape import sql_parquet, sql_parquet_object
from loaders.db.ducklake_bucket import use_bucket
from loaders.settings.addresses import BUCKET

INPUTS, RESULTS = "inputs", "results"
COMPLETE = "complete.json"


@dataclass(frozen=True, slots=True)
class ShardFiles:
    """The files of the shards of a project.

    Attributes:
        address: an absolute folder, or s3://bucket/prefix.
    """

    address: str

    def place(self, *names: str) -> str:
        """The address of a folder or file below."""
        return "/".join((self.address.rstrip("/"), *names))

    def upload(self, folder: Path, *names: str) -> None:
        """Copy the files of a folder to a place, and the list of them last.

        Raises:
            BuildError: they cannot be written.
        """
        files = sorted(path for path in folder.iterdir() if path.is_file())
        with self._file_system() as system:
            system.put([str(path) for path in files], [self.place(*names, path.name) for path in files])
            sizes = {path.name: path.stat().st_size for path in files}
            system.makedirs(self.place(*names), exist_ok=True)
            system.pipe_file(self.place(*names, COMPLETE), json.dumps(sizes, sort_keys=True).encode())

    def download(self, folder: Path, *names: str) -> None:
        """Copy the files of a place into a folder, without the list of them.

        Raises:
            BuildError: they cannot be read.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with self._file_system() as system:
            listed = json.loads(system.cat_file(self.place(*names, COMPLETE)))
            system.get([self.place(*names, name) for name in listed], [str(folder / name) for name in listed])

    def complete(self, kind: str, tables: Sequence[str]) -> frozenset[str]:
        """The names of the folders that have their list and all files of these tables.

        Args:
            kind: of the folders, such as results.
            tables: that must be there.

        Raises:
            BuildError: the place cannot be listed.
        """
        expected = {COMPLETE, *(f"{table}.parquet" for table in tables)}
        found: dict[str, set[str]] = {}
        with self._file_system() as system:
            for path in system.find(self.place(kind)):
                folder, name = PurePosixPath(path).parts[-2:]
                found.setdefault(folder, set()).add(name)
        return frozenset(folder for folder, names in found.items() if names >= expected)

    def remove(self, *names: str) -> None:
        """Remove a folder, if it is there.

        Raises:
            BuildError: it cannot be removed.
        """
        with self._file_system() as system:
            if system.exists(self.place(*names)):
                system.rm(self.place(*names), recursive=True)

    def open_to(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let a connection read the files."""
        if self.address.startswith(BUCKET):
            use_bucket(connection, self.address, os.environ)

    def rows(self, *names: str) -> str:
        """The rows of a Parquet file, for the FROM of a query."""
        address = self.place(*names)
        return sql_parquet_object(address) if address.startswith(BUCKET) else sql_parquet(Path(address))

    @contextmanager
    def _file_system(self) -> Iterator[Any]:
        """The file system of the address, as of now: keys, endpoint and proxy are those of the environment."""
        try:
            if self.address.startswith(BUCKET):
                system = fsspec.filesystem("s3", use_listings_cache=False, skip_instance_cache=True)
            else:
                system = fsspec.filesystem("file", auto_mkdir=True)
            yield system
        except (OSError, BotoCoreError, ClientError) as error:
            raise BuildError(
                f"machine.shard_files is {self.address}, which cannot be read or written: {error}. Check the address, "
                "and the keys, the region and the endpoint that the environment names (AWS_ACCESS_KEY_ID, "
                "AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL); workers need them, too."
            ) from None  # what it comes from may hold a key
