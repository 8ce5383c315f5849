"""Coordinate columns: detects longitude and latitude, easting and northing, or WKT."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from loaders.add.draft import Guess
from loaders.add.guess_crs import PLAUSIBLE_SHARE, crs_guess, fitting_grids
from loaders.add.inspection import Inspection
from loaders.add.names import tokens
from loaders.add.values import Marks, Texts, format_part, is_numeric, known_values, mask_nulls, null_values, to_numbers
from loaders.core.arrays import Numbers
from loaders.core.escape import one_line

LONGITUDE_WORDS = {"lon", "long", "lng", "longitude", "xlong", "xlon", "longitud", "longitudine", "longdd"} | {
    *("경도", "längengrad", "laengengrad", "lengdegrad", "længdegrad", "lengtegraad", "经度", "経度"),
}
LATITUDE_WORDS = {"lat", "latitude", "ylat", "latitud", "latitudine", "latdd"} | {
    *("위도", "breitengrad", "breddegrad", "breedtegraad", "纬度", "緯度"),
}
EASTING_WORDS = {"x", "xcoord", "xcoordinate", "coordx", "pointx", "easting", "eastings", "rechtswert", "ostwert"} | {
    *("east", "este", "est", "ost", "øst", "öst", "axise", "xkoordinate"),
}
NORTHING_WORDS = {"y", "ycoord", "ycoordinate", "coordy", "pointy", "northing", "northings", "hochwert", "nordwert"} | {
    *("north", "norte", "nord", "axisn", "ykoordinate"),
}
POSITION_WORDS = LONGITUDE_WORDS | LATITUDE_WORDS | EASTING_WORDS | NORTHING_WORDS
COUNTRY_WORDS = {"country", "nation", "land", "pays", "paese", "país", "pais", "kraj", "iso", "iso3"}
MAX_DEGREES = (180.0, 90.0)
MAJORITY = 0.5  # of coordinates that are named longitude and latitude: the rest are wrong, and no grid fits instead
MAX_PAIRED_COLUMNS = 50  # columns of each coordinate: all pairs of them are compared
GRID_WORDS = {"coord", "coordinate", "etrs", "grid", "itm", "lv95", "mga", "sweref", "tm", "utm"}
GRID_NAME = re.compile(r"(?:sweref|tm|utm|lv|etrs)\d+\w*")
COORDINATE_LETTER = re.compile(r"[Cc]oord(?:inate)?_?([ENen])(?![a-z])")
PAIR = re.compile(r"[\[(]?\s*-?\d+\.\d+\s*[,;]\s*-?\d+\.\d+\s*[\])]?")  # 48.85, 2.35
WKT = re.compile(r"\s*(?:MULTI)?(?:POINT|POLYGON)\s*(?:ZM?|M)?\s*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PositionColumns:
    """A column of longitudes or eastings, and one of latitudes or northings."""

    x: str
    y: str
    in_degrees: bool
    is_named_lonlat: bool
    is_blank: bool


def position_columns(columns: Mapping[str, Texts], marks: Marks) -> PositionColumns | None:
    """The likeliest pair; null where there is none."""
    for x_words, y_words in ((LONGITUDE_WORDS, LATITUDE_WORDS), (EASTING_WORDS, NORTHING_WORDS)):
        xs, ys = (_numeric_columns(columns, words, marks) for words in (x_words, y_words))
        pairs = sorted(((x, y) for x in xs for y in ys), key=lambda pair: _name_difference(*pair))
        if pairs:
            x, y = pairs[0]
            share = MAJORITY if x_words is LONGITUDE_WORDS else PLAUSIBLE_SHARE
            in_degrees = all(
                _are_within(_coordinates(columns[name], marks), limit, share)
                for name, limit in zip((x, y), MAX_DEGREES, strict=True)
            )
            is_blank = not known_values(columns[x]) or not known_values(columns[y])
            return PositionColumns(x, y, in_degrees, x_words is LONGITUDE_WORDS, is_blank)
    return None


def _numeric_columns(columns: Mapping[str, Texts], words: set[str], marks: Marks) -> list[str]:
    """The first columns of numbers that have one of these words in their names."""
    named = [name for name in columns if words & _coordinate_words(name)]
    numeric = [name for name in named if is_numeric(columns[name], marks)]
    unseen = [name for name in named if not known_values(columns[name])]  # filled further on in the file
    return (numeric or unseen)[:MAX_PAIRED_COLUMNS]


def _coordinate_words(name: str) -> set[str]:
    """The words of a name; with the axis that one letter names next to a grid, as in CoordE, N_SWEREF99 or ITM_E."""
    words = set(tokens(name))
    letters = words & {"e", "n"} if words & GRID_WORDS or any(map(GRID_NAME.fullmatch, words)) else set()
    letters |= {match[1].lower() for match in [COORDINATE_LETTER.search(name)] if match}
    return {*words, *(f"axis{letter}" for letter in letters)}


def wkt_column(columns: Mapping[str, Texts]) -> str | None:
    """The first column with well-known text; null where there is none."""
    for name, values in columns.items():
        values_present = known_values(values)
        if values_present and sum(WKT.match(value) is not None for value in values_present) >= PLAUSIBLE_SHARE * len(
            values_present
        ):
            return name
    return None


def _wkt_settings(name: str, values: Texts) -> tuple[dict[str, Guess], list[str]]:
    settings = {"wkt": Guess(name, "its values are well-known text")}
    shapes = shapely.from_wkt([value for value in known_values(values) if WKT.match(value)], on_invalid="ignore")
    bounds = np.abs(shapely.total_bounds(shapes))
    if (bounds <= np.array(MAX_DEGREES * 2)).all():
        reason = "the numbers are degrees; the file does not say of which datum"
        return {"crs": Guess("EPSG:4326", reason, is_doubtful=True), **settings}, []
    x, y = shapely.get_coordinates(shapely.centroid(shapes)).T
    crs = crs_guess(fitting_grids(x, y))
    return (
        ({"crs": crs, **settings}, [])
        if crs
        else (settings, [unknown_grid_question(list(shapely.total_bounds(shapes)))])
    )


Reread = Callable[[Sequence[str]], Mapping[str, Texts]]


def position_settings(
    columns: Mapping[str, Texts], marks: Marks, reread: Reread | None = None
) -> tuple[dict[str, Guess], list[str]]:
    """The settings under `read` by which a table has positions, and what remains open.

    Args:
        columns: sampled values by column.
        marks: of the numbers.
        reread: finds values of columns that are blank in the sample, in the rest of the file.
    """
    if wkt_name := wkt_column(columns):
        return _wkt_settings(wkt_name, columns[wkt_name])
    pair = position_columns(columns, marks)
    if pair is None:
        return {}, [_no_position_question(columns)]
    if pair.is_blank and reread:
        columns = {**columns, **reread((pair.x, pair.y))}
        pair = position_columns({name: columns[name] for name in (pair.x, pair.y)}, marks) or pair
    if pair.is_blank:
        return _blank_settings(pair)
    settings = {"longitude": Guess(pair.x, "by its name and numbers"), "latitude": Guess(pair.y, "likewise")}
    if not pair.in_degrees:
        return _projected_settings(columns, pair, settings, marks)
    reason = "the numbers are degrees; the file does not say of which datum"
    return {"crs": Guess("EPSG:4326", reason, is_doubtful=not pair.is_named_lonlat), **settings}, []


def _blank_settings(pair: PositionColumns) -> tuple[dict[str, Guess], list[str]]:
    reason = "by its name; in the records looked at it is blank"
    settings = {"longitude": Guess(pair.x, reason, is_doubtful=True), "latitude": Guess(pair.y, "likewise")}
    if pair.is_named_lonlat:
        return {"crs": Guess("EPSG:4326", "by the names of the coordinates", is_doubtful=True), **settings}, []
    return settings, ["the coordinates are blank in the records looked at, and the file names no CRS: add read.crs"]


def _projected_settings(
    columns: Mapping[str, Texts], pair: PositionColumns, settings: dict[str, Guess], marks: Marks
) -> tuple[dict[str, Guess], list[str]]:
    x, y = (_coordinates(columns[name], marks) for name in (pair.x, pair.y))
    fits = fitting_grids(x, y, _hints(columns))
    crs = crs_guess(fits)
    if crs is None:
        return settings, [unknown_grid_question((np.nanmin(x), np.nanmin(y), np.nanmax(x), np.nanmax(y)))]
    if fits[0].is_swapped:
        reason = "by its numbers: by their names, the two would be exchanged"
        settings = {"longitude": Guess(pair.y, reason, is_doubtful=True), "latitude": Guess(pair.x, "likewise")}
    return {"crs": crs, **settings}, []


def _no_position_question(columns: Mapping[str, Texts]) -> str:
    paired = [name for name, values in columns.items() if (known := known_values(values)) and _are_pairs(known)]
    if paired:
        return (
            f"{one_line(paired[0])} holds both coordinates in one column, which cannot be read: split it into two, or "
            "take the publisher's GeoJSON, or the load stops"
        )
    return (
        "no column was recognised as longitude and latitude: name them as read.longitude and read.latitude, "
        "or the load stops"
    )


def _are_pairs(values: Sequence[str]) -> bool:
    return all(PAIR.fullmatch(value) for value in values)


def unknown_grid_question(bounds: Sequence[float]) -> str:
    """The question where coordinates with these bounds are no degrees, and no grid is likely."""
    west, south, east, north = bounds
    span = f"{west:,.0f} to {east:,.0f} and {south:,.0f} to {north:,.0f}"
    return (
        f"the coordinates are no degrees ({span}), the file names no CRS, and no common national grid fits (UTM of "
        "some zone may): add read.crs, or the load stops"
    )


def missing_positions(inspection: Inspection, selection: Inspection) -> list[str]:
    """Warns of the records without a position, which a load rejects.

    Args:
        inspection: of all rows.
        selection: of the rows that `where` keeps.
    """
    axes = [inspection.reading[axis].value for axis in ("longitude", "latitude", "wkt") if axis in inspection.reading]
    names = [name for name in axes if name in selection.columns]
    rows = len(selection.area_m2) if names else len(inspection.area_m2)
    if names:
        is_missing = np.zeros(rows, dtype=np.bool_)
        for name in names:
            values = mask_nulls(selection.columns[name], null_values(selection.columns[name], negatives=True))
            is_missing |= np.array([value is None for value in values], dtype=np.bool_)
        missing = int(is_missing.sum())
    else:
        missing = rows - sum(inspection.shapes.values()) if inspection.shapes and not axes else 0
    return [f"{format_part(missing, rows)} have no position: they are rejected"] if missing else []


def _hints(columns: Mapping[str, Texts]) -> set[str]:
    """The countries that a table names, and the words in the names of its columns, in lower case."""
    countries = [name for name in columns if COUNTRY_WORDS & set(tokens(name))]
    return {word for name in columns for word in tokens(name)} | {
        value.lower() for name in countries for value in known_values(columns[name])
    }


def _coordinates(column: Texts, marks: Marks) -> Numbers:
    return to_numbers(mask_nulls(column, null_values(column, negatives=True)), marks)


def _are_within(values: Numbers, limit: float, share: float) -> bool:
    finite = values[np.isfinite(values)]
    return bool(finite.size) and bool(np.mean(np.abs(finite) <= limit) >= share)


def _name_difference(x: str, y: str) -> int:
    """Number of words in which the names differ, without the words for the coordinate."""
    return len((set(tokens(x)) ^ set(tokens(y))) - POSITION_WORDS)
