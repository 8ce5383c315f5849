"""The sentences that accompany the run summary: its result, warnings, and notes that only the report tells."""

from collections.abc import Iterator, Mapping
from typing import Any

from loaders.report.left_out import left_out_count, left_out_sentences
from loaders.report.summary import UNVERIFIED, DatasetSummary, missing_datasets
from loaders.warehouse.build_metrics import BuildMetrics


def sentences(rows: list[DatasetSummary], figures: BuildMetrics) -> list[str]:
    """All of them, for the report."""
    return [*missing(figures), *banner(rows), headline(figures), *warnings(rows, figures), *notes(rows, figures)]


def missing(figures: BuildMetrics) -> list[str]:
    """Which datasets are in no table, and why."""
    return [f"{key} is missing: {reason}" for key, reason in missing_datasets(figures).items()]


def banner(rows: list[DatasetSummary]) -> list[str]:
    """Which datasets hold made-up records; nothing if none does."""
    rows = [row for row in rows if not row.is_missing]
    synthetic = [row.name for row in rows if row.is_synthetic]
    if not synthetic:
        return []
    if len(synthetic) == len(rows):
        return ["SYNTHETIC, bundled samples: all datasets. No record is a real installation."]
    return [f"SYNTHETIC, bundled samples: {', '.join(synthetic)}. No record of theirs is a real installation."]


def headline(figures: BuildMetrics) -> str:
    """How many installations the records are."""
    area = f", {figures['area_km2']:,.1f} km² of outlines" if figures["area_km2"] is not None else ""
    records = figures["records"] - left_out_count(figures)
    sure = figures["high_confidence"]
    confidence = (
        f"{sure:,} of them {'has' if sure == 1 else 'have'} high confidence: two independent inventories or more have "
        f"{'it' if sure == 1 else 'them'}."
        if sure
        else "none has high confidence, for which two independent inventories or more must have it."
    )
    return f"{records:,} records are {figures['installations']:,} installations{area}; {confidence}"


def warnings(rows: list[DatasetSummary], figures: BuildMetrics) -> list[str]:
    """What may be wrong, or has no effect: in data, licences and overrides."""
    return [
        *_test_warnings(figures),
        *(f"{row.name}: {doubt}." for row in rows for doubt in (row.licence_doubt, row.area_doubt) if doubt),
        *_ineffective_overrides(figures),
    ]


def notes(rows: list[DatasetSummary], figures: BuildMetrics) -> list[str]:
    """What is left out and why, the energy, and what has not been verified."""
    unread = any(row.licence.endswith(UNVERIFIED) for row in rows)
    return [
        *left_out_sentences(figures),
        *_energy(figures["energy"]),
        *_placeholders(figures),
        *_licence_exclusions(figures),
        *(["A licence with a question mark has not been read at its source yet."] if unread else []),
        *(f"{row.name}: {warning}." for row in rows for warning in row.missing_columns),
    ]


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


def _placeholders(figures: BuildMetrics) -> Iterator[str]:
    """Records at a placeholder position; a build of an earlier version counts none."""
    if placeholders := figures.get("placeholders"):
        counts = ", ".join(f"{key}: {records:,}" for key, records in placeholders.items())
        yield (
            f"At a placeholder position: {sum(placeholders.values()):,} records ({counts}). They are matched by "
            "identifier or name only; without another record, they have no place and no energy."
        )


def _test_warnings(figures: BuildMetrics) -> Iterator[str]:
    for test, rows in figures.get("warnings", {}).items():
        yield f"Warning: {test.replace('_', ' ')}, except in {rows:,} {'row' if rows == 1 else 'rows'} (dbt/models)."


def _licence_exclusions(figures: BuildMetrics) -> Iterator[str]:
    for key, exclusions in figures["left_out"].items():
        for licence, exclusion in exclusions.items():
            count = exclusion["records"]
            records = "1 record: its" if count == 1 else f"{count:,} records: their"
            yield (
                f"{key}: not allowed, {records} licence ({licence}) is {exclusion['licence_kind'].replace('_', ' ')}, "
                "which licences.allow in params.yaml does not list."
            )


def _ineffective_overrides(figures: BuildMetrics) -> Iterator[str]:
    for override in figures["overrides"]["stale"]:
        names = override["gone"]
        yield (
            f"overrides.csv, line {override['line']}: {' and '.join(names)} {'is' if len(names) == 1 else 'are'} not "
            "among the records; the line has no effect. Remove it, or look for the new identifier with `eo-pv why`."
        )
    if lines := figures["overrides"]["left_out_lines"]:
        yield f"overrides.csv, line {', '.join(map(str, lines))}: not applied, a record of it is left out."
