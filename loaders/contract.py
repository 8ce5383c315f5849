"""The canonical record: what a row means, whoever published it. dbt's staging and curated columns are held to it."""

from dataclasses import dataclass

import pyarrow as pa

from loaders.settings.categories import MOUNTINGS, STATUSES, TECHNOLOGIES


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the canonical record; null is unknown, zero is a measured zero.

    Attributes:
        name: the column, with its unit where it has one.
        type: its Arrow type.
        meaning: one sentence, with unit and source.
        required: whether it may not be null.
        least, most: the possible range, both included: another value is an error, not a doubt; null for no bound.
        choices: the only values that there are, where they are few.
    """

    name: str
    type: pa.DataType
    meaning: str
    required: bool = False
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """What all records of a dataset share, beside what the settings say: its DOI, and whether it is made up."""

    doi: str | None
    is_synthetic: bool


GEOMETRY = "geometry"
RECORD = (
    Field("dataset_key", pa.string(), "Key of the dataset, as in params.yaml.", required=True),
    Field(
        "record_id",
        pa.string(),
        "Identifies the record, the same in every build: dataset_key and source_id, or a hash of the published shape.",
        required=True,
    ),
    Field("source_id", pa.string(), "The publisher's own identifier, as text; null where it has none."),
    Field(
        "group_id",
        pa.string(),
        "The publisher's own identifier of the installation that the record is a part of; null where it has none.",
    ),
    Field("name", pa.string(), "Name of the installation, as the publisher states it; null where it states none."),
    Field(
        "operator", pa.string(), "Operator of the installation, as the publisher states it; null where it states none."
    ),
    Field(
        "identifiers",
        pa.map_(pa.string(), pa.string()),
        "Identifiers that other inventories use as well, as text by namespace, such as eia_plant; null where it has "
        "none.",
    ),
    Field(
        "status",
        pa.string(),
        "Status: operating, construction, planned, retired, rejected (refused, withdrawn, abandoned, expired), or "
        "unknown where the publisher does not state it.",
        required=True,
        choices=STATUSES,
    ),
    Field(
        "technology",
        pa.string(),
        "Technology: pv, csp (concentrating solar power), or unknown where the publisher does not state it.",
        required=True,
        choices=TECHNOLOGIES,
    ),
    Field(
        "mounting",
        pa.string(),
        "Mounting: ground, roof, water, other, or unknown where the publisher does not state it.",
        required=True,
        choices=MOUNTINGS,
    ),
    Field(
        GEOMETRY, pa.binary(), "Outline or position, EPSG:4326 as (lon, lat), two-dimensional, valid.", required=True
    ),
    Field(
        "geometry_kind",
        pa.string(),
        "Whether the geometry is an outline or a position: polygon or point.",
        required=True,
        choices=("polygon", "point"),
    ),
    Field(
        "centroid_lon",
        pa.float64(),
        "Longitude of the centroid [°], EPSG:4326.",
        required=True,
        least=-180,
        most=180,
    ),
    Field("centroid_lat", pa.float64(), "Latitude of the centroid [°], EPSG:4326.", required=True, least=-90, most=90),
    Field(
        "area_m2",
        pa.float64(),
        "Area of the outline on the WGS 84 ellipsoid [m²]; null where the geometry is a point.",
        least=0,
    ),
    Field("source_area_m2", pa.float64(), "Area that the publisher states [m²]; null where it states none.", least=0),
    Field(
        "capacity_mw",
        pa.float64(),
        "Nameplate capacity that the publisher states [MW], AC or DC as capacity_basis says; null where it states "
        "none.",
        least=0,
    ),
    Field(
        "capacity_basis",
        pa.string(),
        "Whether capacity_mw is AC (of the inverters) or DC (of the panels): ac, dc or unknown; null where no "
        "capacity is known.",
        choices=("ac", "dc", "unknown"),
    ),
    Field("installed_from", pa.date32(), "First day on which it may have been installed; null where it is not known."),
    Field("installed_to", pa.date32(), "Last day on which it may have been installed; null where it is not known."),
    Field("h3_cell", pa.string(), "H3 cell of the centroid, at the resolution that params.yaml sets.", required=True),
    Field("source_file", pa.string(), "Published file that the record stands in.", required=True),
    Field("source_row", pa.int64(), "Position of the record in that file; the first is 1.", required=True, least=1),
    Field(
        "source_attributes",
        pa.string(),
        "Every published column of the record, as read from its file, as JSON.",
        required=True,
    ),
    Field(
        "quality_flags",
        pa.list_(pa.string()),
        "Doubts about the record, as names; empty where there are none. docs/reference/flags.md explains each flag.",
        required=True,
    ),
    Field(
        "unrepaired_area_m2",
        pa.float64(),
        "Area of the published outline before it was repaired [m²]; null where it was valid.",
        least=0,
    ),
    Field("doi", pa.string(), "DOI of the dataset; null where it has none."),
    Field("licence", pa.string(), "Licence of the record (SPDX), or `not stated`.", required=True),
    Field("licence_verified", pa.bool_(), "Whether the licence was read at its source.", required=True),
    Field(
        "is_synthetic",
        pa.bool_(),
        "True for bundled samples: made up, no real installation. False for published records and your own files.",
        required=True,
    ),
)
REASONS = {
    "filtered_out": "its row is not one that `where` wants",
    "null_geometry": "it has no shape",
    "unreadable_geometry": "its shape cannot be read",
    "too_few_points": "its outline has fewer than three corners",
    "empty_geometry": "its shape is empty",
    "neither_polygon_nor_point": "it is a line, or several points",
    "swapped_axes": "its coordinates are (lat, lon), not (lon, lat)",
    "outside_the_world": "it has coordinates beyond ±180° or ±90°",
    "wraps_around_the_world": "its outline goes around the world",
    "too_complex_to_repair": "its outline crosses itself, or has holes, so often that to repair it takes too long",
    "no_area": "its outline encloses no area",
}
REASON = Field("reason", pa.string(), "Why the record cannot be used; null where it can.", choices=tuple(REASONS))
PUBLISHED_WKB = Field("published_wkb", pa.binary(), "The published shape, in the file's own CRS, if it was rejected.")


FINGERPRINT = Field(
    "fingerprint", pa.string(), "Hash of the published shape, or of the attributes where there is none."
)
SHAPE_HASH = Field("shape_hash", pa.binary(), "Hash of the harmonised shape, however its corners are ordered.")
COARSE = Field("is_coarse", pa.bool_(), "Whether it is a point whose published coordinates are coarsely rounded.")
LOADING = (
    *RECORD,
    REASON,
    PUBLISHED_WKB,
    FINGERPRINT,
    SHAPE_HASH,
    COARSE,
)  # while a load is under way, kept and rejected rows travel together
REJECTED_NAMES = frozenset(
    {"dataset_key", "record_id", "source_id", "name", "operator", "source_file", "source_row", "source_attributes"}
)
REJECTED = (*(field for field in RECORD if field.name in REJECTED_NAMES), REASON, PUBLISHED_WKB)

BOUNDARY = (
    Field("boundary_id", pa.string(), "Identifier in the file that it comes from.", required=True),
    Field(
        "subtype", pa.string(), "country (also a dependency with a code of its own), region or county.", required=True
    ),
    Field("country", pa.string(), "Country (ISO 3166-1 alpha-2; XK is Kosovo); null where none is agreed on."),
    Field("region", pa.string(), "Region (ISO 3166-2); null for a country, and for a region without a code."),
    Field("name", pa.string(), "Name, as the file has it."),
    Field(GEOMETRY, pa.binary(), "Its land, EPSG:4326 as (lon, lat); cut at the antimeridian.", required=True),
    Field("source", pa.string(), "Who publishes the boundary."),
    Field("licence", pa.string(), "Under which licence (SPDX, or public-domain); null where the file does not say."),
)


def schema(fields: tuple[Field, ...] = RECORD) -> pa.Schema:
    """The Arrow schema of the canonical record, or of other fields."""
    return pa.schema([pa.field(field.name, field.type) for field in fields])


BOUNDARIES = schema(BOUNDARY)
