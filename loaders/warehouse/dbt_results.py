"""Summarises dbt failures in one paragraph, and counts the rows that its tests warn of."""

import json
import shlex
from pathlib import Path
from typing import Any

from loaders.core.foreign_errors import message_for

FAILED_STATUSES = frozenset({"error", "fail", "runtime error"})
LISTED_NODES = 5
LAST_LINES = 15
STALE_IRRADIANCE = "every_cell_was_asked_for"


def explain_failure(results: Path, output: str, database: Path) -> str:
    """The failures of the last dbt run, and the command that shows more.

    Args:
        results: `run_results.json` of that run; missing if dbt failed earlier.
        output: of dbt.
        database: that it was building, in `data/<origin>/.work/build`.
    """
    failed = [node for node in _read(results) if node["status"] in FAILED_STATUSES]
    dbt_messages = "\n".join([*(node["message"] or "" for node in failed), "" if failed else output])
    if sentence := message_for(dbt_messages, (database.parents[2],)):
        return f"{sentence} The tables of the last good build stay."
    if any(f".{STALE_IRRADIANCE}." in node["unique_id"] for node in failed):
        return (
            "The solar irradiance is older than the records: it has no cell for some of them. Run `dvc repro`, or "
            "`eo-pv cells` and `eo-pv irradiance`; the tables of the last good build stay."
        )
    command = f"EO_PV_DATABASE={shlex.quote(str(database))} dbt build --project-dir dbt --profiles-dir dbt"
    advice = f"The unfinished database is removed; build and keep one with `{command}`."
    if not failed:
        tail = "\n".join(output.strip().splitlines()[-LAST_LINES:])
        return f"dbt could not start building:\n{tail}\n{advice}"
    lines = [
        f"{node['unique_id']}: {' '.join((node['message'] or 'failed').split())}" for node in failed[:LISTED_NODES]
    ]
    remainder = [f"and {len(failed) - LISTED_NODES} more"] if len(failed) > LISTED_NODES else []
    listing = "\n".join(f"  {line}" for line in [*lines, *remainder])
    summary = f"dbt: {len(failed)} of the models and tests failed; the tables of the last good build stay."
    return "\n".join([summary, listing, advice])


def read_warnings(results: Path) -> dict[str, int]:
    """The tests of the last dbt run that only warn (`severity: warn`), with the number of rows that fail them.

    Args:
        results: `run_results.json` of that run.
    """
    warned = [node for node in _read(results) if node["status"] == "warn"]
    return {node["unique_id"].split(".")[2]: int(node["failures"]) for node in warned}


def _read(results: Path) -> list[dict[str, Any]]:
    try:
        nodes: list[dict[str, Any]] = json.loads(results.read_text(encoding="utf-8"))["results"]
    except (FileNotFoundError, json.JSONDecodeError):
        return []
    return nodes
