"""Harmonise published files batch by batch; kept and rejected rows stay in one frame, so that no row is lost."""

import gc
import importlib
import inspect
import logging
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import geopandas as gpd
from hamilton import driver
from hamilton.data_quality.base import DataValidationError

from loaders.contract import Provenance
from loaders.core.arrays import Flags
from loaders.core.errors import ReadError, SettingsError
from loaders.geo.geometry import missing_grid
from loaders.harmonise import canonical_record
from loaders.harmonise.alternatives import Alternatives
from loaders.harmonise.readers.published_file import PublishedBatch
from loaders.harmonise.values.categories import CategoryCounts
from loaders.harmonise.values.columns import published_text
from loaders.harmonise.values.installed_dates import UnusableDates
from loaders.harmonise.values.names import where_setting
from loaders.harmonise.values.record_licences import UnlistedLicences
from loaders.harmonise.values.row_filter import Where, matching_rows, no_match_message, require_values_exist
from loaders.harmonise.values.value_counts import count_values
from loaders.settings.params import Dataset

logger = logging.getLogger(__name__)

RECORDS, DATES, CATEGORIES = "canonical_records", "stated_dates", "categories"
DATASET_MODULES = "loaders.datasets"
VIOLATIONS = re.compile(r"Message was: (.*)\. Diagnostic information is")  # within Hamilton's rendering


def harmonise(
    published: Iterable[PublishedBatch], dataset: Dataset, provenance: Provenance, h3_resolution: int
) -> Iterator[gpd.GeoDataFrame]:
    """Harmonise published records to the canonical record.

    Args:
        published: all records of a dataset, in the order of the canonical records.
        dataset: its settings, with the meaning of its columns.
        provenance: DOI and origin, shared by all records.
        h3_resolution: of `h3_cell`.

    Yields:
        For each batch, one row per published record: the columns of `contract.LOADING` except `record_id`; `reason` is
        null for kept records; geometry in EPSG:4326.

    Raises:
        ReadError: a mapped column is missing or has values of the wrong kind, most of its dates cannot be parsed, a
            category is not listed, a value of `where` does not occur, or keeps no row together with the others, or the
            settings give a record no licence.
        SettingsError: the dataset's own module has a function that overrides no node.
    """
    graph, checks, alternatives = record_graph(dataset.key), _DatasetChecks(dataset), Alternatives(dataset)
    for batch in published:
        _warn_of_missing_grid(batch, dataset.key)
        row_is_wanted = checks.wanted_rows(batch)
        inputs = {"provenance": provenance, "h3_resolution": h3_resolution, "row_is_wanted": row_is_wanted}
        result = _execute(graph, batch, alternatives, inputs)
        checks.add(batch, result, row_is_wanted)
        yield result.pop(RECORDS)
        del result, inputs, row_is_wanted
        gc.collect(0)  # Hamilton keeps the values of all nodes in a reference cycle: the memory of a whole batch
    checks.require_usable()
    for warning in checks.warnings():
        logger.warning("%s", warning)


def _warn_of_missing_grid(batch: PublishedBatch, key: str) -> None:
    """Warn once a file if its best transformation needs a grid that is not installed."""
    if batch.first_row == 1 and (grid := missing_grid(batch.crs)):
        logger.warning(
            "%s: the best transformation of %s (%s) needs the grid %s, which is not installed; the next best is "
            "used. `projsync --file %s` downloads it.",
            key,
            batch.name,
            batch.crs.name,
            grid,
            grid,
        )


def record_graph(key: str) -> driver.Driver:
    """The graph of `canonical_record`, with the nodes that the dataset's own module overrides.

    Raises:
        SettingsError: that module has a function that overrides no node.
    """
    modules = _dataset_modules(key)
    builder = driver.Builder().with_modules(canonical_record, *modules).allow_module_overrides()
    graph: driver.Driver = builder.build()
    used_nodes = {variable.name for variable in graph.what_is_upstream_of(RECORDS)}
    for module in modules:
        functions = [name for name, _ in inspect.getmembers(module, inspect.isfunction) if not name.startswith("_")]
        own_functions = [name for name in functions if getattr(module, name).__module__ == module.__name__]
        if unused := sorted(set(own_functions) - used_nodes):
            raise SettingsError(
                f"loaders/datasets/{key}.py defines {', '.join(unused)}, which no node of the record uses. "
                f"The nodes that it can override: {', '.join(sorted(used_nodes))}."
            )
    return graph


def _dataset_modules(key: str) -> list[ModuleType]:
    """The dataset's own module, if it has one."""
    name = f"{DATASET_MODULES}.{key}"
    return [importlib.import_module(name)] if find_spec(name) else []


def _execute(
    graph: driver.Driver, published: PublishedBatch, alternatives: Alternatives, inputs: dict[str, object]
) -> dict[str, Any]:
    """The records of a batch, with their dates and categories; errors name the file."""
    try:
        dataset = alternatives.dataset(published.attributes, published.name)
        result: dict[str, Any] = graph.execute(
            [RECORDS, DATES, CATEGORIES], inputs={**inputs, "published": published, "dataset": dataset}
        )
        return result
    except ReadError as error:
        raise _error_in_file(published, error) from error
    except DataValidationError as error:
        violations = "; ".join(VIOLATIONS.findall(" ".join(error.args[0]))) or str(error)
        raise ReadError(
            f"{dataset.key}: records of {published.name} break the contract of loaders/contract.py: {violations}. "
            f"Fix the node of loaders/datasets/{dataset.key}.py that makes them."
        ) from error


class _RowFilter:
    """Selects rows by `where`, and checks that it keeps some, and that each of its values occurs in some file."""

    def __init__(self, where: Where, key: str, setting: str = "where") -> None:
        self._where, self._key, self._setting = where, key, setting
        self._occurring: dict[str, set[str]] = defaultdict(set)
        self._value_counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._rows = self._matches = 0

    def rows(self, published: PublishedBatch) -> Flags:
        try:
            is_match, occurring = matching_rows(published.attributes, self._where, self._key, self._setting)
        except ReadError as error:
            raise _error_in_file(published, error) from error
        for name in self._where:
            self._occurring[name] |= occurring[name]
            values = published_text(published.attributes, name, self._key, self._setting)
            self._value_counts[name].update(count_values(values))
        self._rows += len(is_match)
        self._matches += int(is_match.sum())
        return is_match

    def require_matches(self) -> None:
        require_values_exist(self._where, self._occurring, self._value_counts, self._key, self._setting)
        if self._rows and not self._matches:
            raise ReadError(no_match_message(self._where, self._value_counts, self._key, self._setting))


class _DatasetChecks:
    """What only all batches of a dataset together can tell: whether its settings fit its published values."""

    def __init__(self, dataset: Dataset) -> None:
        self._row_filter = _RowFilter(dataset.where, dataset.key)
        self._identifier_filters = [
            _RowFilter(column.where, dataset.key, where_setting(namespace))
            for namespace, column in dataset.columns.identifiers.items()
            if column.where
        ]
        self._dates = UnusableDates(dataset.columns.installed, dataset.key)
        self._categories = CategoryCounts(dataset.columns.categories, dataset.key)
        self._licences = UnlistedLicences(dataset.licence, dataset.key)

    def wanted_rows(self, batch: PublishedBatch) -> Flags:
        """The rows that `where` selects."""
        row_is_wanted = self._row_filter.rows(batch)
        for each in self._identifier_filters:
            each.rows(batch)
        return row_is_wanted

    def add(self, batch: PublishedBatch, result: dict[str, Any], row_is_wanted: Flags) -> None:
        """Count the values of a batch."""
        self._dates.add(result[DATES], batch.name)
        self._categories.add(result[CATEGORIES], int(row_is_wanted.sum()))
        self._licences.add(batch.attributes, row_is_wanted)

    def require_usable(self) -> None:
        """Require that the settings fit; raises ReadError."""
        for each in (self._row_filter, *self._identifier_filters):
            each.require_matches()
        self._categories.require_usable()
        self._licences.require_none()

    def warnings(self) -> list[str]:
        return [*filter(None, (self._dates.warning(), *self._categories.warnings()))]


def _error_in_file(published: PublishedBatch, error: ReadError) -> ReadError:
    return ReadError(f"{error} (The file is {published.name}.)")
