"""Columns of a canonical record that follow from its shape, its source, or a stated quantity."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from loaders.contract import Provenance
from loaders.core.arrays import Flags
from loaders.geo.geometry import geometry_hashes
from loaders.harmonise.readers.published_file import PublishedBatch
from loaders.harmonise.shapes.repair import HarmonisedShapes
from loaders.harmonise.values.columns import numbers
from loaders.settings.columns import AreaColumn, CapacityColumn
from loaders.settings.params import Dataset


def shape_columns(shapes: HarmonisedShapes) -> dict[str, Any]:
    """Shape, measures and reject reason of each record; EPSG:4326."""
    return {
        "geometry": shapes.shapes,
        "geometry_kind": shapes.kind,
        "unrepaired_area_m2": shapes.unrepaired_area_m2,
        "reason": shapes.reason,
        "shape_hash": geometry_hashes(shapes.shapes),
        "is_coarse": shapes.is_coarse,
    }


def shape_flags(shapes: HarmonisedShapes) -> dict[str, Flags]:
    """Whether each quality flag holds that follows from the published shape."""
    return {
        "repaired": shapes.repaired,
        "repair_changed_area": shapes.repair_changed_area,
        "incomplete": shapes.incomplete,
        "linearised": shapes.linearised,
        "cut_at_antimeridian": shapes.cut_at_antimeridian,
        "outside_extent": shapes.outside_extent,
        "placeholder_position": shapes.at_origin,
    }


def origin_columns(published: PublishedBatch, dataset: Dataset, provenance: Provenance) -> dict[str, Any]:
    """Dataset, file and row of each record, with DOI and licence."""
    return {
        "dataset_key": dataset.key,
        "source_file": published.name,
        "source_row": np.arange(published.first_row, published.first_row + len(published.wkb)),
        "doi": provenance.doi,
        "licence": dataset.licence,
        "licence_verified": dataset.licence_verified,
        "is_synthetic": provenance.is_synthetic,
    }


def rejected_wkb(published: PublishedBatch, shapes: HarmonisedShapes) -> list[bytes | None]:
    """Well-known binary as published of the records that are rejected; null for the others."""
    return [wkb if reason else None for wkb, reason in zip(published.wkb, shapes.reason, strict=True)]


def quantity(
    attributes: pa.Table, dataset: Dataset, column: AreaColumn | CapacityColumn | None, decimals: int
) -> pd.Series:
    """A stated quantity in the unit of the record; null where the settings map none."""
    if column is None:
        return unknown_quantity(attributes)
    return pd.Series(np.round(numbers(attributes, column, dataset.key, dataset.read) * column.factor, decimals))


def unknown_quantity(attributes: pa.Table) -> pd.Series:
    """A quantity that is unknown in each row."""
    return pd.Series(np.full(len(attributes), np.nan))
