"""How well records are matched: the figures that `make quality ARGS=--write` has measured."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parents[1] / "matching_quality.json"
TITLES = {
    "samples": ("bundled samples", "made-up records with a known truth"),
    "world": ("made-up world", "plants, each published by several made-up inventories"),
    "hard_world": ("harder made-up world", "traps: neighbours, parts, moved positions, alike names"),
    "real": ("published inventories", "their shared identifiers are the truth, and are hidden from matching"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement, or a part of it.

    Attributes:
        name: what it was measured on.
        about: that in a sentence; empty of a part.
        records: in the tables; null of a part.
        true: true pairs of records.
        precision: share of the matched pairs that are true.
        recall: share of the true pairs that are matched.
        date: when; empty of a part.
        version: of the program; empty of a part.
    """

    name: str
    about: str
    records: int | None
    true: int
    precision: float
    recall: float
    date: str = ""
    version: str = ""

    @property
    def is_part(self) -> bool:
        """Whether it is a part of the measurement above it."""
        return self.records is None


def matching_quality(file: Path = RECORDED) -> list[Measured]:
    """The recorded measurements, each followed by its parts; none where there is no file."""
    recorded: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return [row for name in TITLES if name in recorded for row in _rows(name, recorded[name])]


def _rows(name: str, measurement: dict[str, Any]) -> list[Measured]:
    title, about = TITLES[name]
    whole = _measured(title, about, measurement["score"], measurement)
    parts = [_measured(part["name"].replace("_", " "), "", part) for part in measurement.get("parts", ())]
    return [whole, *parts]


def _measured(name: str, about: str, score: dict[str, Any], of: dict[str, Any] | None = None) -> Measured:
    of = of or {}
    return Measured(
        name=name,
        about=about,
        records=of.get("records"),
        true=score["true"],
        precision=score["precision"],
        recall=score["recall"],
        date=of.get("date", ""),
        version=of.get("version", ""),
    )
