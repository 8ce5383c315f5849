"""The lock of a dataset: what its source held when it was last asked, and what we then saw of it.

`locks/<key>.json` is what the publisher states; only `eo-pv update` replaces one whose source is still the same.
`locks/<key>.seen.json` is what came: the sha256 of every file, which any later download must have too. Both are small,
sorted and kept in Git, so that their history is the publisher's change log.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from loaders.errors import SourceError

CHUNK_BYTES = 1 << 20
UNPACKED = ".unpacked"  # beside an archive: the folder with what is wanted of it


@dataclass(frozen=True, slots=True)
class Record:
    """What a repository says of a published dataset, in its own words; null where it says nothing.

    Attributes:
        repository: the module of `loaders.publishers` that knows how to ask it.
        id: what the repository calls the record: a number, a path, `owner/repository@commit`, a URL.
        doi: of this very version.
        title: as stated.
        creators: as stated, in their order.
        year: of publication.
        version: as stated.
        licence: as stated; what it may be used for is said by the settings.
        url: the page for people.
    """

    repository: str
    id: str
    doi: str | None = None
    title: str | None = None
    creators: tuple[str, ...] = ()
    year: int | None = None
    version: str | None = None
    licence: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class LockedFile:
    """One published file.

    Attributes:
        name: its name below `raw/<key>/`.
        bytes: its size [bytes], if the publisher states it.
        checksum: as the publisher states it, say `md5:d41d8…`; of a file on this disk, its sha256.
        remote: what the repository calls it, from which its address is made; empty for a file on this disk.
        validator: the ETag or date of a file without a checksum, which tell whether it is still the same.
    """

    name: str
    bytes: int | None
    checksum: str | None
    remote: str = ""
    validator: str | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """What a source held.

    Attributes:
        dataset: the dataset's key.
        origin: `sample` for a bundled synthetic twin, else the kind of source.
        source: the source as the settings state it; another one there makes the lock stale.
        files: the wanted files, by name.
        record: what the repository says of them; none for files on this disk.
    """

    dataset: str
    origin: str
    source: dict[str, Any]
    files: tuple[LockedFile, ...]
    record: Record | None = None

    @property
    def doi(self) -> str | None:
        """Of the version that is locked; else what the settings say."""
        return (self.record.doi if self.record else None) or self.source.get("doi")

    @property
    def is_synthetic(self) -> bool:
        """Whether the records are made up."""
        return self.origin == "sample"


@dataclass(frozen=True, slots=True)
class SeenFile:
    """The size [bytes] and the sha256 of a file that was here."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What `fetch` brought.

    Attributes:
        published: the files of the lock, by name.
        unpacked: what came out of the archives among them, by its path below `raw/<key>/`.
    """

    published: dict[str, SeenFile] = field(default_factory=dict)
    unpacked: dict[str, SeenFile] = field(default_factory=dict)

    def without(self, changed: set[str]) -> "Seen":
        """The same but for some published files, and what was in them."""
        folders = tuple(f"{name}{UNPACKED}/" for name in changed)
        return Seen(
            published={name: file for name, file in self.published.items() if name not in changed},
            unpacked={name: file for name, file in self.unpacked.items() if not name.startswith(folders)},
        )


def sha256(path: Path) -> str:
    """The sha256 of a file, read in pieces."""
    return digest(path, "sha256")


def digest(path: Path, algorithm: str) -> str:
    """A digest of a file, read in pieces.

    Raises:
        ValueError: there is no such algorithm.
    """
    found = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()


def seen_file(path: Path) -> SeenFile:
    """Describe a file that is on this disk."""
    return SeenFile(bytes=path.stat().st_size, sha256=sha256(path))


def write_lock(lock: Lock, path: Path) -> None:
    """Write a lock, sorted and stable, without what nobody states."""
    document = asdict(lock)
    document["files"] = [_stated(file) for file in document["files"]]
    document["record"] = _stated(document["record"] or {})
    if not document["record"]:
        del document["record"]
    write_json(document, path)


def read_lock(path: Path) -> Lock:
    """Read a lock.

    Raises:
        SourceError: there is none, or it is damaged.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(LockedFile(**{"bytes": None, "checksum": None} | entry) for entry in document.pop("files"))
        if not files:
            raise ValueError("it names no files")
        stated = document.pop("record", None)
        if not stated and not all(file.checksum for file in files):
            raise ValueError("a file has no checksum")
        record = Record(**stated | {"creators": tuple(stated.get("creators", ()))}) if stated else None
        return Lock(files=files, record=record, **document)
    except FileNotFoundError as error:
        raise SourceError(f"{path.stem}: {path.name} is missing. Run `eo-pv resolve {path.stem}`.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            f"{path.stem}: the lock {path} is damaged ({error}). Restore it from Git, "
            f"or ask the source again with `make update KEY={path.stem}`."
        ) from error


def last_lock(path: Path) -> Lock | None:
    """The lock that stands there, if there is one that can be read."""
    try:
        return read_lock(path)
    except SourceError:
        return None


def write_seen(seen: Seen, path: Path) -> None:
    """Write what came, sorted and stable; a file that says the same already is left alone."""
    if not path.exists() or read_seen(path) != seen:
        write_json(asdict(seen), path)


def read_seen(path: Path) -> Seen:
    """Read what came; nothing where nothing came yet.

    Raises:
        SourceError: the file is damaged.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Seen(**{part: {name: SeenFile(**entry) for name, entry in document[part].items()} for part in document})
    except FileNotFoundError:
        return Seen()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            f"{path.name}: is damaged ({error}). Restore {path} from Git; or delete it, and what comes next is "
            f"accepted as it is."
        ) from error


def write_json(document: object, path: Path) -> None:
    """Write sorted JSON, as `write_text` does."""
    write_text(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n", path)


def write_text(text: str, path: Path) -> None:
    """Write a file beside its place and rename it there.

    Nobody reads half of it, and what is linked to the file that was there (DVC's cache) stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _stated(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value not in (None, "", ())}
