"""Which columns hold positions, by their names and values, and what their numbers can mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
import shapely

from loaders.add.draft import Guess
from loaders.add.names import tokens
from loaders.add.values import Marks, Texts, is_numeric, known, null_values, numbers, without
from loaders.core.arrays import Numbers

EAST = {"lon", "long", "lng", "longitude", "xlong", "xlon", "longitud", "longdd"}
NORTH = {"lat", "latitude", "ylat", "latitud", "latdd"}
X = {"x", "xcoord", "xcoordinate", "coordx", "pointx", "easting", "eastings", "rechtswert"}
Y = {"y", "ycoord", "ycoordinate", "coordy", "pointy", "northing", "northings", "hochwert"}
POSITION_WORDS = EAST | NORTH | X | Y
BRITISH = {"england", "scotland", "wales", "northern ireland", "united kingdom"}
MOST_DEGREES = (180.0, 90.0)
MOST_PAIRED = 50  # columns of each coordinate: all pairs of them are compared
WELL_KNOWN_TEXT = re.compile(r"\s*(?:MULTI)?(?:POINT|POLYGON)\s*(?:ZM?|M)?\s*\(", re.IGNORECASE)
ENOUGH = 0.98  # of the values: the rest may be wrong


@dataclass(frozen=True, slots=True)
class Pair:
    """A column of longitudes or eastings, and one of latitudes or northings."""

    x: str
    y: str
    in_degrees: bool
    by_name: bool  # whether they are called longitude and latitude


def position_pair(columns: Mapping[str, Texts], marks: Marks) -> Pair | None:
    """The likeliest pair; null where there is none."""
    for x_words, y_words in ((EAST, NORTH), (X, Y)):
        xs, ys = (_numeric(columns, words, marks) for words in (x_words, y_words))
        pairs = sorted(((x, y) for x in xs for y in ys), key=lambda pair: _differing(*pair))
        if pairs:
            x, y = pairs[0]
            in_degrees = all(
                _within(_stated(columns[name], marks), most) for name, most in zip((x, y), MOST_DEGREES, strict=True)
            )
            return Pair(x, y, in_degrees, by_name=x_words is EAST)
    return None


def _numeric(columns: Mapping[str, Texts], words: set[str], marks: Marks) -> list[str]:
    """The first columns of numbers that have one of these words in their names."""
    named = (name for name in columns if words & set(tokens(name)) and is_numeric(columns[name], marks))
    return list(islice(named, MOST_PAIRED))


def wkt_column(columns: Mapping[str, Texts]) -> str | None:
    """The first column with well-known text; null where there is none."""
    for name, values in columns.items():
        held = known(values)
        if held and sum(WELL_KNOWN_TEXT.match(value) is not None for value in held) >= ENOUGH * len(held):
            return name
    return None


def _of_outlines(name: str, values: Texts) -> tuple[dict[str, Guess], list[str]]:
    where = {"wkt": Guess(name, "its values are well-known text")}
    shapes = shapely.from_wkt([value for value in known(values) if WELL_KNOWN_TEXT.match(value)], on_invalid="ignore")
    bounds = np.abs(shapely.total_bounds(shapes))
    if (bounds <= np.array(MOST_DEGREES * 2)).all():
        reason = "the numbers are degrees; the file does not say of which datum"
        return {"crs": Guess("EPSG:4326", reason, is_doubtful=True), **where}, []
    return where, ["the coordinates are no degrees and the file names no CRS: add read.crs, or the load stops"]


def readings(columns: Mapping[str, Texts], marks: Marks) -> tuple[dict[str, Guess], list[str]]:
    """The settings under `read` by which a table has positions, and what remains open."""
    if outlines := wkt_column(columns):
        return _of_outlines(outlines, columns[outlines])
    pair = position_pair(columns, marks)
    if pair is None:
        return {}, [
            "no column was recognised as longitude and latitude: name them as read.longitude and read.latitude, "
            "or the load stops"
        ]
    where = {"longitude": Guess(pair.x, "by its name and numbers"), "latitude": Guess(pair.y, "likewise")}
    if pair.in_degrees:
        reason = "the numbers are degrees; the file does not say of which datum"
        return {"crs": Guess("EPSG:4326", reason, is_doubtful=not pair.by_name), **where}, []
    return where, [_projected(columns, pair, marks)]


def _projected(columns: Mapping[str, Texts], pair: Pair, marks: Marks) -> str:
    x, y = (_stated(columns[name], marks) for name in (pair.x, pair.y))
    span = f"{np.nanmin(x):,.0f} to {np.nanmax(x):,.0f} and {np.nanmin(y):,.0f} to {np.nanmax(y):,.0f}"
    hint = (
        "; say British National Grid, if that is what they are, as crs: EPSG:27700" if _british(columns, x, y) else ""
    )
    return f"the coordinates are no degrees ({span}) and the file names no CRS: add read.crs, or the load stops{hint}"


def _british(columns: Mapping[str, Texts], x: Numbers, y: Numbers) -> bool:
    inside = (x >= 0) & (x <= 700_000) & (y >= 0) & (y <= 1_300_000)
    is_there = bool(inside.sum() >= ENOUGH * np.isfinite(x + y).sum())
    places = [
        set(map(str.lower, known(columns[name]))) for name in columns if {"country", "nation"} & set(tokens(name))
    ]
    return is_there and any(BRITISH & held for held in places)


def _stated(column: Texts, marks: Marks) -> Numbers:
    return numbers(without(column, null_values(column, negatives=True)), marks)


def _within(values: Numbers, most: float) -> bool:
    held = values[np.isfinite(values)]
    return bool(held.size) and bool(np.mean(np.abs(held) <= most) >= ENOUGH)


def _differing(x: str, y: str) -> int:
    """How many words of the names differ, beside those that say which coordinate it is."""
    return len((set(tokens(x)) ^ set(tokens(y))) - POSITION_WORDS)
