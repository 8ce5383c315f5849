"""Whether a source is in the settings already."""

import re
from pathlib import Path

from loaders.add.find_file import holds
from loaders.add.source import Given
from loaders.core.errors import SettingsError
from loaders.settings.params import Settings
from loaders.settings.source import Source

FIGSHARE_VERSION = re.compile(r"(10\.6084/m9\.figshare\.\d+)\.v\d+")


def require_new(given: Given, file: str | None, settings: Settings, root: Path) -> None:
    """Refuse a source that is listed, unless another file of it is asked for.

    Args:
        given: the source.
        file: which file of it is asked for, if the user said so.
        settings: the settings as they are.
        root: the project's folder.

    Raises:
        SettingsError: it is listed; the message names the entry.
    """
    wanted = _identity(given.kind, given.name, root)
    for key, dataset in settings.datasets.items():
        source = dataset.source
        is_same = _identity(source.kind, str(getattr(source, source.kind)), root) == wanted
        if is_same and not (file and _leaves_out(source, file)):
            raise SettingsError(
                f"{given.name} is in params.yaml already, as {key}. Change that entry; or, if another file of this "
                f"source is meant, name it with --file."
            )
    for key, known in settings.not_loaded.items():
        if _identity("doi", known.doi, root) == wanted:
            raise SettingsError(
                f"{given.name} is in params.yaml already, as not_loaded.{key}: {known.reason}. If that is no longer "
                f"so, remove it from there first."
            )


def _leaves_out(source: Source, file: str) -> bool:
    return not holds(source.include, file)


def _identity(kind: str, name: str, root: Path) -> tuple[str, str]:
    """What two ways to write the same source have in common."""
    if kind == "doi":
        return kind, FIGSHARE_VERSION.sub(r"\1", name.lower())
    if kind == "path":
        return kind, str((root / Path(name).expanduser()).resolve())
    if kind == "github":  # another commit of the same file is another version of the same source
        repository, _, rest = name.partition("@")
        return kind, f"{repository.lower()}:{rest.partition(':')[2]}"
    return kind, name
