"""The data flow at the top of the documentation page: what each step makes, with the counts of the last build."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loaders.report.summary import DatasetSummary


@dataclass(frozen=True, slots=True)
class Step:
    """A box of the picture.

    Attributes:
        name: of the step.
        count: what it made, in one number with its noun; empty without one.
        text: what it does; names between backticks are code.
        place: where its output is, below `data/<origin>`; empty outside of it.
        joins: what comes in or goes out at its side; empty without such.
        anchor: section of the page that explains it.
    """

    name: str
    count: str
    text: str
    place: str = ""
    joins: str = ""
    anchor: str = ""


def flow(rows: Sequence[DatasetSummary], figures: Mapping[str, Any]) -> list[Step]:
    """The steps from the published datasets to the report.

    Args:
        rows: the datasets.
        figures: of the last build.
    """
    installations = figures.get("installations")
    return [
        *_of_each_dataset(rows),
        Step(
            "Build",
            _count(installations, "installation") if installations else "",
            "dbt matches the records of all datasets: one row for each real plant.",
            "curated/, eo_pv_data.duckdb",
            "joins countries, regions and the irradiance",
            "models",
        ),
        Step(
            "Use",
            "",
            "Report and map, `eo-pv export`, `eo-pv picture`, Python, SQL.",
            "report/",
            anchor="columns",
        ),
    ]


def _of_each_dataset(rows: Sequence[DatasetSummary]) -> list[Step]:
    """The steps that each dataset takes alone."""
    read, kept, rejected = (sum(getattr(row, name) for row in rows) for name in ("read", "kept", "rejected"))
    return [
        Step(
            "Published datasets",
            _count(len(rows), "dataset"),
            "A DOI, a GitHub file, an address or a file of your own: each is an entry of `params.yaml`.",
            anchor="datasets",
        ),
        Step(
            "Fetch",
            _count(read, "record") if read else "",
            "`resolve` locks what the publisher states, `fetch` downloads it and verifies every byte.",
            "locks/, raw/",
        ),
        Step(
            "Load",
            f"{_count(kept, 'record')} kept" if kept else "",
            "Hamilton harmonises columns, units and outlines to one canonical record.",
            "loaded/",
            f"{_count(rejected, 'record')} rejected, each with its reason",
            "pipelines",
        ),
    ]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
