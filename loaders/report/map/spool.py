"""Rows sorted in little memory: spooled to one file for each range of installations, then sorted range by range."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

from loaders.report.map.ragged import starts_of

NUMBER = "i"
OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


@contextmanager
def spooled(folder: Path, tables: Mapping[str, Iterable[pa.RecordBatch]], ranges: int, size: int) -> Iterator["Spool"]:
    """Spool tables with a column `i`, `size` numbers in a range; their files are deleted at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    spool = Spool(folder)
    for name, batches in tables.items():
        spool.add(name, batches, ranges, size)
    yield spool
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


class Spool:
    """Rows of tables by range.

    Args:
        folder: of the files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, name: str, batches: Iterable[pa.RecordBatch], ranges: int, size: int) -> None:
        """Write the rows of a table."""
        with ExitStack() as stack:
            writers: list[pa.RecordBatchFileWriter] = []
            for batch in batches:
                if not writers:
                    paths = [self._path(name, number) for number in range(ranges)]
                    writers = [
                        stack.enter_context(pa.ipc.new_file(path, batch.schema, options=OPTIONS)) for path in paths
                    ]
                place = batch[NUMBER].to_numpy() // size
                rows = batch.take(pa.array(np.argsort(place, kind="stable")))
                starts = starts_of(np.bincount(place, minlength=ranges))
                for number in np.unique(place).tolist():
                    writers[number].write(rows.slice(starts[number], starts[number + 1] - starts[number]))

    def sorted_rows(self, name: str, number: int, keys: list[tuple[str, str]]) -> pa.Table | None:
        """The rows of a range, by number and keys; null where the table has no rows at all."""
        path = self._path(name, number)
        if not path.exists():
            return None
        with pa.ipc.open_file(path) as file:
            table = file.read_all()
        path.unlink()
        return table.sort_by([(NUMBER, "ascending"), *keys]).combine_chunks()

    def _path(self, name: str, number: int) -> Path:
        return self._folder / f"{name}.{number}.arrow"
