"""What the columns of a file mean, as far as their names and first values tell; each guess with its reason."""

import re
from collections.abc import Sequence

from loaders.adding import dates, quantities
from loaders.adding.coordinates import position_pair
from loaders.adding.guess import Guess
from loaders.adding.look import ROWS, Look
from loaders.adding.names import tokens
from loaders.adding.values import distinct, null_values, shown
from loaders.escape import one_line

SOLAR = re.compile(r"solar|photovolt|\bpv\b", re.IGNORECASE)
HEAT = re.compile(r"therm|heat|\bcsp\b|concentrat", re.IGNORECASE)  # solar, and no electricity from light
MOST_KINDS = 60
KIND_WORDS = frozenset({"energy", "fuel", "primary", "tech", "technology", "type"})
ROW_NUMBERS = frozenset({"fid", "gid", "objectid", "ogc_fid", "oid"})
NO_ID = re.compile(r"(?:gr|hybr|val|inval|sol|flu|vo|pa|liqu|ac|m|r)id$")


def where(look: Look) -> Guess | None:
    """The rows that are solar, if a column tells them from others; null where none does."""
    fitting = {name: kinds for name, column in look.columns.items() if (kinds := _kinds(column))}
    if not fitting:
        return None
    name = max(fitting, key=lambda name: len(KIND_WORDS & set(tokens(name))))
    solar, others = fitting[name]
    heat = [value for value in others if SOLAR.search(value)]
    reason = f"{one_line(name)} holds {len(others)} other kind(s), which are left out: {shown(map(one_line, others))}"
    reason += f"; {shown(map(one_line, heat))} as well, as heat" if heat else ""
    return Guess({name: solar}, reason, is_doubtful=bool(heat))


def _kinds(column: Sequence[str | None]) -> tuple[list[str], list[str]] | None:
    """The values of a column that mean photovoltaics, and the others; null where it does not tell them apart."""
    values = distinct(column)
    nulls = set(map(str, null_values(column)))
    if len(values) > MOST_KINDS or 2 * len(values) > len(column):
        return None
    solar = sorted(value for value in values if SOLAR.search(value) and not HEAT.search(value))
    others = sorted(value for value in values if value not in solar and value not in nulls)
    return (solar, others) if solar and others else None


def wanted(look: Look, filter_: Guess | None) -> Look:
    """What was looked at, without the rows that are not wanted."""
    if filter_ is None:
        return look
    ((name, values),) = filter_.value.items()
    return look.only([value in values for value in look.columns[name]])


def columns(look: Look, only: Look) -> dict[str, Guess]:
    """The settings under `columns`.

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
    return {name: guess for name, guess in found.items() if guess}


def source_id(look: Look) -> Guess | None:
    """The column with the publisher's identifier: each record has one, and no two the same."""
    names = [name for name, column in look.columns.items() if _id_rank(name) and _is_unique(column)]
    if not names:
        return None
    name = max(names, key=_id_rank)
    rows = len(look.columns[name])
    extent = "all" if rows == look.features else f"the first {min(rows, ROWS):,}"
    reason = f"{extent} records have one, no two the same"
    is_number = name.lower() in ROW_NUMBERS
    reason += "; it may only number the rows: then leave it out" if is_number else ""
    return Guess(name, reason, is_doubtful=is_number)


def _id_rank(name: str) -> int:
    """The larger, the likelier a name of an identifier; 0 for other names."""
    lower, words = name.lower(), set(tokens(name))
    if lower in ROW_NUMBERS:
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
