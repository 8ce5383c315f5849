"""Recorded grades: `--write` keeps the measured figures in the file that the report page shows."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.grades import Grades
from benchmarks.grading import Score
from benchmarks.hard_world.grades import HardGrades
from benchmarks.real.grades import DecoyScore, RealGrades
from loaders.core.files import write_json
from loaders.core.version import program_version
from loaders.db.connection import connect

RECORDED = Path(__file__).resolve().parents[1] / "loaders" / "report" / "matching_quality.json"
Measurement = dict[str, Any]


def record(name: str, database: Path, measurement: Measurement, file: Path = RECORDED) -> None:
    """Replace one measurement in the file; the others stay.

    Args:
        name: `samples`, `world`, `hard_world` or `real`.
        database: what was graded; its records are counted.
        measurement: scores, as the functions below return them.
        file: the file.
    """
    recorded: dict[str, Measurement] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    with connect(database, read_only=True) as connection:
        (records,) = connection.execute("select count(*) from curated.curated_pv_records").fetchone() or (0,)
    date = datetime.now(UTC).date().isoformat()
    recorded[name] = measurement | {"records": records, "version": program_version(), "date": date}
    write_json(recorded, file)


def of_build(grades: Grades) -> Measurement:
    """The grades of the samples or of the made-up world."""
    return {"score": _score(grades.overall), "plants": grades.clusters.plants, "whole": grades.clusters.exact}


def of_hard_world(grades: HardGrades) -> Measurement:
    """The grades of the harder world, by kind of trap."""
    parts = [{"name": trap, **_score(score)} for trap, score in sorted(grades.traps.items())]
    clusters = grades.clusters
    return {
        "score": _score(grades.others),
        "wrong_names": _score(grades.names),
        "parts": parts,
        "plants": clusters.plants,
        "whole": clusters.exact,
    }


def of_real(grades: RealGrades, decoys: Sequence[DecoyScore]) -> Measurement:
    """The grades of published inventories, by pair of datasets that share identifiers."""
    return {
        "score": _score(grades.overall),
        "parts": _parts(grades.pairs),
        "counts": {
            inventory: {"plants": each.plants, "installations": each.installations}
            for inventory, each in grades.counts.items()
        },
        "decoys": [{"name": each.key, "records": each.records, "matched": each.matched} for each in decoys],
    }


def _parts(pairs: Mapping[tuple[str, ...], Score]) -> list[Measurement]:
    return [{"name": " · ".join(pair), **_score(score)} for pair, score in sorted(pairs.items()) if score.true]


def _score(score: Score) -> Measurement:
    return {
        "true": score.true,
        "found": score.found,
        "right": score.right,
        "precision": round(score.precision, 6),
        "recall": round(score.recall, 6),
    }
