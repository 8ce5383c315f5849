"""Canonical records of a published batch, as a Hamilton graph with one node per column.

A dataset that the settings cannot describe overrides single nodes in `loaders/datasets/<key>.py`.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from hamilton.function_modifiers import check_output_custom

from loaders.contract import Provenance
from loaders.core.arrays import Flags
from loaders.core.node_tags import node
from loaders.geo.geometry import area_m2 as ellipsoidal_area_m2
from loaders.geo.geometry import centroids, h3_cells
from loaders.harmonise import quality_flags as quality
from loaders.harmonise import record_columns
from loaders.harmonise.contract_checks import ContractValidator
from loaders.harmonise.readers.published_file import PublishedBatch
from loaders.harmonise.shapes.repair import HarmonisedShapes, harmonise_shapes
from loaders.harmonise.source_attributes import fingerprints, json_rows
from loaders.harmonise.values import installed_dates
from loaders.harmonise.values.categories import Categories, stated_categories
from loaders.harmonise.values.columns import numbers, own_identifiers
from loaders.harmonise.values.date_intervals import Interval
from loaders.harmonise.values.installed_dates import StatedDates
from loaders.harmonise.values.names import shared_identifiers, stated_names
from loaders.settings.params import Dataset

CAPACITY_DECIMALS, AREA_DECIMALS = 6, 2  # one watt, one square centimetre


@node(data_source="records", processing_stage="transform", data_type="arrow")
def wanted_attributes(published: PublishedBatch, row_is_wanted: Flags) -> pa.Table:
    """The published columns, null in rows that `where` excludes, whose values need not be valid."""
    if row_is_wanted.all():
        return published.attributes
    return published.attributes.take(pa.array(np.arange(len(row_is_wanted)), mask=~row_is_wanted))


@node(data_source="records", processing_stage="transform", data_type="shapes")
def harmonised_shapes(published: PublishedBatch, row_is_wanted: Flags, dataset: Dataset) -> HarmonisedShapes:
    """Valid shapes in EPSG:4326, with rejections and quality findings."""
    extent = dataset.extent
    box = (extent.west, extent.south, extent.east, extent.north) if extent else None
    return harmonise_shapes(published.wkb, published.crs, extent=box, is_selected=row_is_wanted)


@node(data_source="records", processing_stage="transform", data_type="column")
def source_id(wanted_attributes: pa.Table, dataset: Dataset) -> pd.Series:
    """The publisher's own identifier, as text."""
    return pd.Series(own_identifiers(wanted_attributes, dataset.columns.source_id, dataset.key), dtype="object")


@node(data_source="records", processing_stage="transform", data_type="column")
def group_id(wanted_attributes: pa.Table, dataset: Dataset) -> pd.Series:
    """The publisher's identifier of the installation that the record belongs to, as text."""
    return pd.Series(own_identifiers(wanted_attributes, dataset.columns.group, dataset.key, "group"), dtype="object")


@node(data_source="records", processing_stage="transform", data_type="column")
def name(wanted_attributes: pa.Table, dataset: Dataset) -> pd.Series:
    """Name of the installation."""
    return pd.Series(stated_names(wanted_attributes, dataset.columns.name, dataset.key), dtype="object")


@node(data_source="records", processing_stage="transform", data_type="column")
def operator(wanted_attributes: pa.Table, dataset: Dataset) -> pd.Series:
    """Operator of the installation."""
    return pd.Series(stated_names(wanted_attributes, dataset.columns.operator, dataset.key), dtype="object")


@node(data_source="records", processing_stage="transform", data_type="column")
def identifiers(wanted_attributes: pa.Table, dataset: Dataset) -> pd.Series:
    """Identifiers that other inventories use as well: pairs of namespace and id; null where none."""
    return pd.Series(shared_identifiers(wanted_attributes, dataset.columns.identifiers, dataset.key), dtype="object")


@node(data_source="records", processing_stage="transform", data_type="categories")
def categories(wanted_attributes: pa.Table, dataset: Dataset) -> dict[str, Categories]:
    """Status, technology and mounting as stated, and the values that the settings do not list."""
    return stated_categories(wanted_attributes, dataset.columns.categories, dataset.key)


@node(data_source="records", processing_stage="transform", data_type="column")
def area_m2(harmonised_shapes: HarmonisedShapes) -> pd.Series:
    """Area of the outline on the WGS 84 ellipsoid [m²]; null for points."""
    return pd.Series(ellipsoidal_area_m2(harmonised_shapes.shapes))


@node(data_source="records", processing_stage="transform", data_type="column")
def source_area_m2(wanted_attributes: pa.Table, dataset: Dataset) -> pd.Series:
    """Area that the publisher states [m²]; null where the settings map none."""
    return record_columns.quantity(wanted_attributes, dataset, dataset.columns.area, AREA_DECIMALS)


@node(data_source="records", processing_stage="transform", data_type="column")
def capacity_mw(wanted_attributes: pa.Table, dataset: Dataset) -> pd.Series:
    """Nameplate capacity that the publisher states [MW]; null where the settings map none."""
    return record_columns.quantity(wanted_attributes, dataset, dataset.columns.capacity, CAPACITY_DECIMALS)


@node(data_source="records", processing_stage="transform", data_type="column")
def capacity_basis(capacity_mw: pd.Series, dataset: Dataset) -> pd.Series:
    """Alternating or direct current, where a capacity is stated."""
    capacity = dataset.columns.capacity
    basis = pd.Series(capacity.stated_basis if capacity else None, index=capacity_mw.index, dtype="object")
    return basis.where(capacity_mw.notna(), None)


@node(data_source="records", processing_stage="transform", data_type="dates")
def stated_dates(wanted_attributes: pa.Table, dataset: Dataset) -> StatedDates:
    """The stated installation dates as intervals, and the values that cannot be used."""
    return installed_dates.stated_dates(wanted_attributes, dataset.columns.installed, dataset.key)


@node(data_source="records", processing_stage="transform", data_type="dates")
def installed(stated_dates: StatedDates) -> list[Interval]:
    """First and last possible day of installation; None where that end is open."""
    return stated_dates.intervals


@node(data_source="records", processing_stage="transform", data_type="column")
def installed_from(installed: list[Interval]) -> pd.Series:
    """First possible day of installation."""
    return pd.Series([first for first, _ in installed], dtype="object")


@node(data_source="records", processing_stage="transform", data_type="column")
def installed_to(installed: list[Interval]) -> pd.Series:
    """Last possible day of installation."""
    return pd.Series([last for _, last in installed], dtype="object")


@node(data_source="records", processing_stage="transform", data_type="columns")
def centroid(harmonised_shapes: HarmonisedShapes) -> pd.DataFrame:
    """The centroid [°], EPSG:4326: columns `lon` and `lat`."""
    lon, lat = centroids(harmonised_shapes.shapes)
    return pd.DataFrame({"lon": lon, "lat": lat})


@node(data_source="records", processing_stage="transform", data_type="columns")
def stated_position(wanted_attributes: pa.Table, dataset: Dataset) -> pd.DataFrame:
    """The position that the publisher states in addition to the shape [°], EPSG:4326: columns `lon` and `lat`."""
    position, key = dataset.columns.position, dataset.key
    if position is None:
        return pd.DataFrame(dict.fromkeys(("lon", "lat"), record_columns.unknown_quantity(wanted_attributes)))
    columns = position.columns.items()
    return pd.DataFrame(
        {axis: numbers(wanted_attributes, column, key, dataset.read, signed=True) for axis, column in columns}
    )


@node(data_source="records", processing_stage="transform", data_type="column")
def quality_flags(  # noqa: PLR0913 (one for each that a flag looks at)
    harmonised_shapes: HarmonisedShapes,
    area_m2: pd.Series,
    source_area_m2: pd.Series,
    capacity_mw: pd.Series,
    centroid: pd.DataFrame,
    stated_position: pd.DataFrame,
    stated_dates: StatedDates,
) -> pd.Series:
    """The quality flags that follow from the record alone."""
    shapes, outline_area_m2, stated_area_m2 = harmonised_shapes, area_m2.to_numpy(), source_area_m2.to_numpy()
    centroids_deg, stated_deg = (
        (positions["lon"].to_numpy(), positions["lat"].to_numpy()) for positions in (centroid, stated_position)
    )
    flags = {
        **record_columns.shape_flags(shapes),
        "stated_area_disagrees": quality.stated_area_disagrees(outline_area_m2, stated_area_m2),
        "far_from_stated_position": quality.far_from_stated_position(
            shapes.shapes, centroids_deg, stated_deg, outline_area_m2
        ),
        "unusable_date": np.array([text is not None for text in stated_dates.unusable], dtype=np.bool_),
        "implausible_power_density": quality.implausible_power_density(capacity_mw.to_numpy(), outline_area_m2),
    }
    return pd.Series(quality.flag_lists(flags), dtype="object")


@node(data_source="records", processing_stage="transform", data_type="column")
def source_attributes(published: PublishedBatch) -> pd.Series:
    """All published columns as JSON."""
    return pd.Series(json_rows(published.attributes), dtype="object")


@node(data_source="records", processing_stage="transform", data_type="column")
def fingerprint(published: PublishedBatch, source_attributes: pd.Series) -> pd.Series:
    """Hash of the shape as published: a better repair or another version of PROJ does not change the record's id."""
    return pd.Series(fingerprints(published.wkb, source_attributes), dtype="object")


@node(data_source="records", processing_stage="transform", data_type="geodataframe")
@check_output_custom(ContractValidator())
def canonical_records(  # noqa: PLR0913 (one for each column)
    published: PublishedBatch,
    dataset: Dataset,
    provenance: Provenance,
    h3_resolution: int,
    harmonised_shapes: HarmonisedShapes,
    source_id: pd.Series,
    group_id: pd.Series,
    name: pd.Series,
    operator: pd.Series,
    identifiers: pd.Series,
    categories: dict[str, Categories],
    centroid: pd.DataFrame,
    area_m2: pd.Series,
    source_area_m2: pd.Series,
    capacity_mw: pd.Series,
    capacity_basis: pd.Series,
    installed_from: pd.Series,
    installed_to: pd.Series,
    source_attributes: pd.Series,
    quality_flags: pd.Series,
    fingerprint: pd.Series,
) -> gpd.GeoDataFrame:
    """The batch with the columns of `contract.LOADING`, except `record_id`, which needs all records."""
    columns = {
        "source_id": source_id,
        "group_id": group_id,
        "name": name,
        "operator": operator,
        "identifiers": identifiers,
        **{column: stated.words for column, stated in categories.items()},
        "centroid_lon": centroid["lon"],
        "centroid_lat": centroid["lat"],
        "area_m2": area_m2,
        "source_area_m2": source_area_m2,
        "capacity_mw": capacity_mw,
        "capacity_basis": capacity_basis,
        "installed_from": installed_from,
        "installed_to": installed_to,
        "h3_cell": h3_cells(centroid["lon"].to_numpy(), centroid["lat"].to_numpy(), h3_resolution),
        "source_attributes": source_attributes,
        "quality_flags": quality_flags,
        "fingerprint": fingerprint,
    }
    columns |= record_columns.shape_columns(harmonised_shapes)
    columns |= record_columns.origin_columns(published, dataset, provenance)
    columns["published_wkb"] = record_columns.rejected_wkb(published, harmonised_shapes)
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry="geometry", crs=4326)
