"""Duplicate check: whether the settings list a source already."""

import re
from pathlib import Path

from loaders.add.find_file import matches_patterns
from loaders.add.source import SourceSpec
from loaders.core.errors import SettingsError
from loaders.settings.params import Settings
from loaders.settings.source import Source

FIGSHARE_VERSION = re.compile(r"(10\.6084/m9\.figshare\.\d+)\.v\d+")


def require_new(spec: SourceSpec, file: str | None, settings: Settings, root: Path) -> None:
    """Refuse a source that the settings list already, unless `--file` selects another file of it.

    Args:
        spec: the source.
        file: the `--file` pattern; null if not given.
        settings: the current settings.
        root: project folder.

    Raises:
        SettingsError: it is listed; the message names the entry.
    """
    identity = _source_identity(spec.kind, spec.name, root)
    for key, dataset in settings.datasets.items():
        source = dataset.source
        is_same = _source_identity(source.kind, str(getattr(source, source.kind)), root) == identity
        if is_same and not (file and _excludes(source, file)):
            raise SettingsError(
                f"{spec.name} is in params.yaml already, as {key}. Change that entry; or, if another file of this "
                f"source is meant, name it with --file."
            )
    for key, entry in settings.not_loaded.items():
        if _source_identity("doi", entry.doi, root) == identity:
            raise SettingsError(
                f"{spec.name} is in params.yaml already, as not_loaded.{key}: {entry.reason}. If that is no longer "
                f"so, remove it from there first."
            )


def _excludes(source: Source, file: str) -> bool:
    return not matches_patterns(source.patterns, file)


def _source_identity(kind: str, name: str, root: Path) -> tuple[str, str]:
    """A normal form of a source: the same for two spellings of it."""
    if kind == "doi":
        return kind, FIGSHARE_VERSION.sub(r"\1", name.lower())
    if kind == "path":
        return kind, str((root / Path(name).expanduser()).resolve())
    if kind == "github":  # another commit of the same file is another version of the same source
        repository, _, rest = name.partition("@")
        return kind, f"{repository.lower()}:{rest.partition(':')[2]}"
    return kind, name
