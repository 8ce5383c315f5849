"""A comparison as a document for programs: counts, areas [km²], capacities [MW] and shares as numbers."""

from typing import Any

import numpy as np

from loaders.core.arrays import Flags, Numbers
from loaders.report.compare.comparison import Comparison, Part
from loaders.report.compare.records import Side
from loaders.report.compare.table import (
    GOOD_IOU,
    M2_PER_KM2,
    QUARTILES,
    Agreement,
    area_agreement,
    capacity_agreements,
    group_kinds,
)


def as_document(comparison: Comparison) -> dict[str, Any]:
    """The coverage of both sides and their agreement; null where nothing is known."""
    iou = comparison.iou[~np.isnan(comparison.iou)]
    return {
        "a": _side(comparison.a, comparison.inside_a, comparison.part_a),
        "b": _side(comparison.b, comparison.inside_b, comparison.part_b),
        "pairs": len(comparison.pairs.a),
        "groups": len(comparison.part_a.records),
        "groups_by_kind": {name.replace(" ", "_").lower(): count for name, count in group_kinds(comparison).items()},
        "iou": {"groups": len(iou), "above_half": int((iou > GOOD_IOU).sum()), "quartiles": _quartiles(iou)},
        "area_km2": _agreement(area_agreement(comparison)),
        "capacity_mw": [_agreement(each) for each in capacity_agreements(comparison)],
    }


def _side(side: Side, inside: Flags, part: Part) -> dict[str, Any]:
    is_matched = part.group >= 0
    is_unmatched = inside & ~is_matched
    return {
        "dataset": side.name,
        "records": len(side),
        "in_extent": int(inside.sum()),
        "matched": int(is_matched.sum()),
        "only_here": int(is_unmatched.sum()),
        "only_here_km2": float(np.nansum(side.area_m2[is_unmatched])) / M2_PER_KM2,
        "in_no_installation": side.left_out,
        "in_no_installation_by_setting": {
            setting: dict(counts) for setting, counts in side.left_out_by_setting.items()
        },
        "is_synthetic": side.is_synthetic,
    }


def _agreement(agreement: Agreement) -> dict[str, Any]:
    return {
        "groups": agreement.groups,
        "a": agreement.total_a,
        "b": agreement.total_b,
        "bias": agreement.bias if agreement.is_bias else None,
        "quartiles": _quartiles(agreement.ratios),
        "note": agreement.note or None,
    }


def _quartiles(values: Numbers) -> list[float] | None:
    return [float(value) for value in np.quantile(values, QUARTILES)] if len(values) else None
