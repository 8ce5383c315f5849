"""Files on this disk: the user's own, or the bundled samples."""

import glob
from pathlib import Path

from loaders.acquire.lock import LockedFile
from loaders.core.errors import SourceError
from loaders.core.file_formats import SHAPEFILE_PARTS, suffix
from loaders.core.files import sha256
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Dataset


def is_local(dataset: Dataset, paths: ProjectPaths) -> bool:
    """Whether a dataset comes from this disk."""
    return dataset.source.path is not None or paths.origin == "sample"


def source_path(dataset: Dataset, paths: ProjectPaths) -> Path:
    """The file or folder of a dataset: the user's own, or its bundled sample.

    Raises:
        SourceError: it does not exist.
    """
    if dataset.source.path is not None:
        path = (paths.root / Path(dataset.source.path).expanduser()).absolute()
        remedy = "Correct datasets.{key}.source.path in params.yaml (relative to its folder, absolute or ~/…)."
    else:
        path = paths.samples(dataset.key)
        remedy = "It has no bundled sample: give it `source: {{path: …}}`, or remove it from params.yaml."
    if not path.exists():
        raise SourceError(f"{dataset.key}: expected {path}, found nothing there. {remedy.format(key=dataset.key)}")
    return path


def local_files(dataset: Dataset, paths: ProjectPaths) -> dict[str, Path]:
    """The files of a local source, by their name below `raw/<key>/`; a shapefile includes its other parts.

    Raises:
        SourceError: the source is not there.
    """
    source = source_path(dataset, paths)
    if source.is_dir():
        parent = source.parent if suffix(source.name) == ".gdb" else source
        return {path.relative_to(parent).as_posix(): path for path in sorted(source.rglob("*")) if path.is_file()}
    if source.suffix.lower() != ".shp":
        return {source.name: source}
    parts = {".shp", *SHAPEFILE_PARTS}
    siblings = source.parent.glob(f"{glob.escape(source.stem)}.*")
    return {path.name: path for path in sorted(siblings) if path.suffix.lower() in parts}


def locked_file(path: Path, name: str) -> LockedFile:
    """A file for a lock, with its size and checksum."""
    return LockedFile(name=name, bytes=path.stat().st_size, checksum=f"sha256:{sha256(path)}")
