"""Fingerprint of a load's inputs: settings, lock and fetch receipt."""

import hashlib
import json
from typing import Any

from loaders.acquire.receipt import bytes_hash
from loaders.core.files import sha256
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Dataset

# settings that only the build reads
NOT_FOR_LOAD: dict[str, Any] = {"version_of": True, "derived_from": True, "columns": {"capacity": {"of"}}}


def made_from(dataset: Dataset, h3_resolution: int, paths: ProjectPaths) -> str | None:
    """Hash of the inputs of a dataset's load, without the code: settings, lock and fetched files.

    None before the dataset has been fetched.
    """
    lock, receipt = paths.lock(dataset.key), paths.receipt(dataset.key)
    if not (lock.exists() and receipt.exists()):
        return None
    settings = dataset.model_dump(mode="json", exclude=NOT_FOR_LOAD)
    document = [settings, h3_resolution, paths.origin, sha256(lock), bytes_hash(receipt)]
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
