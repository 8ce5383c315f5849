"""Lock of the Overture Maps release that boundaries are read from; only an update moves it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from loaders.acquire.lock import validation_message
from loaders.boundaries.overture.releases import ALTERNATIVE
from loaders.core.errors import SourceError
from loaders.core.files import write_json
from loaders.core.paths import OVERTURE


@dataclass(frozen=True, slots=True)
class LockedPart:
    """One file of the divisions' areas: its name, and its size [bytes]."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class ReleaseLock:
    """The locked release.

    Attributes:
        release: its name.
        schema: version of its schema; null if it is not known.
        files: of the divisions' areas; empty for an extract that was kept before there was a lock.
    """

    release: str
    schema: str | None = None
    files: tuple[LockedPart, ...] = ()


def write_release_lock(lock: ReleaseLock, path: Path) -> None:
    """Write a lock, sorted and stable."""
    write_json(asdict(lock), path)


def keep_release_lock(path: Path) -> None:
    """Leave a lock as it is, or write one that names no release: bundled boundaries have nothing to lock."""
    if not path.exists():
        write_json({"release": None, "schema": None, "files": []}, path)


def read_release_lock(path: Path) -> ReleaseLock | None:
    """Read a lock; null if there is none, or if it names no release.

    Raises:
        SourceError: it is damaged.
    """
    try:
        document = json.loads(path.read_bytes())
        is_empty = isinstance(document, dict) and document.get("release", "") is None
        return None if is_empty else TypeAdapter(ReleaseLock).validate_python(document)
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise SourceError(
            f"{OVERTURE}: the lock {path} is damaged ({validation_message(error)}). Restore it from Git, or ask "
            f"Overture Maps again with `make update KEY={OVERTURE}`."
        ) from error


def require_locked_files(lock: ReleaseLock, sizes: Mapping[str, int]) -> None:
    """Require the files of a release as they were locked.

    Raises:
        SourceError: they are others.
    """
    if lock.files and {file.name: file.bytes for file in lock.files} != sizes:
        raise SourceError(
            f"Overture Maps {lock.release} holds other files than when it was locked: expected {_amount(lock)}, found "
            f"{len(sizes)} file(s), {sum(sizes.values()) / 1e6:,.1f} MB. Accept them with `make update "
            f"KEY={OVERTURE}`, or {ALTERNATIVE}."
        )


def changes(old: ReleaseLock | None, new: ReleaseLock) -> list[str]:
    """The differences between two locks, one sentence each."""
    if old is None or new.release != old.release:
        schema = f", schema {new.schema}" if new.schema else ""
        return [f"release {old.release if old else 'none'} → {new.release}{schema} ({_amount(new)})"]
    schema_change = [f"schema {old.schema or 'unknown'} → {new.schema}"] if new.schema not in {None, old.schema} else []
    return [*schema_change, *([f"its files changed ({_amount(new)})"] if new.files != old.files else [])]


def _amount(lock: ReleaseLock) -> str:
    return f"{len(lock.files)} file(s), {sum(file.bytes for file in lock.files) / 1e6:,.1f} MB"
