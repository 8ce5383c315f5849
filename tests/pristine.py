"""The settings and overrides of the project as they are published, whatever a user has changed in this checkout.

Tests that need them take them from here: `make test` checks the program, and a user's own datasets are no part of it.
"""

from pathlib import Path
from typing import Any

import yaml

from loaders.settings.params import Settings

ROOT = Path(__file__).resolve().parents[1]
CHANGEABLE = ("params.yaml", "overrides.csv")


def settings_text(text: str) -> str:
    """Settings with the bundled datasets alone, and the defaults for all else; the same text where they are that."""
    document: dict[str, Any] = yaml.safe_load(text)
    defaults = _defaults()
    samples = {path.name for path in (ROOT / "data" / "samples").iterdir()}
    bundled = {key: entry for key, entry in document["datasets"].items() if key in samples}
    settings = Settings.model_validate(_with_keys(document, bundled))
    changed = [name for name in defaults if getattr(settings, name) != getattr(Settings.model_construct(), name)]
    if len(bundled) == len(document["datasets"]) and not changed:
        return text
    published = document | {name: defaults[name] for name in changed} | {"datasets": bundled}
    return yaml.safe_dump(published, sort_keys=False, allow_unicode=True)


def overrides_text(text: str) -> str:
    """The comments and the header, without overrides."""
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if line.startswith(("#", "origin,")))


def write_pristine(name: str, folder: Path) -> Path:
    """Write `params.yaml` or `overrides.csv` as it is published into a folder."""
    text = (ROOT / name).read_text(encoding="utf-8")
    (folder / name).write_text(settings_text(text) if name == "params.yaml" else overrides_text(text), encoding="utf-8")
    return folder / name


def pristine_settings() -> Settings:
    """The published settings."""
    text = settings_text((ROOT / "params.yaml").read_text(encoding="utf-8"))
    document: dict[str, Any] = yaml.safe_load(text)
    return Settings.model_validate(_with_keys(document, document["datasets"]))


def _with_keys(document: dict[str, Any], datasets: dict[str, Any]) -> dict[str, Any]:
    return document | {"datasets": {key: {"key": key, **entry} for key, entry in datasets.items()}}


def _defaults() -> dict[str, Any]:
    names = set(Settings.model_fields) - {"datasets", "not_loaded"}
    defaults: dict[str, Any] = Settings.model_construct().model_dump(mode="json", include=names)
    return defaults
