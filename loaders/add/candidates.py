"""The files of a source that may be meant, the likeliest first."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rich.filesize import decimal
from rich.table import Table

from loaders.add.names import tokens
from loaders.core.errors import EoPvError
from loaders.core.escape import one_line
from loaders.core.file_formats import is_archive

SOLAR = re.compile(r"solar|photovolt|(?<![a-z])pv|pv(?![a-z])")
BESIDE = frozenset(
    {"changelog", "codebook", "dictionary", "license", "licence", "metadata", "readme", "sample", "test", "train"}
    | {"testing", "training", "trainset", "testset", "validation", "wind", "windfarms"}
)
TABLE, ODD = ".csv", frozenset({".json", ".kml"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be the wanted one.

    Attributes:
        name: its path among the published files, or in its archive.
        bytes: its size [bytes]; null if nobody states it.
        archive: the archive that holds it.
    """

    name: str
    bytes: int | None
    archive: str = ""

    @property
    def shown(self) -> str:
        """As `--file` takes it, and as people read it."""
        return one_line(f"{self.archive}/{self.name}" if self.archive else self.name)

    @property
    def size(self) -> str:
        """For people."""
        return "not stated" if self.bytes is None else decimal(self.bytes)

    @property
    def rank(self) -> tuple[bool, int, bool, int]:
        """The smaller, the likelier: not what stands beside the data, shapes before tables, solar, large."""
        name = self.name.lower()
        words = set(tokens(PurePosixPath(name).name)) | set(tokens(name))
        return bool(words & BESIDE), _format_rank(name), not SOLAR.search(name), -(self.bytes or 0)


def _format_rank(name: str) -> int:
    suffix = PurePosixPath(name).suffix
    if is_archive(name):
        return 1
    return {TABLE: 2}.get(suffix, 3 if suffix in ODD else 0)


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The likeliest first."""
    return sorted(candidates, key=lambda candidate: (candidate.rank, candidate.name))


def as_table(candidates: Sequence[Candidate]) -> Table:
    """For the terminal, numbered."""
    table = Table(header_style="bold")
    table.add_column("", justify="right")
    table.add_column("file", overflow="fold")
    table.add_column("size", justify="right")
    for number, candidate in enumerate(candidates, 1):
        table.add_row(str(number), candidate.shown, candidate.size)
    return table


def undecided(candidates: Sequence[Candidate]) -> EoPvError:
    """The error where nobody can be asked which file is meant."""
    listing = "\n".join(f"  --file '{candidate.shown}'  ({candidate.size})" for candidate in candidates)
    return EoPvError(f"There are several files. Say which with --file, or take the first with --yes:\n{listing}")
