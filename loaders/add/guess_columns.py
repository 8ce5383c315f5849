"""Column mapping: infers `columns` and its warnings from column names and sampled values."""

import re
from collections.abc import Sequence

from loaders.add import (
    guess_area,
    guess_capacity,
    guess_categories,
    guess_dates,
    guess_names,
    guess_status,
    guess_technology,
)
from loaders.add.draft import Guess
from loaders.add.guess_coordinates import missing_positions, position_columns
from loaders.add.inspection import SAMPLE_ROWS, Inspection
from loaders.add.names import tokens
from loaders.add.unsupported_units import unreadable_quantities
from loaders.add.values import null_values

OLDER_WORDS = frozenset({"former", "location", "old", "previous"})  # of identifiers that others are preferred to
ROW_NUMBERS = frozenset({"fid", "gid", "objectid", "ogc_fid", "oid"})
REGISTER_NUMBERS = frozenset({"ceg", "codceg", "einheitmastrnummer", "gsrn", "mastr"})
KML_FORMATS = frozenset({"KML", "LIBKML"})
NOT_ID = re.compile(r"(?:gr|hybr|val|inval|sol|flu|vo|pa|liqu|ac|m|r)id$")


def filter_rows(inspection: Inspection, row_filter: Guess | None) -> Inspection:
    """The inspection, restricted to the rows that `where` keeps."""
    if row_filter is None:
        return inspection
    ((name, values),) = row_filter.value.items()
    return inspection.select([value in values for value in inspection.columns[name]])


def column_settings(
    inspection: Inspection, selection: Inspection, records: Inspection | None = None
) -> tuple[dict[str, Guess], list[str]]:
    """The settings under `columns`, and why a column with a fitting name has none.

    Args:
        inspection: of all rows.
        selection: of the rows that `where` keeps.
        records: of all of these rows in the file, with the columns that hold categories; null if the selection is.
    """
    records = records or selection
    area = guess_area.area(selection)
    guesses = {
        "source_id": source_id(inspection),
        "name": guess_names.name(selection),
        "operator": guess_names.operator(selection),
        "identifiers": guess_names.identifiers(selection),
        "status": guess_categories.status(records),
        "technology": guess_categories.technology(records),
        "mounting": guess_categories.mounting(records),
        "area": area,
        "capacity": guess_capacity.capacity(selection, area),
        "installed": guess_dates.installation_date(selection),
        "position": position(selection),
    }
    settings = {name: guess for name, guess in guesses.items() if guess and guess.value is not None}
    refusals = [f"columns.{name}: {guess.reason}" for name, guess in guesses.items() if guess and guess.value is None]
    notes = [*refusals, *unreadable_quantities(selection), *guess_names.identifier_warnings(selection)]
    if "installed" not in settings:
        notes += [*guess_dates.unreadable_dates(selection), *guess_dates.date_bounds(selection)]
    return settings, notes


def row_warnings(
    inspection: Inspection, selection: Inspection, row_filter: Guess | None, records: Inspection | None = None
) -> list[str]:
    """Warnings about the rows: none is solar, some were never built, or have no position.

    Args:
        inspection: of all rows.
        selection: of the rows that `where` keeps.
        row_filter: `where`; null if it is not needed.
        records: of all rows in the file that `where` keeps, with some of the columns; null if the selection is.
    """
    warnings = []
    if not row_filter:
        warnings += guess_technology.no_solar_warnings(inspection)
        warnings += guess_technology.mixed_technology_warnings(inspection)
        warnings += guess_technology.coded_kind_warnings(inspection)
    warnings += guess_categories.unsorted_status_warnings(selection)
    warnings += guess_status.denial_warnings(selection)
    warnings += guess_status.retirement_warnings(selection)
    warnings += guess_status.aggregate_warnings(selection)
    return warnings + missing_positions(inspection, records or selection)


def source_id(inspection: Inspection) -> Guess | None:
    """The column with the publisher's identifier: complete and unique."""
    ranks = {
        name: _id_rank(name, inspection.format) for name, column in inspection.columns.items() if _is_unique(column)
    }
    if not any(ranks.values()):
        return None
    name = max(ranks, key=lambda name: ranks[name])
    rows = len(inspection.columns[name])
    extent = "all" if rows == inspection.features else f"{min(rows, SAMPLE_ROWS):,} of the"
    reason = f"{extent} records have one, no two the same"
    is_number = ranks[name] == 1
    is_osm = guess_names.is_osm_number(inspection, name)
    reason += "; it may only number the rows: then leave it out" if is_number else ""
    reason += "; numbers of OpenStreetMap are unique among objects of one type only" if is_osm else ""
    return Guess(name, reason, is_doubtful=is_number or is_osm)


def _id_rank(name: str, format_: str) -> int:
    """How likely a name is an identifier's; 0 for other names."""
    lower, words = name.lower(), set(tokens(name))
    if lower in ROW_NUMBERS or (
        lower == "id" and format_ in KML_FORMATS
    ):  # often generated by the program that wrote it
        return 1
    if words & {"id", "uid", "uuid", "idnr", "guid"} or re.fullmatch(r"\w+_(?:id|idnr|idno)", lower):
        is_plain = lower in {"id", "uid", "uuid", "unique_id", "source_id"}
        return 5 if is_plain else 3 if words & OLDER_WORDS else 4
    if set(re.findall(r"[a-z]+", lower)) & REGISTER_NUMBERS:
        return 2
    return 2 if lower.endswith("id") and not NOT_ID.search(lower) else 0


def _is_unique(column: Sequence[str | None]) -> bool:
    return len(set(column)) == len(column) and None not in column


def position(inspection: Inspection) -> Guess | None:
    """The stated position in addition to outlines, in degrees; null where there is none."""
    if not inspection.has_polygons:
        return None
    pair = position_columns(inspection.columns, inspection.marks)
    if pair is None or pair.is_blank or not pair.in_degrees:
        return None
    setting: dict[str, object] = {"longitude": pair.x, "latitude": pair.y}
    nulls = {
        *null_values(inspection.columns[pair.x], negatives=True),
        *null_values(inspection.columns[pair.y], negatives=True),
    }
    if nulls:
        setting["null_values"] = sorted(nulls, key=str)
    return Guess(
        setting, "by their names and values; only compared with the outlines", is_doubtful=not pair.is_named_lonlat
    )
