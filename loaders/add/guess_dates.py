"""Which column says when a plant was installed, and how its dates are written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from loaders.add.draft import Guess
from loaders.add.inspection import Look
from loaders.add.names import tokens
from loaders.add.values import distinct, known, null_values, shown, without
from loaders.core.escape import one_line

BUILT = frozenset(
    {"built", "commission", "commissioned", "commissioning", "completed", "completion", "cod", "inbetriebnahme", "inst"}
    | {"constructed", "erected", "baujahr", "inbetriebnahmejahr", "inbetriebnahmedatum", "instalacion", "instalación"}
    | {"instalação", "instalacao", "installazione"}
    | {"install", "installation", "installed", "online", "operating", "operation", "operational"}
)
WHEN = frozenset({"date", "year", "yr", "jahr", "datum", "año", "anno", "année", "annee", "fecha"})
NOT_BUILT = frozenset(
    {"access", "appeal", "capacity", "created", "data", "digitized", "edited", "expired", "image", "imagery", "img"}
    | {"lodged", "modified", "record", "refused", "retired", "retirement", "source", "status", "submitted", "updated"}
    | {"accessed", "decommissioning", "decommissioned", "withdrawn", "cap"}
)
AFTER, BEFORE = frozenset({"after"}), frozenset({"before", "until"})
LOWER, UPPER = frozenset({"earliest", "lower", "min", "minimum"}), frozenset({"latest", "upper", "max", "maximum"})
NEGATED = frozenset({"not"})
BUILDING = frozenset({"build", "building", "construction"})
SEEN, FIRST = frozenset({"detected", "detection", "observed", "seen"}), frozenset({"first"})
DATED_ONLY = 1  # the score of a name that says date or year, and not of what
ENOUGH = 0.9
PARTS = {"YYYY": r"(?:19[5-9]\d|20\d\d)", "MM": r"(?:0?[1-9]|1[0-2])", "DD": r"(?:0?[1-9]|[12]\d|3[01])"}
YEAR, MONTH, DAY = PARTS["YYYY"], r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
PLAIN = re.compile(rf"<?\s*{YEAR}(?:-?{MONTH}(?:-?{DAY}(?:[T ]\d\d:\d\d.*)?)?)?")
WITH_FRACTION = re.compile(rf"{PLAIN.pattern}|{YEAR}\.\d+")
FRACTION = "YYYY.fraction"  # the mean year of several units: read as a plain date
PATTERNS = (
    *(f"DD{mark}MM{mark}YYYY" for mark in "/.-"),
    *(f"MM{mark}DD{mark}YYYY" for mark in "/.-"),
    *(f"YYYY{mark}MM{mark}DD" for mark in "/."),
    *(f"MM{mark}YYYY" for mark in "/.-"),
    *(f"YYYY{mark}MM" for mark in "/."),
)


def installed(look: Look) -> Guess | None:
    """The column with the date, or the two that it lies between; null where no name and values look like any."""
    guesses = [(score, guess) for name in look.columns if (score := _score(name)) and (guess := _guess(look, name))]
    best = max(guesses, key=lambda pair: pair[0]) if guesses else None
    if best and best[0] > DATED_ONLY:
        return best[1]
    return _between(look) or _first_seen(look) or (best[1] if best else None)


def unreadable(look: Look) -> list[str]:
    """Columns that are named like the date of building, and are written in a way that is not known here."""
    return [
        f"{one_line(name)} looks like the date of installation, but its values cannot be read: {shown(examples)}; say "
        f"how they are written in columns.installed.pattern, if that can be said with YYYY, MM and DD"
        for name, column in look.columns.items()
        if _score(name) > DATED_ONLY
        and (held := known(column))
        and 2 * sum(any(map(str.isdigit, value)) for value in held) >= len(held)
        and (examples := list(map(one_line, _odd(distinct(held))))) != ["0"]
    ][:1]


def _odd(values: Sequence[str]) -> list[str]:
    """The values that are no dates in the way that most of them are written."""
    best = max(("", *PATTERNS, FRACTION), key=lambda way: sum(bool(_regex(way).fullmatch(value)) for value in values))
    return [value for value in values if not _regex(best).fullmatch(value)]


def bounds(look: Look) -> list[str]:
    """What to know of two columns that say from when and until when a plant may have been built."""
    ends: dict[bool, list[str]] = {True: [], False: []}
    for name in look.columns:
        words = set(tokens(name))
        is_lower = bool(words & LOWER or words >= {"not", "before"})
        is_upper = bool(words & UPPER or words >= {"not", "after"})
        is_dated = words & (BUILT | WHEN | BUILDING | NEGATED) and not words & NOT_BUILT
        if is_lower != is_upper and is_dated and _read(look, name):
            ends[is_lower].append(name)
    lower, upper = (next(iter(ends[side]), None) for side in (True, False))
    if not lower or not upper:
        return []
    return [
        f"{one_line(lower)} and {one_line(upper)} look like the ends between which plants were built: if they are, add "
        f"columns.installed {{after: {one_line(lower)}, before: {one_line(upper)}}} (a day given as after is excluded)"
    ]


def _score(name: str) -> int:
    """The larger, the likelier a name of the date of building; 0 for other names."""
    words = set(tokens(name))
    if words & (NOT_BUILT | AFTER | BEFORE | SEEN | LOWER | UPPER):
        return 0
    return 2 * bool(words & BUILT) + bool(words & WHEN)


def _between(look: Look) -> Guess | None:
    """Two columns that differ in `after` and `before` only, or one of them."""
    named = {
        name: (frozenset(words - AFTER - BEFORE), bool(words & AFTER))
        for name in look.columns
        if bool((words := set(tokens(name))) & AFTER) != bool(words & BEFORE)
        and words & (BUILT | WHEN | BUILDING)
        and not words & (NOT_BUILT | NEGATED)
    }
    read = {name: values for name in named if (values := _read(look, name)) is not None}
    for rest in dict.fromkeys(named[name][0] for name in read):
        ends = {named[name][1]: name for name in read if named[name][0] == rest}
        setting = {end: ends[is_after] for end, is_after in (("after", True), ("before", False)) if is_after in ends}
        if setting:
            reason = (
                "by their names and values" if len(setting) > 1 else "by its name and values; the other end is open"
            )
            return _with_values(setting, [read[name] for name in setting.values()], reason, is_doubtful=False)
    return None


def _first_seen(look: Look) -> Guess | None:
    """A column with the date when something was seen there: it was built before."""
    for name in look.columns:
        words = set(tokens(name))
        if words & SEEN and words & (WHEN | FIRST) and not words & NOT_BUILT and (values := _read(look, name)):
            reason = "it says when something was seen there, which was built by then"
            return _with_values({"before": name}, [values], reason, is_doubtful=True)
    return None


@dataclass(frozen=True, slots=True)
class _Values:
    """The dates of a column.

    Attributes:
        pattern: how they are written; empty if plainly.
        nulls: what stands for unknown.
        values: those that occur, each once.
    """

    pattern: str
    nulls: tuple[str | int, ...]
    values: tuple[str, ...]


def _read(look: Look, name: str) -> _Values | None:
    """The dates of a column; null where nine of ten are none."""
    column = look.columns[name]
    # 0 is no year, and -1 and the like are none either
    nulls = [*null_values(column), *([0] if "0" in column else [])]
    values = distinct(without(column, nulls))
    pattern = _pattern(values)
    return None if pattern is None else _Values(pattern, tuple(nulls), tuple(values))


def _guess(look: Look, name: str) -> Guess | None:
    found = _read(look, name)
    return (
        None if found is None else _with_values({"column": name}, [found], "by its name and values", is_doubtful=False)
    )


def _with_values(setting: dict[str, Any], columns: Sequence[_Values], reason: str, *, is_doubtful: bool) -> Guess:
    """The setting with how its columns are written, and what to know of them."""
    patterns = sorted({found.pattern for found in columns if found.pattern})
    nulls = list(dict.fromkeys(null for found in columns for null in found.nulls))
    also = next(filter(None, (_also(found.pattern, found.values) for found in columns)), "")
    wrong = [
        value for found in columns for value in found.values if not _regex(found.pattern or FRACTION).fullmatch(value)
    ]
    reasons = [reason]
    reasons += [f"{also} fits as well: look which it is"] if also else []
    reasons += (
        [f"it holds {shown(map(one_line, wrong))}, which become unknown: add to null_values what means that"]
        if wrong
        else []
    )
    if patterns:
        setting["pattern"] = patterns[0] if len(patterns) == 1 else patterns
    if nulls:
        setting["null_values"] = nulls
    value = setting["column"] if list(setting) == ["column"] else setting
    return Guess(value, "; ".join(reasons), is_doubtful=is_doubtful or bool(wrong or also))


def _pattern(values: Sequence[str]) -> str | None:
    """How the dates are written; empty if plainly, null if nine of ten are no dates."""
    ways = ("", *PATTERNS, FRACTION)
    fits = {pattern: sum(bool(_regex(pattern).fullmatch(value)) for value in values) for pattern in ways}
    best = max(fits, key=lambda pattern: fits[pattern])
    if not values or fits[best] < ENOUGH * len(values):
        return None
    return "" if best == FRACTION else best


def _also(pattern: str, values: Sequence[str]) -> str:
    """The pattern with day and month exchanged, if no date tells them apart."""
    if not pattern.startswith("DD"):
        return ""
    swapped = f"MM{pattern[2]}DD{pattern[5:]}"
    dates = [value for value in values if _regex(pattern).fullmatch(value)]
    return swapped if all(_regex(swapped).fullmatch(value) for value in dates) else ""


def _regex(pattern: str) -> re.Pattern[str]:
    if pattern in {"", FRACTION}:
        return PLAIN if not pattern else WITH_FRACTION
    return re.compile("".join(PARTS.get(part, re.escape(part)) for part in re.split("(YYYY|MM|DD)", pattern)))
