"""When a publisher was last asked about a dataset."""

import json
from datetime import UTC, datetime

from loaders.core.files import write_json
from loaders.core.paths import ProjectPaths


def write_last_asked(key: str, paths: ProjectPaths) -> None:
    """Note that the source of a dataset has just been asked; not in its lock, which says the same whenever it is."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    write_json({"asked_at": now}, paths.last_asked(key))


def read_last_asked(key: str, paths: ProjectPaths) -> datetime | None:
    """When the source of a dataset was last asked (UTC); null if nobody did so here."""
    try:
        document = json.loads(paths.last_asked(key).read_text(encoding="utf-8"))
        return datetime.fromisoformat(document["asked_at"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
