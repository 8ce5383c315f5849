"""The run summary as a table for the terminal, as Markdown for the report, and as a document for programs."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from loaders.core.escape import markdown, markdown_prose
from loaders.core.fitted_table import Column, FittedTable, number_column
from loaders.report.summary import UNVERIFIED, DatasetSummary, total
from loaders.report.summary_sentences import banner, headline, missing, notes, sentences, warnings
from loaders.settings.params import Settings
from loaders.warehouse.build_metrics import BuildMetrics

NOT_STATED = "-"
NOT_ALLOWED = "not allowed"
TIME = "time s"
# in the order of the table; the priorities say what a narrow terminal leaves out first
COLUMNS = (
    Column("dataset", min_width=16),
    number_column("read", 2),
    number_column("kept"),
    number_column("rejected", 4),
    number_column("not\nallowed", 3),
    number_column("flagged", 9),
    number_column("installations"),
    number_column("only\nhere", 6),
    number_column("area\nkm²", 5),
    number_column("capacity\nMW"),
    Column("licence", 8, min_width=20),
    number_column("time\ns", 7),
    Column("key", 10),
)


def as_table(rows: list[DatasetSummary], report: str) -> FittedTable:
    """The table for the terminal.

    Args:
        rows: the datasets.
        report: the path of the report, which has all columns.
    """
    shown = _shown(rows)
    footer = {**_cells(total(rows)), "key": ""}
    return FittedTable(
        tuple(column for column in COLUMNS if _name(column) in shown),
        [tuple(_cells(row)[name] for name in shown) for row in rows],
        tuple(footer[name] for name in shown),
        f"{report}, --json",
    )


def as_markdown(rows: list[DatasetSummary], figures: BuildMetrics, title: str) -> str:
    """The report in Markdown, without times, which differ from run to run."""
    quotes = (f"> {markdown_prose(sentence)}" for sentence in sentences(rows, figures))
    lines = [f"# {markdown(title)}", "", *quotes, ""]
    names = [name for name in _shown(rows) if name not in {TIME, "key"}]
    lines += [_markdown_row(names), _markdown_row("---" for _ in names)]
    for row in [*rows, total(rows)]:
        cells = _cells(row) | {"dataset": replace(row, alias=None).label}
        lines.append(_markdown_row(markdown(cells[name]) for name in names))
    return "\n".join(lines) + "\n"


def as_document(
    settings: Settings, rows: list[DatasetSummary], figures: BuildMetrics, joint_seconds: Mapping[str, float]
) -> dict[str, Any]:
    """The summary for programs: counts, areas [km²], capacities [MW] and times [s] as numbers, null where unknown."""
    return {
        "origin": settings.origin,
        "datasets": [_document(row, figures) for row in rows],
        "total": _quantities(total(rows)),
        "build": figures,
        "seconds": dict(joint_seconds),
        "missing": missing(figures),
        "result": [*banner(rows), headline(figures)],
        "warnings": warnings(rows, figures),
        "notes": notes(rows, figures),
    }


def _document(row: DatasetSummary, figures: BuildMetrics) -> dict[str, Any]:
    not_allowed = figures["left_out"].get(row.name, {})
    return {
        "dataset": row.name,
        "alias": row.alias,
        **_quantities(row),
        "licence": row.licence.removesuffix(UNVERIFIED),
        "licence_is_verified": not row.licence.endswith(UNVERIFIED),
        "records_by_licence": figures.get("licences", {}).get(row.name, {}),
        "not_allowed_by_licence": {licence: each["records"] for licence, each in not_allowed.items()},
        "is_synthetic": row.is_synthetic,
        "is_missing": row.is_missing,
    }


def _quantities(row: DatasetSummary) -> dict[str, int | float | None]:
    return {
        "read": row.read,
        "kept": row.kept,
        "rejected": row.rejected,
        "not_allowed": row.not_allowed,
        "flagged": row.flagged,
        "installations": row.installations,
        "only_here": row.only_here,
        "area_km2": row.area_km2,
        "capacity_mw": row.capacity_mw,
        "seconds": row.seconds,
    }


def _shown(rows: list[DatasetSummary]) -> list[str]:
    """The names of the columns; that of licences which are not allowed is there only if there are such records."""
    has_all = any(row.not_allowed for row in rows)
    return [name for name in map(_name, COLUMNS) if name != NOT_ALLOWED or has_all]


def _name(column: Column) -> str:
    return column.heading.replace("\n", " ")


def _cells(row: DatasetSummary) -> dict[str, str]:
    if row.is_missing:
        return dict.fromkeys(map(_name, COLUMNS), NOT_STATED) | {"dataset": row.label, "key": row.name}
    return {
        "dataset": row.label,
        "read": _count(row.read),
        "kept": _count(row.kept),
        "rejected": _count(row.rejected),
        NOT_ALLOWED: _count(row.not_allowed),
        "flagged": _count(row.flagged),
        "installations": _count(row.installations),
        "only here": _count(row.only_here),
        "area km²": _quantity(row.area_km2),
        "capacity MW": _quantity(row.capacity_mw),
        "licence": row.licence.replace(" (", "\xa0(").replace(UNVERIFIED, "\xa0?"),
        TIME: _quantity(row.seconds),
        "key": row.name,
    }


def _count(value: int | None) -> str:
    return NOT_STATED if value is None else f"{value:,}"


def _quantity(value: float | None) -> str:
    return NOT_STATED if value is None else f"{value:,.1f}"


def _markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
