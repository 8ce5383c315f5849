"""Run summary: one row per dataset, for the terminal and the report."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rich.table import Table

from loaders.acquire.lock import read_lock
from loaders.core.errors import BuildError
from loaders.core.escape import markdown, markdown_prose
from loaders.core.paths import ProjectPaths
from loaders.harmonise.row_accounting import implausible_area_warning, read_accounting
from loaders.report.left_out import left_out_count, left_out_sentences
from loaders.settings.licences import disagreement
from loaders.settings.params import Dataset, Settings
from loaders.warehouse.build_metrics import BuildMetrics

HEADINGS = (
    *("dataset", "read", "kept", "rejected", "flagged", "installations", "only here"),
    *("area km²", "capacity MW", "licence", "time s"),
)
NOT_STATED = "-"
MISSING = "missing"
UNVERIFIED = " ?"


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """Counts of one dataset, or of all; area in km², capacity in MW, null where nothing is stated."""

    name: str
    read: int
    kept: int
    rejected: int
    area_km2: float | None
    capacity_mw: float | None
    licence: str = ""
    seconds: float | None = None
    is_synthetic: bool = False
    licence_doubt: str | None = None
    area_doubt: str | None = None
    flagged: int = 0
    installations: int | None = None
    only_here: int | None = None
    missing_columns: tuple[str, ...] = ()

    def cells(self) -> tuple[str, ...]:
        """The cells as text, in the order of the headings."""
        quantities = (
            f"{value:,.1f}" if value is not None else NOT_STATED for value in (self.area_km2, self.capacity_mw)
        )
        seconds = f"{self.seconds:.1f}" if self.seconds is not None else NOT_STATED
        counts = (f"{count:,}" for count in (self.read, self.kept, self.rejected, self.flagged))
        installation_counts = (
            f"{count:,}" if count is not None else NOT_STATED for count in (self.installations, self.only_here)
        )
        return (self.name, *counts, *installation_counts, *quantities, self.licence, seconds)


def summarise(settings: Settings, paths: ProjectPaths) -> list[DatasetSummary]:
    """Summarise each dataset, in the order of the settings.

    Raises:
        BuildError: a dataset is not loaded, or nothing is built.
    """
    missing = read_figures(paths).get("missing_datasets", {}) if paths.build_metrics.exists() else {}
    rows = [
        _missing_row(key) if key in missing else _summary(dataset, paths, _read_metrics(key, paths))
        for key, dataset in settings.datasets.items()
    ]
    figures = read_figures(paths)
    return [_with_build_figures(row, figures) for row in rows]


def _missing_row(key: str) -> DatasetSummary:
    """The row of a dataset that failed, and that the tables were built without."""
    return DatasetSummary(name=key, read=0, kept=0, rejected=0, area_km2=None, capacity_mw=None, licence=MISSING)


def read_figures(paths: ProjectPaths) -> BuildMetrics:
    """The figures of the last build.

    Raises:
        BuildError: nothing is built yet, or an older version built it.
    """
    try:
        figures: BuildMetrics = json.loads(paths.build_metrics.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BuildError("Nothing is built yet. Run `make all`.") from error
    if "high_confidence" not in figures:
        raise BuildError(f"{paths.build_metrics}: an older version of eo-pv built the tables. Run `make all`.")
    return figures


def total(rows: list[DatasetSummary]) -> DatasetSummary:
    """Totals over all datasets; an installation in several datasets counts in each."""
    return DatasetSummary(
        name="all records",
        read=sum(row.read for row in rows),
        kept=sum(row.kept for row in rows),
        rejected=sum(row.rejected for row in rows),
        flagged=sum(row.flagged for row in rows),
        area_km2=_sum(row.area_km2 for row in rows),
        capacity_mw=_sum(row.capacity_mw for row in rows),
        seconds=_sum(row.seconds for row in rows),
    )


def notes(rows: list[DatasetSummary]) -> list[str]:
    """Notes that accompany the table: synthetic data, unread licences, doubts."""
    sentences = []
    synthetic = [row.name for row in rows if row.is_synthetic]
    if synthetic:
        names = "all datasets" if len(synthetic) == len(rows) else ", ".join(synthetic)
        sentences.append(f"SYNTHETIC, bundled samples: {names}. No record of theirs is a real installation.")
    if any(row.licence.endswith(UNVERIFIED) for row in rows):
        sentences.append("A licence with a question mark has not been read at its source yet.")
    doubts = [(row.name, doubt) for row in rows for doubt in (row.licence_doubt, row.area_doubt, *row.missing_columns)]
    sentences += [f"{name}: {doubt}." for name, doubt in doubts if doubt]
    return sentences


def findings(figures: BuildMetrics) -> list[str]:
    """Results of the build in sentences: installations, energy, left-out datasets, stale overrides."""
    area = f", {figures['area_km2']:,.1f} km² of outlines" if figures["area_km2"] is not None else ""
    records = figures["records"] - left_out_count(figures)
    sentences = [f"{key} is missing: {reason}" for key, reason in figures.get("missing_datasets", {}).items()]
    sentences += [
        f"{records:,} records are {figures['installations']:,} installations{area}; "
        f"{figures['high_confidence']:,} of them have high confidence: two independent inventories or more have them."
    ]
    sentences += left_out_sentences(figures)
    sentences += _energy(figures["energy"])
    sentences += _doubts(figures)
    sentences += [
        f"{key}: left out, {_records(exclusion['records'])} licence ({licence}) is "
        f"{exclusion['licence_kind'].replace('_', ' ')}, which licences.allow in params.yaml does not list."
        for key, exclusions in figures["left_out"].items()
        for licence, exclusion in exclusions.items()
    ]
    sentences += [
        f"overrides.csv, line {override['line']}: {_subject_and_verb(override['gone'])} not among the records; the "
        "line has no effect. Remove it, or look for the new identifier with `eo-pv why`."
        for override in figures["overrides"]["stale"]
    ]
    if lines := figures["overrides"]["left_out_lines"]:
        sentences.append(f"overrides.csv, line {', '.join(map(str, lines))}: not applied, a record of it is left out.")
    return sentences


def _records(count: int) -> str:
    return "1 record: its" if count == 1 else f"{count:,} records: their"


def _energy(energy: Mapping[str, Any]) -> Iterator[str]:
    """The yearly energy of the installations, and how many have none, by reason."""
    if energy["installations"]:
        bound = ", an upper bound: the sky has clouds" if energy["is_upper_bound"] else ""
        yield (
            f"{energy['installations']:,} installations may give {energy['energy_gwh']:,.1f} GWh a year (irradiance: "
            f"{', '.join(energy['providers'])}{bound})."
        )
    for reason, installations in energy["missing"].items():
        yield f"Without an energy: {installations:,} ({reason})."


def _doubts(figures: BuildMetrics) -> Iterator[str]:
    """Records at a placeholder position, and tests that warn; a build of an earlier version counts neither."""
    if placeholders := figures.get("placeholders"):
        counts = ", ".join(f"{key}: {records:,}" for key, records in placeholders.items())
        yield (
            f"At a placeholder position: {sum(placeholders.values()):,} records ({counts}). They are matched by "
            "identifier or name only; without another record, they have no place and no energy."
        )
    for test, rows in figures.get("warnings", {}).items():
        yield f"Warning: {test.replace('_', ' ')}, except in {rows:,} {'row' if rows == 1 else 'rows'} (dbt/models)."


def format_record_counts(records_by_licence: Mapping[str, int]) -> str:
    """Licences with their number of records, the most frequent first."""
    by_count = sorted(records_by_licence.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{licence} ({records:,})" for licence, records in by_count)


def _subject_and_verb(names: list[str]) -> str:
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"


def as_table(rows: list[DatasetSummary]) -> Table:
    """The table for the terminal."""
    table = Table(header_style="bold", show_footer=True)
    footers = total(rows).cells()
    for heading, footer in zip(HEADINGS, footers, strict=True):
        is_text = heading in {"dataset", "licence"}
        table.add_column(heading, footer, justify="left" if is_text else "right", overflow="fold", no_wrap=not is_text)
    for row in rows:
        table.add_row(*row.cells())
    return table


def as_markdown(rows: list[DatasetSummary], figures: BuildMetrics, title: str) -> str:
    """The report in Markdown, without times, which differ from run to run."""
    lines = [
        f"# {markdown(title)}",
        "",
        *(f"> {markdown_prose(note)}" for note in (*notes(rows), *findings(figures))),
        "",
    ]
    lines += [_markdown_row(HEADINGS[:-1]), _markdown_row("---" for _ in HEADINGS[:-1])]
    lines += [_markdown_row(map(markdown, row.cells()[:-1])) for row in [*rows, total(rows)]]
    return "\n".join(lines) + "\n"


def _markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _read_metrics(key: str, paths: ProjectPaths) -> dict[str, Any]:
    try:
        return read_accounting(paths.metrics(key))
    except FileNotFoundError as error:
        raise BuildError(f"{key}: not loaded yet. Run `make all`.") from error


def _with_build_figures(row: DatasetSummary, figures: BuildMetrics) -> DatasetSummary:
    """Add the build's figures of a dataset; of records that are left out, keep only their number."""
    licences = figures.get("licences", {}).get(row.name, {})
    if len(licences) > 1:
        row = replace(row, licence=format_record_counts(licences) + UNVERIFIED * row.licence.endswith(UNVERIFIED))
    if row.name in figures["left_out"]:
        row = replace(row, area_km2=None, capacity_mw=None, area_doubt=None, kept=0, rejected=row.read, flagged=0)
        row = row if licences else replace(row, licence_doubt=None, missing_columns=())
    return replace(row, **figures["datasets"].get(row.name, {}))


def _summary(dataset: Dataset, paths: ProjectPaths, metrics: dict[str, Any]) -> DatasetSummary:
    seconds = paths.step_seconds(dataset.key)
    lock = read_lock(paths.lock(dataset.key))
    return DatasetSummary(
        name=dataset.key,
        read=metrics["records"]["read"],
        kept=metrics["records"]["kept"],
        rejected=metrics["records"]["rejected"],
        flagged=metrics["records"]["flagged"],
        area_km2=metrics["area_km2"],
        capacity_mw=metrics["capacity_mw"],
        licence=f"{dataset.licence.text}{'' if dataset.licence_verified else UNVERIFIED}",
        seconds=sum(seconds.values()) if seconds else None,
        is_synthetic=lock.is_synthetic,
        licence_doubt=disagreement(dataset.licence.of_other_records, lock.record.licence) if lock.record else None,
        area_doubt=implausible_area_warning(metrics),
        missing_columns=tuple(metrics.get("missing_columns", ())),
    )
