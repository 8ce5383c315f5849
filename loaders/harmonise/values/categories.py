"""Categories of published columns, such as a status: each published value means one of our words."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from loaders.core.errors import ReadError
from loaders.core.escape import yaml_line
from loaders.harmonise.values.columns import published_text, spellings
from loaders.harmonise.values.value_counts import LISTED_VALUES, VALUE_CHARACTERS, count_values, format_value_counts
from loaders.settings.categories import UNKNOWN, CategoryColumn

TECHNOLOGY, CSP = "technology", "csp"
REMEDIES = {TECHNOLOGY: "; leave out other technologies with `where`"}

Words = list[str]


@dataclass(frozen=True, slots=True)
class Categories:
    """Categories of a batch.

    Attributes:
        words: the category of each row; `unknown` where it is blank, or listed nowhere.
        stated: published values with their number of rows.
        unlisted: those that the settings do not list.
    """

    words: Words
    stated: Counter[str] = field(default_factory=Counter)
    unlisted: Counter[str] = field(default_factory=Counter)


def stated_categories(
    attributes: pa.Table, columns: Mapping[str, CategoryColumn | None], key: str
) -> dict[str, Categories]:
    """The categories of all rows, by setting.

    Args:
        attributes: published columns.
        columns: which of them state a category, and what their values mean; None where the settings name none.
        key: of the dataset.

    Raises:
        ReadError: a column is missing, or has no text form.
    """
    return {name: _categories(attributes, column, key) for name, column in columns.items()}


class CategoryCounts:
    """Counts the published values and the categories of a dataset over its batches."""

    def __init__(self, columns: Mapping[str, CategoryColumn | None], key: str) -> None:
        self._columns = {name: column for name, column in columns.items() if column and column.column}
        self._key = key
        self._rows = 0
        self._words: dict[str, Counter[str]] = defaultdict(Counter)
        self._stated: dict[str, Counter[str]] = defaultdict(Counter)
        self._unlisted: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, categories: Mapping[str, Categories], rows: int) -> None:
        """Count the values of a batch, and its rows that `where` does not exclude."""
        self._rows += rows
        for name in self._columns:
            self._words[name].update(categories[name].words)
            self._stated[name] += categories[name].stated
            self._unlisted[name] += categories[name].unlisted

    def require_usable(self) -> None:
        """Require that the settings list each value, and that not every record is a concentrating plant.

        Raises:
            ReadError: it is not so; the message names the values with their counts.
        """
        strict = [name for name, column in self._columns.items() if column.otherwise is None]
        if unlisted := [self._unlisted_message(name) for name in strict if self._unlisted[name]]:
            raise ReadError(f"{self._key}: {' '.join(unlisted)}")
        if self._rows and self._words[TECHNOLOGY][CSP] == self._rows:
            raise ReadError(
                f"{self._key}: {_subject(self._columns[TECHNOLOGY])} no photovoltaics: "
                f"{format_value_counts(self._stated[TECHNOLOGY])}. Correct datasets.{self._key}.columns.technology in "
                "params.yaml, or select another file in source; if all of them are concentrating plants, write "
                "`technology: {constant: csp}`."
            )

    def warnings(self) -> list[str]:
        """Warnings about values that are listed nowhere, and that `otherwise` counts as unknown."""
        return [
            f"{self._key}: {_subject(column)} values that columns.{name} does not list, counted as "
            f"{column.otherwise}: {format_value_counts(self._unlisted[name])}."
            for name, column in self._columns.items()
            if column.otherwise and self._unlisted[name]
        ]

    def _unlisted_message(self, name: str) -> str:
        column, values = self._columns[name], self._unlisted[name]
        *categories, last = column.values_by_category
        listed = sorted(value for value in values if len(value) <= VALUE_CHARACTERS)[:LISTED_VALUES]
        return (
            f"{_subject(column)} values that datasets.{self._key}.columns.{name} in params.yaml does not list: "
            f"{format_value_counts(values)}. Add each to the category that it means ({', '.join(categories)} or "
            f"{last}), in the form `{categories[-1]}: {yaml_line(listed)}`{REMEDIES.get(name, '')}."
        )


def _subject(column: CategoryColumn) -> str:
    """The columns with their verb."""
    names = " and ".join(map(repr, column.column))
    return f"column {names} holds" if len(column.column) == 1 else f"columns {names} hold"


def _categories(attributes: pa.Table, column: CategoryColumn | None, key: str) -> Categories:
    if column is None or column.constant is not None:
        return Categories([UNKNOWN if column is None else str(column.constant)] * len(attributes))
    text = pc.coalesce(*(_known_text(attributes, name, column, key) for name in column.column))
    stated, meanings = count_values(text), _meanings(column)
    words = {value: meanings.get(value.casefold()) for value in stated}
    unlisted = Counter({value: stated[value] for value, word in words.items() if word is None})
    return Categories([words.get(value) or UNKNOWN for value in text.to_pylist()], stated, unlisted)


def _known_text(attributes: pa.Table, name: str, column: CategoryColumn, key: str) -> pa.ChunkedArray:
    """A column as trimmed text; null where it is blank or declared as unknown. A truth value is true or false."""
    text = published_text(attributes, name, key, "columns")
    unknown = {"", *(spelling for value in column.null_values for spelling in spellings(value))}
    return pc.if_else(pc.is_in(text, value_set=pa.array(sorted(unknown))), pa.scalar(None, pa.string()), text)


def _meanings(column: CategoryColumn) -> dict[str, str]:
    """The category by published value, case-folded."""
    return {
        spelling.casefold(): category
        for category, values in column.values_by_category.items()
        for value in values
        for spelling in spellings(value)
    }
