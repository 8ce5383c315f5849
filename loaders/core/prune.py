"""Leave nothing of the datasets that are no longer in the settings."""

import shutil

from loaders.core.paths import Workspace


def prune(keys: list[str], workspace: Workspace) -> list[str]:
    """Remove everything of the datasets that are no longer in the settings; returns their keys."""
    known = {
        path.name.split(".")[0] for folder in ("locks", "metrics") for path in (workspace.home / folder).glob("*.json")
    }
    loaded = {path.name.split(".")[0] for path in (workspace.home / "loaded").glob("*.parquet")}
    gone = sorted((known | loaded) - set(keys))
    for key in gone:
        for folder in (workspace.raw(key), workspace.scratch(f"fetch-{key}"), workspace.scratch(f"load-{key}")):
            shutil.rmtree(folder, ignore_errors=True)
        for place in (
            workspace.lock,
            workspace.seen,
            workspace.metrics,
            workspace.loaded,
            workspace.rejected,
            workspace.times,
            workspace.asked,
        ):
            place(key).unlink(missing_ok=True)
        workspace.scratch(f"fetch-{key}.lock").unlink(missing_ok=True)
    return gone
