"""Names and shared identifiers in published columns, as text on one line."""

import re
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from loaders.core.errors import ReadError
from loaders.core.escape import one_line
from loaders.harmonise.values.columns import known_text, setting_as_text
from loaders.harmonise.values.row_filter import matching_rows
from loaders.settings.column import Column
from loaders.settings.columns import IdentifierColumn

OSM = "osm"
WHOLE_NUMBER = r"^(-?[0-9]+)\.0+$"  # as a table of numbers with gaps writes it
ONLY_DIGITS = re.compile(r"\d+")

Texts = list[str | None]


def stated_names(attributes: pa.Table, column: Column | None, key: str) -> Texts:
    """The names that the publisher states, None where unknown.

    Args:
        attributes: published columns.
        column: which of them, or one name for all rows; of several, the first known one in a row counts.
        key: of the dataset.

    Raises:
        ReadError: the column is missing, or has no text form.
    """
    if column is None:
        return [None] * len(attributes)
    if column.constant is not None:
        return [one_line(setting_as_text(column.constant)) or None] * len(attributes)
    columns = [_lines(known_text(attributes, name, column, key)) for name in column.column]
    return [next(filter(None, row), None) for row in zip(*columns, strict=True)]


def shared_identifiers(
    attributes: pa.Table, columns: Mapping[str, IdentifierColumn], key: str
) -> list[list[tuple[str, str]] | None]:
    """The identifiers of each row by namespace, in alphabetical order; None for a row without one.

    Raises:
        ReadError: a column is missing or has no text form; or an id of OpenStreetMap is a mere number.
    """
    if not columns:
        return [None] * len(attributes)
    namespaces = sorted(columns)
    ids = [_identifiers(attributes, name, columns[name], key) for name in namespaces]
    rows = zip(*ids, strict=True)
    return [[(name, id_) for name, id_ in zip(namespaces, row, strict=True) if id_] or None for row in rows]


def where_setting(namespace: str) -> str:
    """The name of `where` of an identifier, below the key of its dataset."""
    return f"columns.identifiers.{namespace}.where"


def _identifiers(attributes: pa.Table, namespace: str, column: IdentifierColumn, key: str) -> Texts:
    has_it = matching_rows(attributes, column.where, key, where_setting(namespace))[0]
    stated = zip(_stated_identifiers(attributes, column, key), has_it, strict=True)
    ids = [id_ if is_selected else None for id_, is_selected in stated]
    if namespace == OSM and (bare := next((id_ for id_ in ids if id_ and ONLY_DIGITS.fullmatch(id_)), None)):
        raise ReadError(
            f"{key}: datasets.{key}.columns.identifiers.osm in params.yaml reads {bare!r}; expected the type of the "
            f"object as well, as in way/{bare}. Name its column too: {{column: [osm_type, osm_id], join: /}}."
        )
    return ids


def _stated_identifiers(attributes: pa.Table, column: IdentifierColumn, key: str) -> Texts:
    texts = [known_text(attributes, name, column, key) for name in column.column]
    plain = [_lines(pc.replace_substring_regex(text, WHOLE_NUMBER, r"\1")) for text in texts]
    unknown = {setting_as_text(value) for value in column.null_values}  # -9999.00 is one only now
    rows = zip(*([None if text in unknown else text for text in each] for each in plain), strict=True)
    if column.join:
        return [_joined(row, column.join) for row in rows]
    return [next(filter(None, row), None) for row in rows]


def _joined(parts: tuple[str | None, ...], separator: str) -> str | None:
    """The parts as one identifier; None where one is missing. A part that is joined already is the identifier."""
    whole = next((part for part in parts if part and separator in part), None)
    known = [part for part in parts if part]
    return whole or (separator.join(known) if len(known) == len(parts) else None)


def _lines(texts: pa.ChunkedArray) -> Texts:
    """Each text on one line; None where it is blank."""
    return [text and (one_line(text) or None) for text in texts.to_pylist()]
