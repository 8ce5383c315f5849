"""Ask a source what it holds now, and write the answer down as a lock."""

import glob
from pathlib import Path

from loaders.catalog import Dataset, Source
from loaders.errors import SourceError
from loaders.locks import Lock, LockedFile, locked_file, read_lock, write_lock
from loaders.wanted import SHAPEFILE_PARTS, may_hold_wanted
from loaders.workspace import Workspace


def resolve(dataset: Dataset, workspace: Workspace) -> Lock:
    """The lock of a dataset; the source is asked only if there is no lock for it yet.

    Raises:
        SourceError: the source cannot be reached, is empty, or is of a kind that this version cannot read.
    """
    path = workspace.lock(dataset.key)
    if path.exists():
        lock = read_lock(path)
        if (lock.source, lock.origin) == (_as_stated(dataset.source), _origin(dataset, workspace)):
            return lock
    return update(dataset, workspace)


def update(dataset: Dataset, workspace: Workspace) -> Lock:
    """Ask the source again, whatever the lock says, and replace the lock.

    Raises:
        SourceError: as for `resolve`.
    """
    origin = _origin(dataset, workspace)
    files = tuple(locked_file(path, name) for name, path in sorted(local_files(dataset, workspace).items()))
    lock = Lock(dataset=dataset.key, origin=origin, source=_as_stated(dataset.source), files=files)
    write_lock(lock, workspace.lock(dataset.key))
    return lock


def changes(old: Lock | None, new: Lock) -> list[str]:
    """What differs between two locks of a dataset, one sentence a file."""
    before: dict[str, LockedFile] = {file.name: file for file in old.files} if old else {}
    after = {file.name: file for file in new.files}
    gone = [f"{name} is gone" for name in before if name not in after]
    added = [f"{name} is new ({file.bytes:,} bytes)" for name, file in after.items() if name not in before]
    changed = [
        f"{name} changed ({before[name].bytes:,} → {file.bytes:,} bytes)"
        for name, file in after.items()
        if name in before and file.sha256 != before[name].sha256
    ]
    return [*gone, *added, *changed]


def local_source(dataset: Dataset, workspace: Workspace) -> Path:
    """The file or folder on this disk that a dataset comes from: its bundled twin, or the user's own.

    Raises:
        SourceError: it is not on this disk, or is published elsewhere.
    """
    if dataset.source.path is not None:
        place = (workspace.root / Path(dataset.source.path).expanduser()).absolute()
        remedy = "Correct datasets.{key}.source.path in params.yaml (relative to its folder, absolute or ~/…)."
    elif workspace.origin == "sample":
        place = workspace.samples(dataset.key)
        remedy = "It has no bundled sample: give it `source: {{path: …}}`, or remove it from params.yaml."
    else:
        raise SourceError(
            f"{dataset.key}: this version reads bundled samples (`origin: sample`) and your own files "
            f"(`source: {{path: …}}`); it cannot fetch `{dataset.source.kind}:` sources yet. Download the files "
            f"yourself and say `source: {{path: …}}`, or set `origin: sample` in params.yaml."
        )
    if not place.exists():
        raise SourceError(f"{dataset.key}: expected {place}, found nothing there. {remedy.format(key=dataset.key)}")
    return place


def local_files(dataset: Dataset, workspace: Workspace) -> dict[str, Path]:
    """The wanted files of a local source, by their name below `raw/<key>/`.

    A shapefile brings its other parts along. An archive is wanted for what may be in it.

    Raises:
        SourceError: none is wanted; the message lists what is there.
    """
    place = local_source(dataset, workspace)
    if place.is_dir():
        found = {path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_file()}
    elif place.suffix.lower() == ".shp":
        parts = {place.suffix.lower(), *SHAPEFILE_PARTS}
        found = {path.name: path for path in place.parent.glob(f"{glob.escape(place.stem)}.*")}
        found = {name: path for name, path in found.items() if path.suffix.lower() in parts}
    else:
        found = {place.name: place}
    wanted = {name: path for name, path in found.items() if may_hold_wanted(name, dataset.source.include)}
    if not wanted:
        asked = ", ".join(dataset.source.include) or "any file"
        raise SourceError(
            f"{dataset.key}: nothing in {place} matches include ({asked}). It holds: "
            f"{', '.join(sorted(found)) or 'nothing'}. Correct datasets.{dataset.key}.source in params.yaml."
        )
    return wanted


def _origin(dataset: Dataset, workspace: Workspace) -> str:
    kind = dataset.source.kind
    return "sample" if workspace.origin == "sample" and kind != "path" else kind


def _as_stated(source: Source) -> dict[str, object]:
    return source.model_dump(mode="json", exclude_none=True)
