"""The lock of a dataset: what its source held when it was last queried.

`locks/<key>.json` is what the publisher states; only `eo-pv update` replaces one whose source is still the same.
`locks/<key>.seen.json` is the receipt of the downloads (see `loaders.acquire.receipt`). Both are small, sorted and kept
in Git, so that their history is the publisher's change log.
"""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from loaders.acquire.archives.unpack import require_safe_name
from loaders.core.errors import SourceError
from loaders.core.files import digest, without_empty_values, write_json


def _require_safe(name: str) -> str:
    try:
        require_safe_name(name, "the lock", "a file")
    except SourceError as error:
        raise ValueError(f"{name!r} must not become a path") from error
    return name


# locks come with Git, from anyone: names must stay inside the folder, digests must be digests
SafeName = Annotated[str, AfterValidator(_require_safe)]
Bytes = Annotated[int, Field(ge=0)]
CHECKSUM = r"^(md5|sha1|sha224|sha256|sha384|sha512|gitblob):[0-9a-f]{32,128}$"
Checksum = Annotated[str, Field(pattern=CHECKSUM)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True)
class Record:
    """A repository's metadata of a published dataset, as stated; null where nothing is stated.

    Attributes:
        repository: its key in `loaders.acquire.publishers`.
        id: the repository's identifier: a number, a path, `owner/repository@commit`, a URL.
        doi: of this very version.
        title: as stated.
        creators: as stated, in their order.
        year: of publication.
        version: as stated.
        licence: as stated; the settings decide what applies.
        url: the page for people.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    repository: Literal["dataverse", "figshare", "github", "osf", "others", "sciencebase", "url", "zenodo"]
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
        checksum: as the publisher states it, say `md5:d41d8…`, or `gitblob:…` for a file in a Git repository; of a file
            on this disk, its SHA-256. Without one, the content cannot be verified.
        remote: the repository's identifier of it, used in its address; empty for a file on this disk.
        validator: the ETag or date of a file without a checksum, which identify its version.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    name: SafeName
    bytes: Bytes | None = None
    checksum: Checksum | None = None
    remote: str = ""
    validator: str | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """The locked state of a source.

    Attributes:
        dataset: the dataset's key.
        origin: `sample` for a bundled synthetic twin, else the kind of source.
        source: the source in the settings; a different one there makes the lock stale.
        files: the wanted files, by name.
        record: the repository's metadata; none for files on this disk.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    dataset: str
    origin: str
    source: dict[str, Any]
    files: tuple[LockedFile, ...]
    record: Record | None = None

    @property
    def doi(self) -> str | None:
        """The DOI of the locked version, or else of the settings."""
        return (self.record.doi if self.record else None) or self.source.get("doi")

    @property
    def is_synthetic(self) -> bool:
        """Whether the records are synthetic."""
        return self.origin == "sample"


def content_identity(record: Record | None, file: LockedFile) -> str | None:
    """The checksum, validator or commit that identifies a file's content; null without one."""
    return file.checksum or file.validator or (record.id if record and record.repository == "github" else None)


def matches(file: LockedFile, path: Path) -> bool:
    """Whether a file on this disk has the size and the checksum that a lock states, as far as it states them."""
    if file.bytes is not None and path.stat().st_size != file.bytes:
        return False
    algorithm, _, expected_digest = (file.checksum or "").partition(":")
    return not algorithm or digest(path, algorithm) == expected_digest


def write_lock(lock: Lock, path: Path) -> None:
    """Write a lock, sorted and stable, without null values."""
    document = asdict(lock)
    document["files"] = [without_empty_values(file) for file in document["files"]]
    document["record"] = without_empty_values(document["record"] or {})
    if not document["record"]:
        del document["record"]
    write_json(document, path)


@cache
def _lock_adapter() -> TypeAdapter[Lock]:
    """Made once: it takes 10 ms, and a report reads dozens of locks."""
    return TypeAdapter(Lock)


def read_lock(path: Path) -> Lock:
    """Read a lock.

    Raises:
        SourceError: the lock is missing or damaged.
    """
    try:
        lock = _lock_adapter().validate_json(path.read_bytes())
        if not lock.files:
            raise ValueError("it names no files")
        if lock.record is None and not all(file.checksum for file in lock.files):
            raise ValueError("a file has no checksum")
    except FileNotFoundError as error:
        raise SourceError(f"{path.stem}: {path.name} is missing. Run `eo-pv resolve {path.stem}`.") from error
    except ValueError as error:
        raise SourceError(
            f"{path.stem}: the lock {path} is damaged ({validation_message(error)}). Restore it from Git, "
            f"or ask the source again with `make update KEY={path.stem}`."
        ) from error
    return lock


def read_lock_if_valid(path: Path) -> Lock | None:
    """The lock at a path; null if it is missing or damaged."""
    try:
        return read_lock(path)
    except SourceError:
        return None


REASONS = {"missing": "it is missing", "unexpected_keyword_argument": "it is unknown"}
OTHER_REASON = "it is of another kind than is written there"


def validation_message(error: ValueError) -> str:
    """What is wrong with a document, for a message."""
    if not isinstance(error, ValidationError):
        return str(error)
    problem = error.errors()[0]
    if problem["type"] == "json_invalid":
        return "it is no JSON"
    name = ".".join(map(str, problem["loc"]))
    reason = problem["ctx"]["error"] if problem["type"] == "value_error" else REASONS.get(problem["type"], OTHER_REASON)
    return f"{name}: {reason}".removeprefix(": ")
