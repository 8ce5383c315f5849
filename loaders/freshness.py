"""When a publisher was last asked, and what a load was made from: both tell whether it must be made again."""

import hashlib
import json
from datetime import UTC, datetime

from loaders.catalog import Dataset
from loaders.locks import sha256, write_json
from loaders.workspace import Workspace


def note_asked(key: str, workspace: Workspace) -> None:
    """Note that the source of a dataset has just been asked; not in its lock, which says the same whenever it is."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    write_json({"asked_at": now}, workspace.asked(key))


def last_asked(key: str, workspace: Workspace) -> datetime | None:
    """When the source of a dataset was last asked (UTC); null if nobody did so here."""
    try:
        noted = json.loads(workspace.asked(key).read_text(encoding="utf-8"))
        return datetime.fromisoformat(noted["asked_at"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def made_from(dataset: Dataset, h3_resolution: int, workspace: Workspace) -> str | None:
    """A hash of what the records of a dataset follow from, the code aside: settings, lock, and what was fetched.

    Null where nothing has been fetched.
    """
    lock, seen = workspace.lock(dataset.key), workspace.seen(dataset.key)
    if not (lock.exists() and seen.exists()):
        return None
    settings = dataset.model_dump(mode="json")
    document = [settings, h3_resolution, workspace.origin, sha256(lock), sha256(seen)]
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
