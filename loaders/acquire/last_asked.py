"""The time of the last query to the source of a dataset."""

import json
from datetime import UTC, datetime

from loaders.core.files import write_json
from loaders.core.paths import ProjectPaths


def write_last_asked(key: str, paths: ProjectPaths) -> None:
    """Record a query to the source of a dataset; not in its lock, which would then change with every query."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    write_json({"asked_at": now}, paths.last_asked(key))


def read_last_asked(key: str, paths: ProjectPaths) -> datetime | None:
    """The time of the last query to the source of a dataset (UTC); null without one on this machine."""
    try:
        document = json.loads(paths.last_asked(key).read_text(encoding="utf-8"))
        return datetime.fromisoformat(document["asked_at"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
