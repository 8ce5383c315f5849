"""A comparison in numbers: tables for the terminal, and one row a pair for the CSV file."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from rich.table import Table

from loaders.core.arrays import Flags, Numbers
from loaders.core.escape import spreadsheet_cell
from loaders.report.compare.comparison import MIXED, Comparison, Part
from loaders.report.compare.records import UNKNOWN, Side

NOTHING = "-"
M2_PER_KM2 = 1e6
QUARTILES = (0.25, 0.5, 0.75)
GOOD_IOU = 0.5
TEXT = ("record_id_a", "record_id_b", "capacity_basis_a", "capacity_basis_b")  # of the CSV


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the groups in which both sides state a quantity say of it.

    Attributes:
        quantity: its name and unit.
        groups: how many.
        of_a, of_b: its sums.
        ratios: B's over A's, by group; without the groups in which A's is zero.
        note: what to know before calling the difference a bias.
        is_bias: whether it may be called one.
    """

    quantity: str
    groups: int
    of_a: float
    of_b: float
    ratios: Numbers
    note: str = ""
    is_bias: bool = True

    @property
    def bias(self) -> float | None:
        """By how much B's sum exceeds A's, as a share of A's; None where A's is zero."""
        return self.of_b / self.of_a - 1 if self.of_a else None

    def cells(self) -> tuple[str, ...]:
        """As text."""
        bias = f"{round(100 * self.bias, 1) + 0:+.1f} %" if self.is_bias and self.bias is not None else NOTHING
        sums = (f"{self.of_a:,.1f}", f"{self.of_b:,.1f}", bias)
        return (self.quantity, f"{self.groups:,}", *sums, *_quartiles(self.ratios), self.note)


def area_agreement(found: Comparison) -> Agreement:
    """Areas [km²] of the groups with an outline on both sides, overlaps within a side counted once."""
    both = ~np.isnan(found.shared_m2)
    return _agreement("area km²", found.part_a.area_m2[both] / M2_PER_KM2, found.part_b.area_m2[both] / M2_PER_KM2)


def capacity_agreements(found: Comparison) -> list[Agreement]:
    """Capacities [MW] of the groups in which every record of both sides states one, apart by their bases."""
    a, b = found.part_a, found.part_b
    both = ~(np.isnan(a.capacity_mw) | np.isnan(b.capacity_mw))
    bases = sorted(set(zip(a.basis[both], b.basis[both], strict=True)))
    agreements = []
    for of_a, of_b in bases:
        these = both & (a.basis == of_a) & (b.basis == of_b)
        note = _meaning(of_a, of_b)
        agreements.append(
            _agreement("capacity MW", a.capacity_mw[these], b.capacity_mw[these], note, is_bias=of_a == of_b)
        )
    return agreements


def extents_table(found: Comparison) -> Table:
    """How much of each dataset the other one has."""
    table = _table(
        "records", "in the other's extent", "matched", "share", "only here", "only here km²", first="dataset"
    )
    table.add_row(f"A: {found.a.name}", *_coverage(found.a, found.inside_a, found.part_a))
    table.add_row(f"B: {found.b.name}", *_coverage(found.b, found.inside_b, found.part_b))
    return table


def _coverage(side: Side, inside: Flags, part: Part) -> tuple[str, ...]:
    matched = part.group >= 0
    alone = inside & ~matched
    counts = (f"{int(count):,}" for count in (len(side), inside.sum(), matched.sum()))
    km2 = float(np.nansum(side.area_m2[alone])) / M2_PER_KM2
    return (*counts, _share(matched.sum(), inside.sum()), f"{alone.sum():,}", f"{km2:,.1f}")


def agreement_table(found: Comparison) -> Table:
    """How far both agree on what they both have."""
    names = ("groups", "A", "B", "B against A", *(f"{share:.0%}".replace("%", " %") for share in QUARTILES), "note")
    table = _table(*names, first="in groups of both")
    iou = found.iou[~np.isnan(found.iou)]
    note = f"{_share((iou > GOOD_IOU).sum(), len(iou))} of them above {GOOD_IOU}" if len(iou) else ""
    table.add_row("IoU", f"{len(iou):,}", NOTHING, NOTHING, NOTHING, *_quartiles(iou), note)
    for agreement in (area_agreement(found), *capacity_agreements(found)):
        table.add_row(*agreement.cells())
    return table


def sentences(found: Comparison) -> list[str]:
    """What must be said beside the tables."""
    a, b = found.part_a.records, found.part_b.records
    kinds = {
        "one to one": (a == 1) & (b == 1),
        "one of A to several of B": (a == 1) & (b > 1),
        "several of A to one of B": (a > 1) & (b == 1),
        "several to several": (a > 1) & (b > 1),
    }
    said = []
    if not (found.inside_a.any() or found.inside_b.any()):
        said.append("Nothing overlaps: no record of either lies in the extent of the other.")
    counts = ", ".join(f"{kind.sum():,} {name}" for name, kind in kinds.items())
    said.append(f"{len(found.pairs.a):,} matching pairs make {len(a):,} groups: {counts}.")
    if not capacity_agreements(found):
        said.append("No group states a capacity for every record on both sides.")
    if synthetic := [side.name for side in (found.a, found.b) if side.is_synthetic]:
        said.append(f"SYNTHETIC, bundled samples: {', '.join(synthetic)}. No record of theirs is a real installation.")
    return said


def as_csv(found: Comparison) -> str:
    """One row a pair, by record ids: what both say of this pair alone; empty where one of them does not say it.

    An id that a spreadsheet would run as a formula begins with an apostrophe.
    """
    pairs, a, b = found.pairs, found.a, found.b
    area_a, area_b = a.area_m2[pairs.a], b.area_m2[pairs.b]
    columns = {
        "record_id_a": a.record_id[pairs.a],
        "record_id_b": b.record_id[pairs.b],
        "group": found.part_a.group[pairs.a] + 1,
        "shared_area_m2": pairs.shared_m2.round(2),
        "iou": (pairs.shared_m2 / (area_a + area_b - pairs.shared_m2)).round(4),
        "share_of_smaller": (pairs.shared_m2 / np.fmin(area_a, area_b)).round(4),
        "distance_m": pairs.distance_m.round(2),
        "area_ratio": _ratio(area_a, area_b).round(4),
        "capacity_ratio": _ratio(a.capacity_mw[pairs.a], b.capacity_mw[pairs.b]).round(4),
        "capacity_basis_a": a.basis[pairs.a],
        "capacity_basis_b": b.basis[pairs.b],
    }
    rows = pd.DataFrame(columns).sort_values(["record_id_a", "record_id_b"], kind="stable")
    for name in TEXT:
        rows[name] = rows[name].map(spreadsheet_cell, na_action="ignore")
    return rows.to_csv(index=False, lineterminator="\n")


def _agreement(quantity: str, a: Numbers, b: Numbers, note: str = "", is_bias: bool = True) -> Agreement:
    ratios = _ratio(a, b)
    known = ratios[~np.isnan(ratios)]
    return Agreement(quantity, len(a), float(a.sum()), float(b.sum()), known, note, is_bias)


def _meaning(of_a: str, of_b: str) -> str:
    """What to say of two bases."""
    if {of_a, of_b} & {UNKNOWN, MIXED}:
        return f"{of_b} against {of_a}: may not be a bias"
    return f"both {of_a}" if of_a == of_b else f"{of_b} against {of_a}: not a bias"


def _ratio(a: Numbers, b: Numbers) -> Numbers:
    """B over A; NaN where one is unknown, or A is zero."""
    ratio = np.full(len(a), np.nan)
    known = a > 0
    ratio[known] = b[known] / a[known]
    return ratio


def _quartiles(values: Numbers) -> list[str]:
    if not len(values):
        return [NOTHING] * len(QUARTILES)
    return [f"{value:.2f}" for value in np.quantile(values, QUARTILES)]


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else NOTHING


def _table(*headings: str, first: str) -> Table:
    table = Table(header_style="bold")
    table.add_column(first, overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "note" else "right", no_wrap=heading != "note")
    return table
