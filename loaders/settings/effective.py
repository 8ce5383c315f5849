"""Effective settings: those that can change the bytes of a stage, defaults included, in one file for DVC.

DVC refuses a parameter that a file lacks. So its stages take theirs from this file, and `params.yaml` may leave out
whatever has a default.
"""

import hashlib
import json
from collections.abc import Collection

from loaders.core.files import write_json
from loaders.core.paths import ProjectPaths
from loaders.settings.documents import read_own_datasets
from loaders.settings.params import Settings

# they decide what is loaded and how, not what the tables hold; datasets have one digest each
WITHOUT_EFFECT = {"datasets", "download", "executor", "max_mb", "not_loaded", "origin"}


def write_effective_settings(settings: Settings, paths: ProjectPaths) -> None:
    """Write the effective settings, unless the file holds them already."""
    document = effective_settings(settings, own=read_own_datasets(paths.root))
    if not _holds(paths, document):
        write_json(document, paths.settings)


def effective_settings(settings: Settings, own: Collection[str] = ()) -> dict[str, object]:
    """The settings by name, and for each dataset of `params.yaml` the SHA-256 of its entry.

    `precedence` is the order of the datasets, which DVC does not see in a mapping.

    Args:
        settings: of the project.
        own: keys of the user's own datasets, on whose file the stages depend themselves.
    """
    document: dict[str, object] = settings.model_dump(mode="json", exclude=WITHOUT_EFFECT)
    keys = [key for key in settings.by_priority if key not in own]
    digests = {key: _sha256(settings.datasets[key].model_dump(mode="json")) for key in keys}
    return document | {"datasets": digests, "precedence": keys}


def _holds(paths: ProjectPaths, document: dict[str, object]) -> bool:
    try:
        return bool(json.loads(paths.settings.read_bytes()) == document)
    except (OSError, ValueError):
        return False


def _sha256(entry: object) -> str:
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()
