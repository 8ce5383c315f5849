"""When a publisher was last asked, and what a load or a warehouse was made from: they tell what must be made again."""

import hashlib
import json
from datetime import UTC, datetime

from loaders.catalog import Catalog, Dataset
from loaders.locks import sha256, write_json
from loaders.seen import bytes_hash
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
    document = [settings, h3_resolution, workspace.origin, sha256(lock), bytes_hash(seen)]
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def is_stale(catalog: Catalog, workspace: Workspace) -> bool:
    """Whether the warehouse is missing, or does not hold what the curated files hold.

    It is no output of DVC's, since no two builds give it the same bytes: DVC brings back the files of another commit,
    or of another machine, without it.
    """
    try:
        noted = json.loads(workspace.built_from.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return True
    has_lake = (catalog.warehouse, catalog.ducklake.catalogue) != ("ducklake", "sqlite") or workspace.lake.exists()
    return not (workspace.database.exists() and has_lake) or noted != curated_hashes(workspace)


def curated_hashes(workspace: Workspace) -> dict[str, str]:
    """The sha256 of each curated table, by its file's name."""
    return {path.name: sha256(path) for path in sorted(workspace.curated.glob("*.parquet"))}
