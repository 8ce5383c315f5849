"""What the columns of a file mean, as far as their names and first values tell; each guess with its reason."""

import re
from collections.abc import Sequence

from loaders.add import guess_dates as dates
from loaders.add import guess_quantities as quantities
from loaders.add import guess_status as statuses
from loaders.add import guess_technology as kinds
from loaders.add.draft import Guess
from loaders.add.guess_coordinates import position_pair
from loaders.add.inspection import ROWS, Look
from loaders.add.names import tokens
from loaders.add.unsupported_units import unreadable
from loaders.add.values import null_values

ROW_NUMBERS = frozenset({"fid", "gid", "objectid", "ogc_fid", "oid"})
KML = frozenset({"KML", "LIBKML"})
NO_ID = re.compile(r"(?:gr|hybr|val|inval|sol|flu|vo|pa|liqu|ac|m|r)id$")


def wanted(look: Look, filter_: Guess | None) -> Look:
    """What was looked at, without the rows that are not wanted."""
    if filter_ is None:
        return look
    ((name, values),) = filter_.value.items()
    return look.only([value in values for value in look.columns[name]])


def columns(look: Look, only: Look) -> tuple[dict[str, Guess], list[str]]:
    """The settings under `columns`, and why there is none where a column looks like one.

    Args:
        look: at all rows.
        only: at those that are wanted.
    """
    area = quantities.area(only)
    found = {
        "source_id": source_id(look),
        "area": area,
        "capacity": quantities.capacity(only, area),
        "installed": dates.installed(only),
        "position": position(only),
    }
    settings = {name: guess for name, guess in found.items() if guess and guess.value is not None}
    refused = [f"columns.{name}: {guess.reason}" for name, guess in found.items() if guess and guess.value is None]
    undated = [] if "installed" in settings else [*dates.unreadable(only), *dates.bounds(only)]
    return settings, [*refused, *unreadable(only), *undated]


def warnings(look: Look, only: Look, filter_: Guess | None) -> list[str]:
    """What is to know of the rows: that none is solar, or that some were never built."""
    technologies = [] if filter_ else [*kinds.not_solar(look), *kinds.undecided(look)]
    return [*technologies, *statuses.statuses(only), *statuses.denied(only), *statuses.retired(only)]


def source_id(look: Look) -> Guess | None:
    """The column with the publisher's identifier: each record has one, and no two the same."""
    ranks = {name: _id_rank(name, look.format) for name, column in look.columns.items() if _is_unique(column)}
    if not any(ranks.values()):
        return None
    name = max(ranks, key=lambda name: ranks[name])
    rows = len(look.columns[name])
    extent = "all" if rows == look.features else f"{min(rows, ROWS):,} of the"
    reason = f"{extent} records have one, no two the same"
    is_number = ranks[name] == 1
    reason += "; it may only number the rows: then leave it out" if is_number else ""
    return Guess(name, reason, is_doubtful=is_number)


def _id_rank(name: str, format_: str) -> int:
    """The larger, the likelier a name of an identifier; 0 for other names."""
    lower, words = name.lower(), set(tokens(name))
    if lower in ROW_NUMBERS or (lower == "id" and format_ in KML):  # of a placemark: often made by the program
        return 1
    if words & {"id", "uid", "uuid", "idnr", "guid"} or re.fullmatch(r"\w+_(?:id|idnr|idno)", lower):
        return 4 if lower in {"id", "uid", "uuid", "unique_id", "source_id"} else 3
    return 2 if lower.endswith("id") and not NO_ID.search(lower) else 0


def _is_unique(column: Sequence[str | None]) -> bool:
    return len(set(column)) == len(column) and None not in column


def position(look: Look) -> Guess | None:
    """The stated position beside outlines, in degrees; null where there is none."""
    if not look.has_polygons:
        return None
    pair = position_pair(look.columns, look.marks)
    if pair is None or not pair.in_degrees:
        return None
    setting: dict[str, object] = {"longitude": pair.x, "latitude": pair.y}
    nulls = {*null_values(look.columns[pair.x], negatives=True), *null_values(look.columns[pair.y], negatives=True)}
    if nulls:
        setting["null_values"] = sorted(nulls, key=str)
    return Guess(setting, "by their names and values; only compared with the outlines", is_doubtful=not pair.by_name)
