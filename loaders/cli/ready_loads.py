"""Loads that `eo-pv all` has prepared, for the DVC stages `load@<key>` to take: same files, same messages.

A prepared load states what it was made from: settings, lock, receipt, fetched files and all code. A stage takes it only
if all of that is the same still; a load that no stage takes is deleted at the end of the run.
"""

import hashlib
import json
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

from loaders.core.file_formats import UNPACKED_SUFFIX
from loaders.core.files import sha256, write_json
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Dataset, Settings

CODE = Path(__file__).parents[1]
MESSAGES = "stderr.txt"
STATEMENT = "ready.json"  # written last


class ReadyPaths(ProjectPaths):
    """Paths of a project whose loads work and end in a scratch folder, not in that of a `dvc repro` beside them."""

    def scratch(self, name: str) -> Path:
        """The scratch folder of a step; of a load it is among the prepared ones, and removed with them."""
        return super().scratch("ready") / f".{name}" if name.startswith("load-") else super().scratch(name)

    def loaded(self, key: str) -> Path:
        """The prepared records."""
        return ready_folder(key, self) / "loaded.parquet"

    def rejected(self, key: str) -> Path:
        """The prepared rejects."""
        return ready_folder(key, self) / "rejected.parquet"

    def metrics(self, key: str) -> Path:
        """The prepared row accounting."""
        return ready_folder(key, self) / "metrics.json"


def ready_folder(key: str, paths: ProjectPaths) -> Path:
    """The folder of a prepared load."""
    return paths.scratch("ready") / key


def load_fingerprint(dataset: Dataset, settings: Settings, paths: ProjectPaths) -> str | None:
    """Hash of all that a load depends on; null before the dataset has been fetched."""
    from loaders.harmonise.fingerprint import made_from

    inputs = made_from(dataset, settings.h3_resolution, paths)
    raw = paths.raw(dataset.key)
    if inputs is None or not raw.exists():
        return None
    files = [(path.relative_to(raw).as_posix(), _identity(path)) for path in sorted(raw.rglob("*")) if path.is_file()]
    document = [inputs, files, _code_digest(paths)]
    return hashlib.sha256(json.dumps(document).encode()).hexdigest()


def is_loaded(dataset: Dataset, settings: Settings, paths: ProjectPaths) -> bool:
    """Whether the files of a load are here, and made from what is here now; also if that is unknown."""
    outputs = (paths.loaded(dataset.key), paths.rejected(dataset.key), paths.metrics(dataset.key))
    if not all(path.exists() for path in outputs):
        return False
    noted = _read_json(paths.load_note(dataset.key))
    return not noted or noted.get("fingerprint") == load_fingerprint(dataset, settings, paths)


def note_loaded(dataset: Dataset, settings: Settings, paths: ProjectPaths) -> None:
    """Note what the files of a load are made from."""
    write_json({"fingerprint": load_fingerprint(dataset, settings, paths)}, paths.load_note(dataset.key))


def state_ready(dataset: Dataset, fingerprint: str | None, paths: ProjectPaths) -> None:
    """Complete a prepared load."""
    write_json({"fingerprint": fingerprint}, ready_folder(dataset.key, paths) / STATEMENT)


def take_ready_load(dataset: Dataset, settings: Settings, paths: ProjectPaths) -> dict[str, Any] | None:
    """Move a prepared load into place and repeat its messages; its row accounting, or null if there is none to take."""
    folder = ready_folder(dataset.key, paths)
    stated = _read_json(folder / STATEMENT).get("fingerprint")
    if not stated or stated != load_fingerprint(dataset, settings, paths):
        return None
    from loaders.harmonise.load_result import LoadResult, put_in_place

    ready = ReadyPaths(paths.root, paths.origin)
    metrics = _read_json(ready.metrics(dataset.key))
    put_in_place(
        LoadResult(dataset.key, folder, ready.loaded(dataset.key), ready.rejected(dataset.key), metrics), paths
    )
    if sys.stderr is not None:  # closed by the user
        sys.stderr.write((folder / MESSAGES).read_text(encoding="utf-8"))
    shutil.rmtree(folder)
    return metrics


def _identity(path: Path) -> str:
    """What tells a file from another; of an unpacked one the bytes, since each fetch unpacks it anew."""
    if any(folder.name.endswith(UNPACKED_SUFFIX) for folder in path.parents):
        return sha256(path)
    stat = path.stat()
    return f"{stat.st_size} {stat.st_mtime_ns}"


@cache  # of a process: code that changes later is not what it has imported
def _code_digest(paths: ProjectPaths) -> str:
    digest = hashlib.sha256()
    for path in (*sorted(CODE.rglob("*.py")), paths.root / "requirements.lock"):
        content = path.read_bytes() if path.exists() else b""
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _read_json(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return document
