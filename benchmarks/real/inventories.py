"""The published inventories that are known, and which of their files a folder holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

KNOWN = Path(__file__).with_name("inventories.yml")
WHOLE = r"^(.+)$"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A published column with an identifier; the first group of the pattern is the identifier."""

    column: str
    pattern: str = WHOLE


@dataclass(frozen=True, slots=True)
class Inventory:
    """One file of a published inventory.

    Attributes:
        key: of its dataset.
        path: of the file.
        inventory: that it is an edition of.
        edition: larger is newer.
        entry: its settings, without the source.
        truth: identifiers by namespace; equal ones are one plant.
    """

    key: str
    path: Path
    inventory: str
    edition: int
    entry: Mapping[str, Any]
    truth: Mapping[str, Identifier]

    @property
    def name_column(self) -> str | None:
        """The published column with names."""
        name: str | None = self.entry["columns"].get("name")
        return name

    def settings(self, names: bool, identifiers: bool, older: str | None) -> dict[str, Any]:
        """Its entry in `params.yaml`.

        Args:
            names: whether matching may use names.
            identifiers: whether matching may use identifiers and editions.
            older: dataset key of the edition before it, if that is at hand.
        """
        columns = {**self.entry["columns"]}
        if not names:
            columns.pop("name", None)
        entry = {**self.entry, "source": {"path": str(self.path)}, "columns": columns}
        if identifiers and self.truth:
            plain = {space: each.column for space, each in self.truth.items() if each.pattern == WHOLE}
            columns["identifiers"] = plain
            entry |= {"version_of": older} if older else {}
        return entry


def inventories(folder: Path) -> tuple[list[Inventory], list[str]]:
    """The known files below a folder, the newest editions first, and the names of those that are not there."""
    known = yaml.safe_load(KNOWN.read_text(encoding="utf-8"))
    found = {key: _path(folder, entry["file"]) for key, entry in known.items()}
    here = [_inventory(key, path, known[key]) for key, path in found.items() if path]
    missing = [known[key]["file"] for key, path in found.items() if not path]
    return sorted(here, key=lambda each: -each.edition), missing


def older_edition(inventory: Inventory, among: list[Inventory]) -> str | None:
    """Key of the next older edition of the same inventory."""
    older = [each for each in among if each.inventory == inventory.inventory and each.edition < inventory.edition]
    return max(older, key=lambda each: each.edition).key if older else None


def namespaces() -> list[str]:
    """Namespaces of identifiers; the first one that two records share decides whether they are one plant."""
    known = yaml.safe_load(KNOWN.read_text(encoding="utf-8"))
    return list(dict.fromkeys(space for entry in known.values() for space in entry.get("truth", {})))


def _path(folder: Path, name: str) -> Path | None:
    return next(iter(sorted(folder.rglob(name))), None)


def _inventory(key: str, path: Path, known: Mapping[str, Any]) -> Inventory:
    truth = {
        space: Identifier(each) if isinstance(each, str) else Identifier(**each)
        for space, each in known.get("truth", {}).items()
    }
    return Inventory(key, path.resolve(), known["inventory"], known["edition"], known["entry"], truth)
