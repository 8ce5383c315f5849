"""The file `run.js` next to the page: facts of a run, which are no facts of the data, and differ from run to run."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from loaders.acquire.last_asked import read_last_asked
from loaders.core.paths import ProjectPaths
from loaders.core.version import program_version
from loaders.report.page.changes import changes
from loaders.report.web.script_files import as_json_bytes, write_script_file
from loaders.settings.params import Settings

NAME = "run"
SHORT_COMMIT = 12


def write_run_facts(settings: Settings, paths: ProjectPaths) -> Path:
    """Write `run.js`: time, commit, version, when each source was last queried, and the changes since the build before.

    Returns:
        The file.
    """
    asked = {key: read_last_asked(key, paths) for key in settings.datasets}
    facts = {
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": program_version(),
        "commit": _commit(paths.root),
        "asked": {key: time.isoformat(timespec="seconds") for key, time in asked.items() if time},
        "changes": _changes(paths),
    }
    return write_script_file(paths.report_folder, NAME, as_json_bytes(facts))


def _changes(paths: ProjectPaths) -> dict[str, Any] | None:
    """The changes; null where no other build is known."""
    before, now = _read(paths.former_build_metrics), _read(paths.build_metrics)
    return changes(before, now) if before and now else None


def _read(file: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return document


def _commit(root: Path) -> str | None:
    """The commit of the project; null without Git."""
    if shutil.which("git") is None:
        return None
    command = ["git", "-C", str(root), "rev-parse", f"--short={SHORT_COMMIT}", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None if done.returncode == 0 else None
