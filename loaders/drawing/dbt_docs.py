"""Let dbt write its own documentation of the built database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from loaders.dbt_results import LAST_LINES
from loaders.errors import BuildError
from loaders.workspace import Workspace

STATIC, MANIFEST = "static_index.html", "manifest.json"
OPTIONS = ("--static", "--quiet", "--no-use-colors", "--log-level-file", "none")


def generate(workspace: Workspace) -> Path:
    """Run `dbt docs generate --static`, in a process of its own.

    Returns:
        dbt's target folder, with `static_index.html` and `manifest.json`.

    Raises:
        BuildError: nothing is built yet, or dbt failed.
    """
    database, project = workspace.database, workspace.root / "dbt"
    if not database.exists():
        raise BuildError(
            f"{database.relative_to(workspace.root)} is missing: there is nothing to describe yet. Run `make all`."
        )
    target = project / os.environ.get("DBT_TARGET_PATH", "target")
    (target / STATIC).unlink(missing_ok=True)  # of another run, which must not speak for this one
    folders = ("--project-dir", str(project), "--profiles-dir", str(project))
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "docs", "generate", *folders, *OPTIONS],
        cwd=workspace.root,
        env=os.environ
        | {
            "EO_PV_DATABASE": os.path.relpath(database, workspace.root),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not (target / STATIC).exists():
        raise BuildError(failure(done.stdout or done.stderr))
    return target


def failure(output: str) -> str:
    """What dbt said last, and what to do."""
    tail = "\n".join(output.strip().splitlines()[-LAST_LINES:])
    return f"dbt could not describe its models:\n{tail}\nIf the tables are of another version, run `make all` first."


def read_manifest(target: Path) -> dict[str, Any]:
    """What dbt knows of its models."""
    manifest: dict[str, Any] = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    return manifest
