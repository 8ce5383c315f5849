"""Which column says when a plant was installed, and how its dates are written."""

import re
from collections.abc import Sequence
from typing import Any

from loaders.adding.guess import Guess
from loaders.adding.look import Look
from loaders.adding.names import tokens
from loaders.adding.values import distinct, null_values, shown, without
from loaders.escape import one_line

BUILT = frozenset(
    {"built", "commission", "commissioned", "commissioning", "completed", "completion", "cod", "inbetriebnahme", "inst"}
    | {"install", "installation", "installed", "online", "operating", "operation", "operational"}
)
WHEN = frozenset({"date", "year", "yr"})
NOT_BUILT = frozenset(
    {"access", "appeal", "capacity", "created", "data", "digitized", "edited", "expired", "image", "imagery", "img"}
    | {"lodged", "modified", "record", "refused", "retired", "retirement", "source", "status", "submitted", "updated"}
    | {"accessed", "decommissioning", "decommissioned", "withdrawn", "cap"}
)
ENOUGH = 0.9
PARTS = {"YYYY": r"(?:19[5-9]\d|20\d\d)", "MM": r"(?:0?[1-9]|1[0-2])", "DD": r"(?:0?[1-9]|[12]\d|3[01])"}
YEAR, MONTH, DAY = PARTS["YYYY"], r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
PLAIN = re.compile(rf"<?\s*{YEAR}(?:-?{MONTH}(?:-?{DAY}(?:[T ]\d\d:\d\d.*)?)?)?")
PATTERNS = (
    *(f"DD{mark}MM{mark}YYYY" for mark in "/.-"),
    *(f"MM{mark}DD{mark}YYYY" for mark in "/.-"),
    *(f"YYYY{mark}MM{mark}DD" for mark in "/."),
    *(f"MM{mark}YYYY" for mark in "/.-"),
    *(f"YYYY{mark}MM" for mark in "/."),
)


def installed(look: Look) -> Guess | None:
    """The column with the date; null where no name and values look like one."""
    guesses = [(score, guess) for name in look.columns if (score := _score(name)) and (guess := _guess(look, name))]
    return max(guesses, key=lambda pair: pair[0])[1] if guesses else None


def _score(name: str) -> int:
    words = set(tokens(name))
    if words & NOT_BUILT:
        return 0
    return 2 * bool(words & BUILT) + bool(words & WHEN)


def _guess(look: Look, name: str) -> Guess | None:
    column = look.columns[name]
    # 0 is no year, and -1 and the like are none either
    nulls = [*null_values(column), *([0] if "0" in column else [])]
    values = distinct(without(column, nulls))
    pattern = _pattern(values)
    if pattern is None:
        return None
    setting: dict[str, Any] = {"column": name}
    reasons = ["by its name and values"]
    if pattern:
        setting["pattern"] = pattern
    if nulls:
        setting["null_values"] = nulls
    also = _also(pattern, values)
    reasons += [f"{also} fits as well: look which it is"] if also else []
    wrong = [one_line(value) for value in values if not _regex(pattern).fullmatch(value)]
    reasons += (
        [f"it holds {shown(wrong)}: add to null_values what stands for unknown, or the load stops"] if wrong else []
    )
    return Guess(setting if len(setting) > 1 else name, "; ".join(reasons), is_doubtful=bool(wrong or also))


def _pattern(values: Sequence[str]) -> str | None:
    """How the dates are written; empty if plainly, null if nine of ten are no dates."""
    fits = {pattern: sum(bool(_regex(pattern).fullmatch(value)) for value in values) for pattern in ("", *PATTERNS)}
    best = max(fits, key=lambda pattern: fits[pattern])
    return best if values and fits[best] >= ENOUGH * len(values) else None


def _also(pattern: str, values: Sequence[str]) -> str:
    """The pattern with day and month exchanged, if no date tells them apart."""
    if not pattern.startswith("DD"):
        return ""
    swapped = f"MM{pattern[2]}DD{pattern[5:]}"
    dates = [value for value in values if _regex(pattern).fullmatch(value)]
    return swapped if all(_regex(swapped).fullmatch(value) for value in dates) else ""


def _regex(pattern: str) -> re.Pattern[str]:
    if not pattern:
        return PLAIN
    return re.compile("".join(PARTS.get(part, re.escape(part)) for part in re.split("(YYYY|MM|DD)", pattern)))
