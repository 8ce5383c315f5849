"""Candidate files of a source, the likeliest first."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rich.filesize import decimal

from loaders.add.names import tokens
from loaders.core.errors import EoPvError
from loaders.core.escape import one_line
from loaders.core.file_formats import is_archive
from loaders.core.fitted_table import Column, FittedTable, number_column

SOLAR = re.compile(r"solar|photovolt|(?<![a-z])pv|pv(?![a-z])")
ANCILLARY_WORDS = frozenset(
    {"changelog", "codebook", "dictionary", "license", "licence", "metadata", "readme", "sample", "test", "train"}
    | {"testing", "training", "trainset", "testset", "validation", "wind", "windfarms"}
)
TABLE_SUFFIX, UNUSUAL_SUFFIXES = ".csv", frozenset({".json", ".kml"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may hold the records.

    Attributes:
        name: path among the published files, or in its archive.
        bytes: size [bytes]; null if not stated.
        archive: name of the archive that holds it; empty for a file outside of archives.
    """

    name: str
    bytes: int | None
    archive: str = ""

    @property
    def label(self) -> str:
        """The name as `--file` accepts it, safe to print."""
        return one_line(f"{self.archive}/{self.name}" if self.archive else self.name)

    @property
    def size(self) -> str:
        """The size for display."""
        return "not stated" if self.bytes is None else decimal(self.bytes)

    @property
    def rank(self) -> tuple[bool, int, bool, int]:
        """Sort key, the likeliest first: data before ancillary files, shapes before tables, solar, large."""
        name = self.name.lower()
        words = set(tokens(PurePosixPath(name).name)) | set(tokens(name))
        return bool(words & ANCILLARY_WORDS), _format_rank(name), not SOLAR.search(name), -(self.bytes or 0)


def _format_rank(name: str) -> int:
    suffix = PurePosixPath(name).suffix
    if is_archive(name):
        return 1
    return {TABLE_SUFFIX: 2}.get(suffix, 3 if suffix in UNUSUAL_SUFFIXES else 0)


def rank_candidates(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Sort candidates, the likeliest first."""
    return sorted(candidates, key=lambda candidate: (candidate.rank, candidate.name))


def candidates_table(candidates: Sequence[Candidate]) -> FittedTable:
    """A numbered table for the terminal."""
    columns = (number_column(""), Column("file", min_width=20, is_id=True), number_column("size"))
    rows = [(str(number), candidate.label, candidate.size) for number, candidate in enumerate(candidates, 1)]
    return FittedTable(columns, rows)


def ambiguous_files_error(candidates: Sequence[Candidate]) -> EoPvError:
    """The error for an ambiguous source where no prompt is possible."""
    listing = "\n".join(f"  --file '{candidate.label}'  ({candidate.size})" for candidate in candidates)
    return EoPvError(f"There are several files. Say which with --file, or take the first with --yes:\n{listing}")
