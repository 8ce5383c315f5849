"""Tabulates a comparison: tables for the terminal, a document for programs, and a CSV with one row per pair."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from loaders.core.arrays import Flags, Numbers
from loaders.core.escape import spreadsheet_cell
from loaders.core.fitted_table import Column, FittedTable, number_column
from loaders.harmonise.values.value_counts import format_value_counts
from loaders.report.compare.comparison import MIXED, Comparison, Part
from loaders.report.compare.left_out import LICENCES
from loaders.report.compare.records import UNKNOWN, Side

BLANK = "-"
M2_PER_KM2 = 1e6
QUARTILES = (0.25, 0.5, 0.75)
MEDIAN = 0.5
GOOD_IOU = 0.5
TEXT_COLUMNS = ("record_id_a", "record_id_b", "capacity_basis_a", "capacity_basis_b")  # of the CSV


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on a quantity over the groups in which both sides state it.

    Attributes:
        quantity: its name and unit.
        groups: number of groups.
        total_a, total_b: its sum on each side.
        ratios: B over A by group; without groups in which A is zero.
        note: a caveat on the bias.
        is_bias: whether the difference may be called a bias.
    """

    quantity: str
    groups: int
    total_a: float
    total_b: float
    ratios: Numbers
    note: str = ""
    is_bias: bool = True

    @property
    def bias(self) -> float | None:
        """(B - A) / A of the sums; None where A is zero."""
        return self.total_b / self.total_a - 1 if self.total_a else None

    def cells(self) -> tuple[str, ...]:
        """The cells as text."""
        bias = f"{round(100 * self.bias, 1) + 0:+.1f} %" if self.is_bias and self.bias is not None else BLANK
        sums = (f"{self.total_a:,.1f}", f"{self.total_b:,.1f}", bias)
        return (self.quantity, f"{self.groups:,}", *sums, *_quartiles(self.ratios), self.note)


def area_agreement(comparison: Comparison) -> Agreement:
    """Agreement on the area [km²] of groups with an outline on both sides; overlaps within a side count once."""
    has_both = ~np.isnan(comparison.shared_m2)
    return _agreement(
        "area km²", comparison.part_a.area_m2[has_both] / M2_PER_KM2, comparison.part_b.area_m2[has_both] / M2_PER_KM2
    )


def capacity_agreements(comparison: Comparison) -> list[Agreement]:
    """Agreement on the capacity [MW] of groups in which every record states one, by pair of bases."""
    a, b = comparison.part_a, comparison.part_b
    has_both = ~(np.isnan(a.capacity_mw) | np.isnan(b.capacity_mw))
    bases = sorted(set(zip(a.basis[has_both], b.basis[has_both], strict=True)))
    agreements = []
    for basis_a, basis_b in bases:
        selection = has_both & (a.basis == basis_a) & (b.basis == basis_b)
        note = _basis_note(basis_a, basis_b)
        agreements.append(
            _agreement(
                "capacity MW", a.capacity_mw[selection], b.capacity_mw[selection], note, is_bias=basis_a == basis_b
            )
        )
    return agreements


def extents_table(comparison: Comparison) -> FittedTable:
    """A table of the coverage of each dataset by the other one."""
    columns = (
        Column("dataset", min_width=20, is_id=True),
        number_column("records"),
        number_column("in the other's\nextent", 3),
        number_column("matched"),
        number_column("share", 2),
        number_column("only\nhere", 4),
        number_column("only here\nkm²", 5),
    )
    rows = [
        (f"{letter}:\xa0{side.name}", *_coverage(side, inside, part))
        for letter, side, inside, part in (
            ("A", comparison.a, comparison.inside_a, comparison.part_a),
            ("B", comparison.b, comparison.inside_b, comparison.part_b),
        )
    ]
    return FittedTable(columns, rows, all_columns="--json")


def _coverage(side: Side, inside: Flags, part: Part) -> tuple[str, ...]:
    is_matched = part.group >= 0
    is_unmatched = inside & ~is_matched
    counts = (f"{int(count):,}" for count in (len(side), inside.sum(), is_matched.sum()))
    km2 = float(np.nansum(side.area_m2[is_unmatched])) / M2_PER_KM2
    return (*counts, _share(is_matched.sum(), inside.sum()), f"{is_unmatched.sum():,}", f"{km2:,.1f}")


def agreement_table(comparison: Comparison) -> FittedTable:
    """A table of the agreement in the groups of both."""
    quartiles = (number_column(f"{100 * share:.0f} %", 3 if share == MEDIAN else 4) for share in QUARTILES)
    columns = (
        Column("in groups of both", min_width=11),
        number_column("groups"),
        *(number_column(name) for name in ("A", "B", "B against\nA")),
        *quartiles,
        Column("note", 2, min_width=16),
    )
    iou = comparison.iou[~np.isnan(comparison.iou)]
    note = f"{_share((iou > GOOD_IOU).sum(), len(iou))} of them above {GOOD_IOU}" if len(iou) else ""
    rows = [("IoU", f"{len(iou):,}", BLANK, BLANK, BLANK, *_quartiles(iou), note)]
    rows += [agreement.cells() for agreement in (area_agreement(comparison), *capacity_agreements(comparison))]
    return FittedTable(columns, rows, all_columns="--json")


def group_kinds(comparison: Comparison) -> dict[str, int]:
    """The number of groups, by how many records of each side they hold."""
    a, b = comparison.part_a.records, comparison.part_b.records
    kinds = {
        "one to one": (a == 1) & (b == 1),
        "one of A to several of B": (a == 1) & (b > 1),
        "several of A to one of B": (a > 1) & (b == 1),
        "several to several": (a > 1) & (b > 1),
    }
    return {name: int(kind.sum()) for name, kind in kinds.items()}


def sentences(comparison: Comparison) -> list[str]:
    """Sentences that accompany the tables."""
    lines = []
    if not (comparison.inside_a.any() or comparison.inside_b.any()):
        lines.append(
            "Nothing overlaps: no record of either lies in the extent of the other. curated_pv_overlap has those "
            "that overlap."
        )
    counts = ", ".join(f"{count:,} {name}" for name, count in group_kinds(comparison).items())
    groups = len(comparison.part_a.records)
    lines.append(f"{len(comparison.pairs.a):,} matching pairs make {groups:,} groups: {counts}.")
    if not capacity_agreements(comparison):
        lines.append("No group states a capacity for every record on both sides.")
    if synthetic := [side.name for side in (comparison.a, comparison.b) if side.is_synthetic]:
        lines.append(f"SYNTHETIC, bundled samples: {', '.join(synthetic)}. No record of theirs is a real installation.")
    return lines


def left_out_note(side: Side, *, compares_all: bool) -> list[str]:
    """One sentence on the records of a file that are in no installation; none if there are none."""
    if not side.left_out:
        return []
    reasons = "; ".join(
        f"{setting} does not list {'the kind of ' * (setting == LICENCES)}{format_value_counts(Counter(values))}"
        for setting, values in side.left_out_by_setting.items()
    )
    result = "in no installation, though compared" if compares_all else "in no installation and not compared"
    is_private = compares_all and LICENCES in side.left_out_by_setting
    remark = " The picture and the CSV are not for publication." if is_private else ""
    hint = "" if compares_all else " `--all` compares them, too."
    return [f"{side.name}: {side.left_out:,} of {side.all_records:,} records are {result}: {reasons}.{remark}{hint}"]


def as_csv(comparison: Comparison) -> str:
    """One row per pair, sorted by record ids, with the values of the two records; empty where one is unknown.

    An id that a spreadsheet would run as a formula is prefixed with an apostrophe.
    """
    pairs, a, b = comparison.pairs, comparison.a, comparison.b
    area_a, area_b = a.area_m2[pairs.a], b.area_m2[pairs.b]
    columns = {
        "record_id_a": a.record_id[pairs.a],
        "record_id_b": b.record_id[pairs.b],
        "group": comparison.part_a.group[pairs.a] + 1,
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
    for name in TEXT_COLUMNS:
        rows[name] = rows[name].map(spreadsheet_cell, na_action="ignore")
    return rows.to_csv(index=False, lineterminator="\n")


def _agreement(quantity: str, a: Numbers, b: Numbers, note: str = "", is_bias: bool = True) -> Agreement:
    ratios = _ratio(a, b)
    ratios_known = ratios[~np.isnan(ratios)]
    return Agreement(quantity, len(a), float(a.sum()), float(b.sum()), ratios_known, note, is_bias)


def _basis_note(basis_a: str, basis_b: str) -> str:
    """The note on two capacity bases."""
    if {basis_a, basis_b} & {UNKNOWN, MIXED}:
        a, b = ("not stated" if basis == UNKNOWN else basis for basis in (basis_a, basis_b))
        return f"AC or DC {b} against {a}: may not be a bias"
    return f"both {basis_a}" if basis_a == basis_b else f"{basis_b} against {basis_a}: not a bias"


def _ratio(a: Numbers, b: Numbers) -> Numbers:
    """B over A; NaN where one is unknown, or A is zero."""
    ratio = np.full(len(a), np.nan)
    is_known = a > 0
    ratio[is_known] = b[is_known] / a[is_known]
    return ratio


def _quartiles(values: Numbers) -> list[str]:
    if not len(values):
        return [BLANK] * len(QUARTILES)
    return [f"{value:.2f}" for value in np.quantile(values, QUARTILES)]


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else BLANK
