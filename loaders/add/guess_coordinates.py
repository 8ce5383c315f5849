"""Coordinate columns: detects longitude and latitude, easting and northing, or WKT."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import shapely

from loaders.add.draft import Guess
from loaders.add.guess_crs import PLAUSIBLE_SHARE, crs_guess, fitting_grids
from loaders.add.names import tokens
from loaders.add.values import Marks, Texts, is_numeric, known_values, mask_nulls, null_values, to_numbers
from loaders.core.arrays import Numbers

LONGITUDE_WORDS = {"lon", "long", "lng", "longitude", "xlong", "xlon", "longitud", "longdd"}
LATITUDE_WORDS = {"lat", "latitude", "ylat", "latitud", "latdd"}
EASTING_WORDS = {"x", "xcoord", "xcoordinate", "coordx", "pointx", "easting", "eastings", "rechtswert"}
NORTHING_WORDS = {"y", "ycoord", "ycoordinate", "coordy", "pointy", "northing", "northings", "hochwert"}
POSITION_WORDS = LONGITUDE_WORDS | LATITUDE_WORDS | EASTING_WORDS | NORTHING_WORDS
COUNTRY_WORDS = {"country", "nation", "land", "pays", "paese", "país", "pais", "kraj", "iso", "iso3"}
MAX_DEGREES = (180.0, 90.0)
MAX_PAIRED_COLUMNS = 50  # columns of each coordinate: all pairs of them are compared
WKT = re.compile(r"\s*(?:MULTI)?(?:POINT|POLYGON)\s*(?:ZM?|M)?\s*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PositionColumns:
    """A column of longitudes or eastings, and one of latitudes or northings."""

    x: str
    y: str
    in_degrees: bool
    is_named_lonlat: bool


def position_columns(columns: Mapping[str, Texts], marks: Marks) -> PositionColumns | None:
    """The likeliest pair; null where there is none."""
    for x_words, y_words in ((LONGITUDE_WORDS, LATITUDE_WORDS), (EASTING_WORDS, NORTHING_WORDS)):
        xs, ys = (_numeric_columns(columns, words, marks) for words in (x_words, y_words))
        pairs = sorted(((x, y) for x in xs for y in ys), key=lambda pair: _name_difference(*pair))
        if pairs:
            x, y = pairs[0]
            in_degrees = all(
                _are_within(_coordinates(columns[name], marks), limit)
                for name, limit in zip((x, y), MAX_DEGREES, strict=True)
            )
            return PositionColumns(x, y, in_degrees, is_named_lonlat=x_words is LONGITUDE_WORDS)
    return None


def _numeric_columns(columns: Mapping[str, Texts], words: set[str], marks: Marks) -> list[str]:
    """The first columns of numbers that have one of these words in their names."""
    matching_names = (name for name in columns if words & set(tokens(name)) and is_numeric(columns[name], marks))
    return list(islice(matching_names, MAX_PAIRED_COLUMNS))


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


def position_settings(columns: Mapping[str, Texts], marks: Marks) -> tuple[dict[str, Guess], list[str]]:
    """The settings under `read` by which a table has positions, and what remains open."""
    if wkt_name := wkt_column(columns):
        return _wkt_settings(wkt_name, columns[wkt_name])
    pair = position_columns(columns, marks)
    if pair is None:
        return {}, [
            "no column was recognised as longitude and latitude: name them as read.longitude and read.latitude, "
            "or the load stops"
        ]
    settings = {"longitude": Guess(pair.x, "by its name and numbers"), "latitude": Guess(pair.y, "likewise")}
    if pair.in_degrees:
        reason = "the numbers are degrees; the file does not say of which datum"
        return {"crs": Guess("EPSG:4326", reason, is_doubtful=not pair.is_named_lonlat), **settings}, []
    x, y = (_coordinates(columns[name], marks) for name in (pair.x, pair.y))
    fits = fitting_grids(x, y, _countries(columns))
    crs = crs_guess(fits)
    if crs is None:
        return settings, [unknown_grid_question((np.nanmin(x), np.nanmin(y), np.nanmax(x), np.nanmax(y)))]
    if fits[0].is_swapped:
        reason = "by its numbers: by their names, the two would be exchanged"
        settings = {"longitude": Guess(pair.y, reason, is_doubtful=True), "latitude": Guess(pair.x, "likewise")}
    return {"crs": crs, **settings}, []


def unknown_grid_question(bounds: Sequence[float]) -> str:
    """The question where coordinates with these bounds are no degrees, and no grid is likely."""
    west, south, east, north = bounds
    span = f"{west:,.0f} to {east:,.0f} and {south:,.0f} to {north:,.0f}"
    return (
        f"the coordinates are no degrees ({span}), the file names no CRS, and no common national grid fits (UTM of "
        "some zone may): add read.crs, or the load stops"
    )


def _countries(columns: Mapping[str, Texts]) -> set[str]:
    """The values of the columns with a country, in lower case."""
    names = [name for name in columns if COUNTRY_WORDS & set(tokens(name))]
    return {value.lower() for name in names for value in known_values(columns[name])}


def _coordinates(column: Texts, marks: Marks) -> Numbers:
    return to_numbers(mask_nulls(column, null_values(column, negatives=True)), marks)


def _are_within(values: Numbers, limit: float) -> bool:
    finite = values[np.isfinite(values)]
    return bool(finite.size) and bool(np.mean(np.abs(finite) <= limit) >= PLAUSIBLE_SHARE)


def _name_difference(x: str, y: str) -> int:
    """Number of words in which the names differ, without the words for the coordinate."""
    return len((set(tokens(x)) ^ set(tokens(y))) - POSITION_WORDS)
