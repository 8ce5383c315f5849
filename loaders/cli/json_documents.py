"""The JSON documents of `check`, `plan` and `verify`; docs/reference/json.md explains their keys."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from loaders.acquire.plan import LOCAL, DownloadPlan
from loaders.core.errors import EoPvError
from loaders.settings.params import Settings

PENDING = "would run: "  # begins each line about steps to run
Message = tuple[str | None, object]  # a dataset, null for all of them; and what is said about it


def check_document(settings: Settings, errors: Iterable[Message], warnings: Iterable[Message]) -> dict[str, Any]:
    """The document of `eo-pv check`."""
    found = _messages(errors)
    return {
        "ok": not found,
        "origin": settings.origin,
        "datasets": list(settings.datasets),
        "errors": found,
        "warnings": _messages(warnings),
    }


def plan_document(plans: Mapping[str, DownloadPlan | EoPvError], lines: Sequence[str]) -> dict[str, Any]:
    """The document of `eo-pv plan`; sizes are null where they are unknown."""
    errors = [(key, plan) for key, plan in plans.items() if isinstance(plan, EoPvError)]
    possible = {key: plan for key, plan in plans.items() if isinstance(plan, DownloadPlan)}
    sizes = [plan.bytes for plan in possible.values()]
    total = None if errors or None in sizes else sum(size or 0 for size in sizes)
    return {
        "ok": not errors and all(plan.is_possible for plan in possible.values()),
        "datasets": {key: _download(plan) for key, plan in possible.items()},
        "bytes": total,
        "steps": [line.removeprefix(PENDING) for line in lines if line.startswith(PENDING)],
        "errors": _messages(errors),
    }


def verify_document(differences: Mapping[str, Sequence[str]], proofs: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The document of `eo-pv verify`."""
    errors = [(key, sentence) for key, sentences in differences.items() for sentence in sentences]
    datasets = {key: {"ok": not differences[key], "proofs": list(proofs[key])} for key in differences}
    return {"ok": not errors, "datasets": datasets, "errors": _messages(errors)}


def _download(plan: DownloadPlan) -> dict[str, Any]:
    return {
        "hosts": [host for host in plan.hosts if host != LOCAL],
        "files": plan.file_count,
        "missing_files": plan.missing_count,
        "bytes": plan.bytes,
        "notes": list(plan.notes),
        "ok": plan.is_possible,
    }


def _messages(messages: Iterable[Message]) -> list[dict[str, str | None]]:
    return [{"dataset": dataset, "message": str(message)} for dataset, message in messages]
