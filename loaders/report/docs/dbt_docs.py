"""Runs `dbt docs generate` and embeds its artifacts in one page."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from loaders.core.errors import BuildError
from loaders.core.escape import script_json
from loaders.core.foreign_errors import killed_message, message_for
from loaders.core.paths import ProjectPaths
from loaders.warehouse.dbt_results import LAST_LINES

INDEX, MANIFEST, CATALOG = "index.html", "manifest.json", "catalog.json"
PLACEHOLDERS = {MANIFEST: '"MANIFEST.JSON INLINE DATA"', CATALOG: '"CATALOG.JSON INLINE DATA"'}  # in dbt's page
OPTIONS = ("--quiet", "--no-use-colors", "--log-level-file", "none")


def generate(paths: ProjectPaths) -> Path:
    """Run `dbt docs generate`, in a process of its own.

    Returns:
        dbt's target folder, with `index.html`, `manifest.json` and `catalog.json`.

    Raises:
        BuildError: nothing is built yet, or dbt failed.
    """
    database, project = paths.database, paths.root / "dbt"
    if not database.exists():
        raise BuildError(
            f"{database.relative_to(paths.root)} is missing: there is nothing to describe yet. Run `make all`."
        )
    target = project / os.environ.get("DBT_TARGET_PATH", "target")
    (target / CATALOG).unlink(missing_ok=True)  # a catalog of an earlier run must not count as this run's
    folders = ("--project-dir", str(project), "--profiles-dir", str(project))
    process = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "docs", "generate", *folders, *OPTIONS],
        cwd=paths.root,
        env=os.environ
        | {"EO_PV_DATABASE": os.path.relpath(database, paths.root), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode or not (target / CATALOG).exists():
        raise BuildError(failure_message(process.stdout or process.stderr, process.returncode, target))
    return target


def failure_message(output: str, code: int, target: Path) -> str:
    """The last lines of dbt's output, and advice; a cause outside of dbt (full disk, killed) by itself."""
    if code < 0:
        return killed_message(-code)
    if sentence := message_for(output, (target,)):
        return sentence
    tail = "\n".join(output.strip().splitlines()[-LAST_LINES:])
    return f"dbt could not describe its models:\n{tail}\nIf the tables are of another version, run `make all` first."


def standalone_page(target: Path) -> str:
    """The page of dbt with manifest and catalog embedded, escaped: with `--static`, a title could end the script.

    Raises:
        BuildError: dbt's page lacks a placeholder.
    """
    text = (target / INDEX).read_text(encoding="utf-8")
    for name, placeholder in PLACEHOLDERS.items():
        if placeholder not in text:
            raise BuildError(f"dbt's page has no place for {name}. Run `make install`: the lock pins another dbt.")
        text = text.replace(placeholder, script_json((target / name).read_text(encoding="utf-8")))
    return text


def read_manifest(target: Path) -> dict[str, Any]:
    """The `manifest.json` of dbt."""
    manifest: dict[str, Any] = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    return manifest
