"""Leave nothing of the datasets that are no longer in the settings."""

import shutil

from loaders.core.paths import ProjectPaths


def prune(keys: list[str], paths: ProjectPaths) -> list[str]:
    """Remove everything of the datasets that are no longer in the settings; returns their keys."""
    known = {
        path.name.split(".")[0] for folder in ("locks", "metrics") for path in (paths.home / folder).glob("*.json")
    }
    loaded = {path.name.split(".")[0] for path in (paths.home / "loaded").glob("*.parquet")}
    gone = sorted((known | loaded) - set(keys))
    for key in gone:
        for folder in (paths.raw(key), paths.scratch(f"fetch-{key}"), paths.scratch(f"load-{key}")):
            shutil.rmtree(folder, ignore_errors=True)
        for place in (
            paths.lock,
            paths.receipt,
            paths.metrics,
            paths.loaded,
            paths.rejected,
            paths.step_times,
            paths.last_asked,
        ):
            place(key).unlink(missing_ok=True)
        paths.scratch(f"fetch-{key}.lock").unlink(missing_ok=True)
    return gone
