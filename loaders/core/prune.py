"""Removal of the files of datasets that are no longer in the settings."""

import shutil

from loaders.core.paths import OVERTURE, ProjectPaths


def prune(keys: list[str], paths: ProjectPaths) -> list[str]:
    """Remove all files of datasets that are no longer in the settings; returns their keys."""
    lock_keys = {
        path.name.split(".")[0] for folder in ("locks", "metrics") for path in (paths.home / folder).glob("*.json")
    }
    loaded_keys = {path.name.split(".")[0] for path in (paths.home / "loaded").glob("*.parquet")}
    stale_keys = sorted((lock_keys | loaded_keys) - {*keys, OVERTURE})
    for key in stale_keys:
        for folder in (paths.raw(key), paths.scratch(f"fetch-{key}"), paths.scratch(f"load-{key}")):
            shutil.rmtree(folder, ignore_errors=True)
        for path_of in (
            paths.lock,
            paths.receipt,
            paths.metrics,
            paths.loaded,
            paths.rejected,
            paths.step_times,
            paths.load_note,
            paths.last_asked,
        ):
            path_of(key).unlink(missing_ok=True)
        paths.scratch(f"fetch-{key}.lock").unlink(missing_ok=True)
    return stale_keys
