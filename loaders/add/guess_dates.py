"""Installation dates: detects the column, or pair of columns, and the date pattern."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from loaders.add.date_words import (
    AFTER_WORDS,
    BEFORE_WORDS,
    BUILDING_WORDS,
    CONSTRUCTION_WORDS,
    DATA_IS_DATE,
    DATE_WORDS,
    DETECTION_WORDS,
    FIRST_WORDS,
    IN_SERVICE,
    LOWER_WORDS,
    NEGATION_WORDS,
    OTHER_EVENT_WORDS,
    REGISTER_NUMBER_WORDS,
    START_WORDS,
    UPPER_WORDS,
)
from loaders.add.draft import Guess
from loaders.add.guess_units import is_quantity
from loaders.add.inspection import Inspection
from loaders.add.names import tokens
from loaders.add.values import distinct_values, format_examples, known_values, mask_nulls, null_values
from loaders.core.escape import one_line

DATE_WORD_SCORE = 1  # the score of a name with only a date word
DATE_SHARE = 0.9
PARTS = {"YYYY": r"(?:19[5-9]\d|20\d\d)", "MM": r"(?:0?[1-9]|1[0-2])", "DD": r"(?:0?[1-9]|[12]\d|3[01])"}
YEAR, MONTH, DAY = PARTS["YYYY"], r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
PLAIN_DATE = re.compile(rf"<?\s*{YEAR}(?:-?{MONTH}(?:-?{DAY}(?:[T ]\d\d:\d\d.*)?)?)?")
DATE_OR_FRACTION = re.compile(rf"{PLAIN_DATE.pattern}|{YEAR}\.\d+")
FRACTION = "YYYY.fraction"  # the mean year of several units: read as a plain date
PATTERNS = (
    *(f"DD{mark}MM{mark}YYYY" for mark in "/.-"),
    *(f"MM{mark}DD{mark}YYYY" for mark in "/.-"),
    *(f"YYYY{mark}MM{mark}DD" for mark in "/."),
    *(f"MM{mark}YYYY" for mark in "/.-"),
    *(f"YYYY{mark}MM" for mark in "/."),
)


def installation_date(inspection: Inspection) -> Guess | None:
    """The column with the date, or the two that bound it; null where no name and values fit."""
    guesses = [
        (score, guess)
        for name in inspection.columns
        if (score := _score(name)) and (guess := _column_guess(inspection, name))
    ]
    best = max(guesses, key=lambda pair: pair[0]) if guesses else None
    if best and best[0] > DATE_WORD_SCORE:
        return best[1]
    return _interval(inspection) or _first_detection(inspection) or (best[1] if best else None)


def unreadable_dates(inspection: Inspection) -> list[str]:
    """Warns of a column named like an installation date whose values match no known pattern."""
    return [
        f"{one_line(name)} looks like the date of installation, but its values cannot be read: "
        f"{format_examples(examples)}; say how they are written in columns.installed.pattern, if that can be said with "
        f"YYYY, MM and DD"
        for name, column in inspection.columns.items()
        if _score(name) > DATE_WORD_SCORE
        and (values := known_values(column))
        and 2 * sum(any(map(str.isdigit, value)) for value in values) >= len(values)
        and (examples := list(map(one_line, _deviating_values(distinct_values(values))))) != ["0"]
    ][:1]


def _deviating_values(values: Sequence[str]) -> list[str]:
    """The values that do not match the most frequent pattern."""
    best = max(
        ("", *PATTERNS, FRACTION), key=lambda pattern: sum(bool(_regex(pattern).fullmatch(value)) for value in values)
    )
    return [value for value in values if not _regex(best).fullmatch(value)]


def date_bounds(inspection: Inspection) -> list[str]:
    """Points out two columns that look like the bounds of the construction date."""
    ends: dict[bool, list[str]] = {True: [], False: []}
    for name in inspection.columns:
        words = set(tokens(name))
        is_lower = bool(words & LOWER_WORDS or words >= {"not", "before"})
        is_upper = bool(words & UPPER_WORDS or words >= {"not", "after"})
        is_dated = (
            words & (CONSTRUCTION_WORDS | DATE_WORDS | BUILDING_WORDS | NEGATION_WORDS)
            and not words & OTHER_EVENT_WORDS
        )
        if is_lower != is_upper and is_dated and _read_dates(inspection, name):
            ends[is_lower].append(name)
    lower, upper = (next(iter(ends[side]), None) for side in (True, False))
    if not lower or not upper:
        return []
    return [
        f"{one_line(lower)} and {one_line(upper)} look like the ends between which plants were built: if they are, add "
        f"columns.installed {{after: {one_line(lower)}, before: {one_line(upper)}}} (a day given as after is excluded)"
    ]


def _score(name: str) -> int:
    """How likely a name is an installation date's; 0 for other names."""
    words = set(tokens(name))
    words -= {"data"} if words & DATA_IS_DATE else set()
    if words & (OTHER_EVENT_WORDS | AFTER_WORDS | BEFORE_WORDS | DETECTION_WORDS | LOWER_WORDS | UPPER_WORDS):
        return 0
    if is_quantity(name) or REGISTER_NUMBER_WORDS & words:
        return 0
    is_construction = words & CONSTRUCTION_WORDS or any(words >= phrase for phrase in IN_SERVICE)
    return 2 * bool(is_construction) + bool(words & START_WORDS) + bool(words & DATE_WORDS)


def _interval(inspection: Inspection) -> Guess | None:
    """Two columns whose names differ only in `after` and `before`, or one of them."""
    candidates = {
        name: (frozenset(words - AFTER_WORDS - BEFORE_WORDS), bool(words & AFTER_WORDS))
        for name in inspection.columns
        if bool((words := set(tokens(name))) & AFTER_WORDS) != bool(words & BEFORE_WORDS)
        and words & (CONSTRUCTION_WORDS | DATE_WORDS | BUILDING_WORDS)
        and not words & (OTHER_EVENT_WORDS | NEGATION_WORDS)
    }
    date_columns = {name: values for name in candidates if (values := _read_dates(inspection, name)) is not None}
    for stem in dict.fromkeys(candidates[name][0] for name in date_columns):
        ends = {candidates[name][1]: name for name in date_columns if candidates[name][0] == stem}
        setting = {end: ends[is_after] for end, is_after in (("after", True), ("before", False)) if is_after in ends}
        if setting:
            is_closed = len(setting) > 1
            reason = "by their names and values" if is_closed else "by its name and values; the other end is open"
            return _date_guess(setting, [date_columns[name] for name in setting.values()], reason, is_doubtful=False)
    return None


def _first_detection(inspection: Inspection) -> Guess | None:
    """A column with a detection date, which is an upper bound of the installation date."""
    for name in inspection.columns:
        words = set(tokens(name))
        is_detection = words & DETECTION_WORDS and words & (DATE_WORDS | FIRST_WORDS) and not words & OTHER_EVENT_WORDS
        if is_detection and (date_column := _read_dates(inspection, name)):
            reason = "it says when something was seen there, which was built by then"
            return _date_guess({"before": name}, [date_column], reason, is_doubtful=True)
    return None


@dataclass(frozen=True, slots=True)
class _DateColumn:
    """The dates of a column.

    Attributes:
        pattern: of the values; empty for ISO dates and years.
        nulls: the values that mean unknown.
        values: distinct.
    """

    pattern: str
    nulls: tuple[str | int, ...]
    values: tuple[str, ...]


def _read_dates(inspection: Inspection, name: str) -> _DateColumn | None:
    """The dates of a column; null unless nine of ten values are dates."""
    column = inspection.columns[name]
    # neither 0 nor -1 and the like are years
    nulls = [*null_values(column), *([0] if "0" in column else [])]
    values = distinct_values(mask_nulls(column, nulls))
    pattern = _best_pattern(values)
    return None if pattern is None else _DateColumn(pattern, tuple(nulls), tuple(values))


def _column_guess(inspection: Inspection, name: str) -> Guess | None:
    dates = _read_dates(inspection, name)
    if dates is None:
        return None
    return _date_guess({"column": name}, [dates], "by its name and values", is_doubtful=False)


def _date_guess(setting: dict[str, Any], columns: Sequence[_DateColumn], reason: str, *, is_doubtful: bool) -> Guess:
    """The setting with the pattern and null values of its columns, and warnings in its reason."""
    patterns = sorted({column.pattern for column in columns if column.pattern})
    nulls = list(dict.fromkeys(null for column in columns for null in column.nulls))
    swapped = next(filter(None, (_swapped_pattern(column.pattern, column.values) for column in columns)), "")
    unreadable = [
        value
        for column in columns
        for value in column.values
        if not _regex(column.pattern or FRACTION).fullmatch(value)
    ]
    reasons = [reason]
    if swapped:
        reasons.append(f"{swapped} fits as well: look which it is")
    if unreadable:
        examples = format_examples(map(one_line, unreadable))
        reasons.append(f"it holds {examples}, which become unknown: add to null_values what means that")
    if patterns:
        setting["pattern"] = patterns[0] if len(patterns) == 1 else patterns
    if nulls:
        setting["null_values"] = nulls
    value = setting["column"] if list(setting) == ["column"] else setting
    return Guess(value, "; ".join(reasons), is_doubtful=is_doubtful or bool(unreadable or swapped))


def _best_pattern(values: Sequence[str]) -> str | None:
    """The pattern of the values; empty for ISO dates and years, null unless nine of ten are dates."""
    candidates = ("", *PATTERNS, FRACTION)
    fits = {pattern: sum(bool(_regex(pattern).fullmatch(value)) for value in values) for pattern in candidates}
    best = max(fits, key=lambda pattern: fits[pattern])
    if not values or fits[best] < DATE_SHARE * len(values):
        return None
    return "" if best == FRACTION else best


def _swapped_pattern(pattern: str, values: Sequence[str]) -> str:
    """The pattern with day and month exchanged, if every date fits both."""
    if not pattern.startswith("DD"):
        return ""
    swapped = f"MM{pattern[2]}DD{pattern[5:]}"
    dates = [value for value in values if _regex(pattern).fullmatch(value)]
    return swapped if all(_regex(swapped).fullmatch(value) for value in dates) else ""


def _regex(pattern: str) -> re.Pattern[str]:
    if pattern in {"", FRACTION}:
        return PLAIN_DATE if not pattern else DATE_OR_FRACTION
    return re.compile("".join(PARTS.get(part, re.escape(part)) for part in re.split("(YYYY|MM|DD)", pattern)))
