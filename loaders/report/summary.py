"""What came of a run: one table, for the terminal and for the report."""

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
from loaders.settings.licences import disagreement
from loaders.settings.params import Dataset, Settings
from loaders.warehouse.build_metrics import BuildMetrics

HEADINGS = (
    *("dataset", "read", "kept", "rejected", "flagged", "installations", "only here"),
    *("area km²", "capacity MW", "licence", "time s"),
)
UNKNOWN = "-"
UNVERIFIED = " ?"


@dataclass(frozen=True, slots=True)
class Row:
    """One dataset, or all of them; areas in km², capacity in MW, null where nothing is stated."""

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

    def cells(self) -> tuple[str, ...]:
        """As text, in the order of the headings."""
        quantities = (f"{value:,.1f}" if value is not None else UNKNOWN for value in (self.area_km2, self.capacity_mw))
        seconds = f"{self.seconds:.1f}" if self.seconds is not None else UNKNOWN
        counts = (f"{count:,}" for count in (self.read, self.kept, self.rejected, self.flagged))
        shared = (f"{count:,}" if count is not None else UNKNOWN for count in (self.installations, self.only_here))
        return (self.name, *counts, *shared, *quantities, self.licence, seconds)


def summarise(settings: Settings, paths: ProjectPaths) -> list[Row]:
    """One row a dataset, in the order of the settings.

    Raises:
        BuildError: a dataset is not loaded, or nothing is built.
    """
    metrics = {key: _metrics(key, paths) for key in settings.datasets}
    figures = read_figures(paths)
    rows = {key: _row(settings.datasets[key], paths, found) for key, found in metrics.items()}
    return [_published(row, figures) for row in rows.values()]


def read_figures(paths: ProjectPaths) -> BuildMetrics:
    """What the last build made.

    Raises:
        BuildError: there was none.
    """
    try:
        figures: BuildMetrics = json.loads(paths.figures.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BuildError("Nothing is built yet. Run `make all`.") from error
    return figures


def total(rows: list[Row]) -> Row:
    """All records together; an installation that several datasets have is counted in each."""
    return Row(
        name="all records",
        read=sum(row.read for row in rows),
        kept=sum(row.kept for row in rows),
        rejected=sum(row.rejected for row in rows),
        flagged=sum(row.flagged for row in rows),
        area_km2=_sum(row.area_km2 for row in rows),
        capacity_mw=_sum(row.capacity_mw for row in rows),
        seconds=_sum(row.seconds for row in rows),
    )


def notes(rows: list[Row]) -> list[str]:
    """What must be said beside the table."""
    said = []
    made_up = [row.name for row in rows if row.is_synthetic]
    if made_up:
        which = "all datasets" if len(made_up) == len(rows) else ", ".join(made_up)
        said.append(f"SYNTHETIC, bundled samples: {which}. No record of theirs is a real installation.")
    if any(row.licence.endswith(UNVERIFIED) for row in rows):
        said.append("A licence with a question mark has not been read at its source yet.")
    said += [f"{row.name}: {doubt}." for row in rows for doubt in (row.licence_doubt, row.area_doubt) if doubt]
    return said


def findings(figures: BuildMetrics) -> list[str]:
    """What the build made of all records, what it left out, and what a person has to look at."""
    area = f", {figures['area_km2']:,.1f} km² of outlines" if figures["area_km2"] is not None else ""
    said = [
        f"{figures['records']:,} records are {figures['installations']:,} installations{area}; "
        f"{figures['confirmed']:,} of them were seen independently by two datasets or more."
    ]
    said += _energy(figures["energy"])
    said += [
        f"{key}: left out, {left['records_kept']:,} records: its licence ({left['licence'] or 'not stated'}) is "
        f"{left['licence_kind'].replace('_', ' ')}, which licences.allow in params.yaml does not list."
        for key, left in figures["left_out"].items()
    ]
    said += [
        f"overrides.csv, line {stale['line']}: {_are(stale['gone'])} not among the records; the line has no effect. "
        f"Remove it, or look for the new identifier with `eo-pv why`."
        for stale in figures["overrides"]["stale"]
    ]
    if lines := figures["overrides"]["left_out_lines"]:
        said.append(f"overrides.csv, line {', '.join(map(str, lines))}: not applied, its dataset is left out.")
    return said


def _energy(energy: Mapping[str, Any]) -> Iterator[str]:
    """What the installations may give in a year, and of which of them nobody can say."""
    if energy["installations"]:
        bound = ", an upper bound: the sky has clouds" if energy["is_upper_bound"] else ""
        yield (
            f"{energy['installations']:,} installations may give {energy['energy_gwh']:,.1f} GWh a year "
            f"(irradiance: {', '.join(energy['providers'])}{bound})."
        )
    for reason, installations in energy["missing"].items():
        yield f"Without an energy: {installations:,} ({reason})."


def _are(names: list[str]) -> str:
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"


def as_table(rows: list[Row]) -> Table:
    """For the terminal."""
    table = Table(header_style="bold", show_footer=True)
    footers = total(rows).cells()
    for heading, footer in zip(HEADINGS, footers, strict=True):
        text = heading in {"dataset", "licence"}
        table.add_column(heading, footer, justify="left" if text else "right", overflow="fold", no_wrap=not text)
    for row in rows:
        table.add_row(*row.cells())
    return table


def as_markdown(rows: list[Row], figures: BuildMetrics, title: str) -> str:
    """For the report: without times, which differ from run to run."""
    lines = [
        f"# {markdown(title)}",
        "",
        *(f"> {markdown_prose(note)}" for note in (*notes(rows), *findings(figures))),
        "",
    ]
    lines += [_line(HEADINGS[:-1]), _line("---" for _ in HEADINGS[:-1])]
    lines += [_line(map(markdown, row.cells()[:-1])) for row in [*rows, total(rows)]]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _metrics(key: str, paths: ProjectPaths) -> dict[str, Any]:
    try:
        return read_accounting(paths.metrics(key))
    except FileNotFoundError as error:
        raise BuildError(f"{key}: not loaded yet. Run `make all`.") from error


def _published(row: Row, figures: BuildMetrics) -> Row:
    """What the build made of a dataset; of one that is left out, no more than how many records it has."""
    if row.name in figures["left_out"]:
        hidden = replace(row, area_km2=None, capacity_mw=None, area_doubt=None, licence_doubt=None)
        return replace(hidden, kept=0, rejected=row.read, flagged=0)
    return replace(row, **figures["datasets"].get(row.name, {}))


def _row(dataset: Dataset, paths: ProjectPaths, metrics: dict[str, Any]) -> Row:
    seconds = paths.seconds(dataset.key)
    lock = read_lock(paths.lock(dataset.key))
    return Row(
        name=dataset.key,
        read=metrics["records"]["read"],
        kept=metrics["records"]["kept"],
        rejected=metrics["records"]["rejected"],
        flagged=metrics["records"]["flagged"],
        area_km2=metrics["area_km2"],
        capacity_mw=metrics["capacity_mw"],
        licence=f"{dataset.licence or 'not stated'}{'' if dataset.licence_verified else UNVERIFIED}",
        seconds=sum(seconds.values()) if seconds else None,
        is_synthetic=lock.is_synthetic,
        licence_doubt=disagreement(dataset.licence, lock.record.licence) if lock.record else None,
        area_doubt=implausible_area_warning(metrics),
    )
