"""Records that no installation holds, by their status, technology or licence: a comparison leaves them out."""

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa

from loaders.core.arrays import Flags
from loaders.settings.licences import terms
from loaders.settings.params import Settings

LICENCES = "licences.allow"


def left_out_values(table: pa.Table, settings: Settings) -> dict[str, list[str | None]]:
    """By setting, the value of each record that the setting leaves out, else null; columns it lacks leave out none."""

    def allows_licence(value: str) -> bool:
        return terms(value).kind in settings.licences.allow

    rules: dict[str, tuple[str, Callable[[str], bool]]] = {
        "include_status": ("status", settings.include_status.__contains__),
        "include_technology": ("technology", settings.include_technology.__contains__),
        LICENCES: ("licence", allows_licence),
    }
    excluded: dict[str, list[str | None]] = {}
    for setting, (column, allows) in rules.items():
        values = table[column].to_pylist() if column in table.column_names else []
        is_allowed = {value: allows(value) for value in set(values)}
        excluded[setting] = [None if is_allowed[value] else str(value) for value in values]
    return excluded


def is_left_out(excluded: Mapping[str, list[str | None]], rows: int) -> Flags:
    """Which records any setting leaves out."""
    flags = np.zeros(rows, dtype=np.bool_)
    for values in excluded.values():
        if values:
            flags |= np.array([value is not None for value in values], dtype=np.bool_)
    return flags


def count_left_out(excluded: Mapping[str, list[str | None]]) -> dict[str, dict[str, int]]:
    """By setting, the number of records by the value that it does not list."""
    counts = {setting: Counter(filter(None, values)) for setting, values in excluded.items()}
    return {setting: dict(each.most_common()) for setting, each in counts.items() if each}
