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
class Score:
    """Grades of matching.

    Attributes:
        name: what it was measured on.
        true: true pairs of records.
        precision: share of the matched pairs that are true.
        recall: share of the true pairs that are matched.
    """

    name: str
    true: int
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement.

    Attributes:
        key: `samples`, `world`, `hard_world` or `real`.
        score: over all of it.
        about: what it was measured on, in a sentence.
        records: in its tables.
        date: when.
        version: of the program.
        parts: by pair of datasets, or by kind of trap.
        decoys: records near real ones that are no such plant; null without any.
        false_matches: of these, how many were matched to a real one.
    """

    key: str
    score: Score
    about: str
    records: int
    date: str
    version: str
    parts: tuple[Score, ...] = ()
    decoys: int | None = None
    false_matches: int | None = None


def matching_quality(file: Path = RECORDED) -> list[Measured]:
    """The recorded measurements; none where there is no file."""
    recorded: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return [_measured(key, recorded[key]) for key in TITLES if key in recorded]


def _measured(key: str, recorded: dict[str, Any]) -> Measured:
    title, about = TITLES[key]
    parts = [_score(part["name"].replace("_", " "), part) for part in recorded.get("parts", ())]
    if "wrong_names" in recorded:
        parts.append(_score("30 % of the names wrong (not part of the total)", recorded["wrong_names"]))
    decoys = recorded.get("decoys")
    return Measured(
        key=key,
        score=_score(title, recorded["score"]),
        about=about,
        records=recorded["records"],
        date=recorded["date"],
        version=recorded["version"],
        parts=tuple(parts),
        decoys=sum(each["records"] for each in decoys) if decoys else None,
        false_matches=sum(each["matched"] for each in decoys) if decoys else None,
    )


def _score(name: str, score: dict[str, Any]) -> Score:
    return Score(name, score["true"], score["precision"], score["recall"])
