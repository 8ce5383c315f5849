"""Settings of harmonisation: how a file is read, which rows count, and what each column means."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from loaders.settings.base import SettingsModel, Text, as_tuple
from loaders.settings.categories import CategoryColumn, MountingColumn, StatusColumn, TechnologyColumn
from loaders.settings.column import AllowedValues, Column, ColumnNames, Scalars, as_column

AREA_UNITS_M2 = {"m2": 1.0, "ha": 1e4, "km2": 1e6}
CAPACITY_UNITS_MW = {"W": 1e-6, "kW": 1e-3, "MW": 1.0, "GW": 1e3}
MAX_HEADER_LINE = 100_000  # lines before the header of a table
MAX_NAMESPACE = 32  # characters
PEAK_SUFFIX = "p"  # kWp is a DC capacity by definition


def _as_crs(value: object) -> object:
    """An EPSG code from a bare number."""
    return f"EPSG:{value}" if isinstance(value, int) and not isinstance(value, bool) else value


Namespace = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=MAX_NAMESPACE)]
DatePattern = Annotated[str, StringConstraints(pattern=r"^([MD./ _-]*)YYYY([MD./ _-]*)$")]
DatePatterns = Annotated[tuple[DatePattern, ...], BeforeValidator(as_tuple)]


class ReadOptions(SettingsModel):
    """How to read a file, where the file itself does not state it.

    Attributes:
        crs: of the coordinates; only for files that do not state it.
        layer: which one, of a file with several.
        longitude: column with the x coordinate [unit of the CRS] of a table.
        latitude: column with the y coordinate [unit of the CRS] of a table.
        wkt: column with the shapes of a table as well-known text, instead of the two with coordinates.
        encoding: of text.
        delimiter: between the columns of a CSV.
        header_line: of a CSV: the line with its column names; the first is 1. Lines before it are skipped.
        quotes: of a CSV: whether values may be in double quotes; if not, these are plain characters.
        decimal: the decimal mark of a number in text.
        thousands: the mark between groups of three digits.
    """

    crs: Annotated[Text, BeforeValidator(_as_crs)] | None = None
    layer: Text | None = None
    longitude: Text | None = None
    latitude: Text | None = None
    wkt: Text | None = None
    encoding: Text | None = None
    delimiter: Literal[",", ";", "\t", "|"] = ","
    header_line: Annotated[int, Field(ge=1, le=MAX_HEADER_LINE)] = 1
    quotes: bool = True
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", "'"] | None = None

    @model_validator(mode="after")
    def _require_single_position(self) -> Self:
        if self.wkt and (self.longitude or self.latitude):
            raise ValueError("give either wkt, or longitude and latitude")
        return self

    @model_validator(mode="after")
    def _require_distinct_marks(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError(f"decimal and thousands are both {self.decimal!r}; they must differ")
        return self


class IdentifierColumn(Column):
    """An identifier that other inventories use as well.

    Attributes:
        join: text between the parts of an identifier that stands in several columns, say `/` in way/123.
        where: the rows that have it, by the values of columns: in a column with identifiers of several inventories.
    """

    join: Text | None = None
    where: dict[Text, AllowedValues] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _require_column(self) -> Self:
        if self.constant is not None:
            raise ValueError("a constant identifies no record; give a column")
        return self

    @model_validator(mode="after")
    def _require_parts_to_join(self) -> Self:
        if self.join and len(self.column) == 1:
            raise ValueError("join needs several columns, such as [osm_type, osm_id]")
        return self


class AreaColumn(Column):
    """The area that the publisher states.

    Attributes:
        unit: of the published values.
    """

    unit: Literal["m2", "ha", "km2"]

    @property
    def factor(self) -> float:
        """The factor to square metres."""
        return AREA_UNITS_M2[self.unit]


class CapacityColumn(Column):
    """The nameplate capacity that the publisher states.

    Attributes:
        unit: of the published values; with p (peak), it is a DC capacity.
        basis: whether it is the AC or the DC capacity, as far as it is known.
        of: whose capacity it is: each record's own, or that of its group, repeated in all records of the group.
    """

    unit: Literal["W", "kW", "MW", "GW", "Wp", "kWp", "MWp", "GWp"]
    basis: Literal["ac", "dc", "unknown"] = "unknown"
    of: Literal["record", "group"] = "record"

    @model_validator(mode="after")
    def _require_dc_for_peak(self) -> Self:
        if self.unit.endswith(PEAK_SUFFIX) and self.basis == "ac":
            raise ValueError(f"{self.unit} is a DC capacity by definition, so basis cannot be ac")
        return self

    @property
    def factor(self) -> float:
        """The factor to megawatts."""
        return CAPACITY_UNITS_MW[self.unit.removesuffix(PEAK_SUFFIX)]

    @property
    def stated_basis(self) -> str:
        """AC or DC, as far as it is known."""
        return "dc" if self.unit.endswith(PEAK_SUFFIX) else self.basis


class InstalledColumn(Column):
    """The date of installation: one column, one constant, the columns of its parts, or those of an interval.

    Attributes:
        after: column with the last date without it, say of a satellite scene.
        before: column with the first date with it.
        year: column with the year, where the quarter or the month is in another one.
        quarter: column with the quarter, 1 to 4 or Q1 to Q4.
        month: column with the number of the month.
        pattern: of ambiguous dates, composed of YYYY, MM, DD and separators, say DD/MM/YYYY.
    """

    after: ColumnNames = ()
    before: ColumnNames = ()
    year: ColumnNames = ()
    quarter: ColumnNames = ()
    month: ColumnNames = ()
    pattern: DatePatterns = ()

    @model_validator(mode="after")
    def _require_column_or_constant(self) -> Self:
        has_parts = bool(self.year or self.quarter or self.month)
        alternatives = (bool(self.column), self.constant is not None, bool(self.after or self.before), has_parts)
        if sum(alternatives) != 1:
            raise ValueError(
                "give a column, or a constant, or the columns of its parts (year, and quarter or month), or the "
                "columns that it lies between (after, before)"
            )
        return self

    @model_validator(mode="after")
    def _require_year_and_one_part(self) -> Self:
        is_composed = bool(self.year or self.quarter or self.month)
        if is_composed and not (self.year and bool(self.quarter) != bool(self.month)):
            raise ValueError("give year, and either quarter or month; a year alone is a column of its own")
        if is_composed and self.pattern:
            raise ValueError("pattern is for dates in one column, not for year, quarter and month")
        return self

    @property
    def names(self) -> ColumnNames:
        """All its columns."""
        return (*self.column, *self.after, *self.before, *self.year, *self.quarter, *self.month)


class Position(SettingsModel):
    """Columns with a stated position next to the shape [°], EPSG:4326: only compared with it.

    Attributes:
        longitude: name of the column.
        latitude: name of the column.
        null_values: values that mean "unknown".
    """

    longitude: Text
    latitude: Text
    null_values: Scalars = ()

    @property
    def columns(self) -> dict[str, Column]:
        """The columns of `lon` and `lat`."""
        names = {"lon": self.longitude, "lat": self.latitude}
        return {axis: Column(column=(name,), null_values=self.null_values) for axis, name in names.items()}


class ColumnMap(SettingsModel):
    """The meaning of the published columns.

    Attributes:
        source_id: identifies the record.
        group: identifies its installation, where the publisher states one.
        name: of the installation.
        operator: of the installation.
        identifiers: that other inventories use as well, by namespace.
        status, technology, mounting: of the installation, with the published values that mean each category.
        area, capacity, installed: as stated.
        position: only compared with the shape.
    """

    source_id: Annotated[Column, BeforeValidator(as_column)] | None = None
    group: Annotated[Column, BeforeValidator(as_column)] | None = None
    name: Annotated[Column, BeforeValidator(as_column)] | None = None
    operator: Annotated[Column, BeforeValidator(as_column)] | None = None
    identifiers: dict[Namespace, Annotated[IdentifierColumn, BeforeValidator(as_column)]] = Field(default_factory=dict)
    status: Annotated[StatusColumn, BeforeValidator(as_column)] | None = None
    technology: Annotated[TechnologyColumn, BeforeValidator(as_column)] | None = None
    mounting: Annotated[MountingColumn, BeforeValidator(as_column)] | None = None
    area: AreaColumn | None = None
    capacity: CapacityColumn | None = None
    installed: Annotated[InstalledColumn, BeforeValidator(as_column)] | None = None
    position: Position | None = None

    @property
    def categories(self) -> dict[str, CategoryColumn | None]:
        """The columns of status, technology and mounting."""
        return {"status": self.status, "technology": self.technology, "mounting": self.mounting}

    @model_validator(mode="after")
    def _require_group_of_capacity(self) -> Self:
        if self.capacity and self.capacity.of == "group" and self.group is None:
            raise ValueError("capacity.of is group; say in group which column names the group of a record")
        return self


class Extent(SettingsModel):
    """A bounding box of all records [°], EPSG:4326: records outside are flagged, which reveals swapped axes.

    Attributes:
        west, east: longitudes.
        south, north: latitudes.
    """

    west: Annotated[float, Field(ge=-180, le=180)]
    south: Annotated[float, Field(ge=-90, le=90)]
    east: Annotated[float, Field(ge=-180, le=180)]
    north: Annotated[float, Field(ge=-90, le=90)]

    @model_validator(mode="after")
    def _require_positive_size(self) -> Self:
        if not (self.west < self.east and self.south < self.north):
            raise ValueError(
                f"it goes from {self.west:g} to {self.east:g} and from {self.south:g} to {self.north:g}; expected west "
                "to be less than east, and south less than north"
            )
        return self
