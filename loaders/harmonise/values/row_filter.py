"""Row filter of a dataset: selects published rows by the values of columns (`where`)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from heapq import nlargest

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.core.arrays import Flags
from loaders.core.errors import ReadError
from loaders.harmonise.values.columns import published_text, setting_as_text, spellings
from loaders.harmonise.values.value_counts import LISTED_VALUES, format_value_counts, shorten

Where = Mapping[str, Sequence[str | int | float | bool]]


def matching_rows(
    attributes: pa.Table, where: Where, key: str, setting: str = "where"
) -> tuple[Flags, dict[str, set[str]]]:
    """Select the rows that meet every condition.

    Args:
        attributes: published columns.
        where: accepted values by column. They are compared as trimmed text: 1 matches 1.0 and "1", true matches "true"
            but not "True"; null never matches.
        key: of the dataset.
        setting: the name of `where` below that key.

    Returns:
        Whether each row matches; and for each column of `where` the accepted values that occur in it, as
        `columns.setting_as_text` writes them, regardless of the other columns.

    Raises:
        ReadError: there is no such column, or it holds no text, numbers, dates or truth values.
    """
    is_match: Flags = np.ones(len(attributes), dtype=bool)
    occurring: dict[str, set[str]] = {}
    for name, values in where.items():
        text = published_text(attributes, name, key, setting)
        accepted = sorted({spelling for value in values for spelling in spellings(value)})
        has_value = pc.is_in(text, value_set=pa.array(accepted, pa.string()))
        column_values = set(pc.unique(text.filter(has_value)).to_pylist())
        occurring[name] = {setting_as_text(value) for value in values if spellings(value) & column_values}
        is_match &= has_value.to_numpy(zero_copy_only=False).astype(bool)
    return is_match, occurring


def require_values_exist(
    where: Where,
    occurring: Mapping[str, set[str]],
    value_counts: Mapping[str, Counter[str]],
    key: str,
    setting: str = "where",
) -> None:
    """Require that every accepted value occurs: a missing one is misspelt, or the publisher renamed it.

    Args:
        where: accepted values by column.
        occurring: those that occurred, as `matching_rows` returns them for each batch.
        value_counts: all values of these columns, with their number of rows.
        key: of the dataset.
        setting: the name of `where` below that key.

    Raises:
        ReadError: an accepted value never occurred.
    """
    for name, values in where.items():
        missing = [value for value in values if setting_as_text(value) not in occurring.get(name, set())]
        if missing:
            raise ReadError(
                f"{key}: {setting} asks for {name!r}: "
                f"{' or '.join(_quoted(value) for value in missing)}: no record has it; "
                f"the column holds {_nearest_values(missing, value_counts.get(name, Counter()))}. "
                f"Correct datasets.{key}.{setting} in params.yaml."
            )


def no_match_message(where: Where, value_counts: Mapping[str, Counter[str]], key: str, setting: str = "where") -> str:
    """The message where each accepted value occurs, but no row meets all conditions."""
    columns = "; ".join(f"{name!r} holds {format_value_counts(value_counts[name])}" for name in where)
    return (
        f"{key}: no record meets all conditions of {setting}: {columns}. Correct datasets.{key}.{setting} in "
        "params.yaml, or select another file in source."
    )


def _quoted(value: str | float) -> str:
    return repr(value) if isinstance(value, str) else setting_as_text(value)


def _nearest_values(missing: Sequence[str | float], value_counts: Counter[str]) -> str:
    """The values of the column with their number of rows, the most similar to a missing one first."""
    if not value_counts:
        return "nothing"
    missing_texts = [setting_as_text(value).casefold() for value in missing]
    nearest = nlargest(
        LISTED_VALUES,
        sorted(value_counts),
        key=lambda text: max(_similarity(text.casefold(), value) for value in missing_texts),
    )
    rest = f" and {len(value_counts) - LISTED_VALUES} more" if len(value_counts) > LISTED_VALUES else ""
    return ", ".join(f"{shorten(text)!r} ({value_counts[text]:,})" for text in nearest) + rest


def _similarity(text: str, value: str) -> float:
    return SequenceMatcher(None, text, value).ratio()
