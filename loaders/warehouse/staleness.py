"""Whether the warehouse is stale, compared with the curated files."""

import json

from loaders.core.files import sha256
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Settings


def is_stale(settings: Settings, paths: ProjectPaths) -> bool:
    """Whether the warehouse is missing, or differs from the curated files.

    It is not an output of DVC, since its bytes differ between builds: DVC may check out the curated files of another
    commit or machine without it.
    """
    try:
        recorded_hashes = json.loads(paths.curated_digests.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return True
    has_lake = (settings.warehouse, settings.ducklake.catalogue) != ("ducklake", "sqlite") or paths.lake.exists()
    return not (paths.database.exists() and has_lake) or recorded_hashes != curated_hashes(paths)


def curated_hashes(paths: ProjectPaths) -> dict[str, str]:
    """The SHA-256 of each curated table, by file name."""
    return {path.name: sha256(path) for path in sorted(paths.curated.glob("*.parquet"))}
