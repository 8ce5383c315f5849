"""When a publisher was last asked, and what a load or a warehouse was made from: they tell what must be made again."""

import json

from loaders.core.files import sha256
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Settings


def is_stale(settings: Settings, paths: ProjectPaths) -> bool:
    """Whether the warehouse is missing, or does not hold what the curated files hold.

    It is no output of DVC's, since no two builds give it the same bytes: DVC brings back the files of another commit,
    or of another machine, without it.
    """
    try:
        recorded_hashes = json.loads(paths.built_from.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return True
    has_lake = (settings.warehouse, settings.ducklake.catalogue) != ("ducklake", "sqlite") or paths.lake.exists()
    return not (paths.database.exists() and has_lake) or recorded_hashes != curated_hashes(paths)


def curated_hashes(paths: ProjectPaths) -> dict[str, str]:
    """The sha256 of each curated table, by its file's name."""
    return {path.name: sha256(path) for path in sorted(paths.curated.glob("*.parquet"))}
