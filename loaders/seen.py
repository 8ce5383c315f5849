"""What came when a dataset was fetched: the sha256 of every file, which any later download must have too."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

from loaders.errors import SourceError
from loaders.locks import (
    STRICT,
    UNPACKED,
    Bytes,
    Lock,
    Sha256,
    complaint,
    sha256,
    statement,
    without_nothing,
    write_json,
)


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file that was here.

    Attributes:
        bytes: its size [bytes].
        sha256: of its bytes.
        stated: what the lock said of them then (see `statement`); they say nothing of a lock that says otherwise.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    bytes: Bytes
    sha256: Sha256
    stated: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What `fetch` brought.

    Attributes:
        published: the files of the lock, by name.
        unpacked: what came out of the archives among them, by its path below `raw/<key>/`.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    published: dict[str, SeenFile] = field(default_factory=dict)
    unpacked: dict[str, SeenFile] = field(default_factory=dict)

    def under(self, lock: Lock) -> "Seen":
        """What of it came under the same statements as a lock makes."""
        stated = {file.name: statement(lock.record, file) for file in lock.files}
        changed = {name for name, file in self.published.items() if name not in stated or stated[name] != file.stated}
        return self.without(changed)

    def without(self, changed: set[str]) -> "Seen":
        """The same but for some published files, and what was in them."""
        folders = tuple(f"{name}{UNPACKED}/" for name in changed)
        return Seen(
            published={name: file for name, file in self.published.items() if name not in changed},
            unpacked={name: file for name, file in self.unpacked.items() if not name.startswith(folders)},
        )


def seen_file(path: Path) -> SeenFile:
    """Describe a file that is on this disk."""
    return SeenFile(bytes=path.stat().st_size, sha256=sha256(path))


def write_seen(seen: Seen, path: Path) -> None:
    """Write what came, sorted and stable."""
    document = asdict(seen)
    for part in document.values():
        part.update({name: without_nothing(file) for name, file in part.items()})
    write_json(document, path)


def read_seen(path: Path) -> Seen:
    """Read what came; nothing where nothing came yet.

    Raises:
        SourceError: the file is damaged.
    """
    try:
        return TypeAdapter(Seen).validate_json(path.read_bytes())
    except FileNotFoundError:
        return Seen()
    except ValueError as error:
        raise SourceError(
            f"{path.name.partition('.')[0]}: {path} is damaged ({complaint(error)}). Restore it from Git; or delete "
            f"it, and what comes next is accepted as it is."
        ) from error
