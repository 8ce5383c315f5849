"""Solar irradiance of cells with records, as a Hamilton graph: from H3 cells to a table by cell and month."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

import pyarrow as pa

from loaders.core.errors import AccountingError
from loaders.core.node_tags import node
from loaders.geo.record_cells import read_cells
from loaders.irradiance.contract import REFUSED, SCHEMA
from loaders.irradiance.provider import Provider, ProviderContext, ProviderResult
from loaders.settings.irradiance import Irradiance


@dataclass(frozen=True, slots=True)
class IrradianceCounts:
    """Cell accounting: read = kept + refused.

    Attributes:
        read: cells with records.
        kept: cells with irradiance.
        refused: number of cells without, by reason.
    """

    read: int
    kept: int
    refused: Mapping[str, int]


@node(data_source="provider", processing_stage="metadata", data_type="module", node_type="source")
def provider(irradiance_settings: Irradiance) -> Provider:
    """The provider module that the settings name; others are not imported."""
    return cast("Provider", import_module(f"loaders.irradiance.providers.{irradiance_settings.provider}"))


@node(data_source="records", processing_stage="metadata", data_type="arrow", io_operation="read", node_type="source")
def irradiance_cells(cells_file: Path) -> pa.Table:
    """The H3 cells that hold records, each once, in their order, with the position of their centre."""
    return read_cells(cells_file)


@node(data_source="provider", processing_stage="load", data_type="arrow", io_operation="download")
def cell_irradiance(
    irradiance_cells: pa.Table, provider: Provider, irradiance_settings: Irradiance, context: ProviderContext
) -> ProviderResult:
    """The provider's result for every cell: rows, or a reason."""
    results = list(provider.irradiance_of(irradiance_cells, irradiance_settings, context))
    refused = {cell: reason for result in results for cell, reason in result.refused.items()}
    return ProviderResult(pa.concat_tables([SCHEMA.empty_table(), *(result.rows for result in results)]), refused)


@node(data_source="provider", processing_stage="store", data_type="arrow")
def solar_irradiance(cell_irradiance: ProviderResult) -> pa.Table:
    """The rows of `raw_data.solar_irradiance`: by cell and month, the year last."""
    order = [(name, "ascending") for name in ("h3_cell", "provider", "month")]
    return cell_irradiance.rows.sort_by(order).cast(SCHEMA)


@node(data_source="provider", processing_stage="store", data_type="arrow")
def refused_cells(
    irradiance_cells: pa.Table, cell_irradiance: ProviderResult, irradiance_settings: Irradiance
) -> pa.Table:
    """The rows of `raw_meta.irradiance_refused`, by cell."""
    refused = cell_irradiance.refused
    rows = [
        cell | {"provider": irradiance_settings.provider, "reason": refused[cell["h3_cell"]]}
        for cell in irradiance_cells.to_pylist()
        if cell["h3_cell"] in refused
    ]
    return pa.Table.from_pylist(rows, REFUSED)


@node(data_source="provider", processing_stage="store", data_type="counts")
def irradiance_counts(irradiance_cells: pa.Table, cell_irradiance: ProviderResult) -> IrradianceCounts:
    """Count the cells by outcome.

    Raises:
        AccountingError: the provider omitted cells, or returned both rows and a reason for them.
    """
    kept_cells = cell_irradiance.rows["h3_cell"].unique().to_pylist()
    requested, returned = irradiance_cells["h3_cell"].to_pylist(), [*kept_cells, *cell_irradiance.refused]
    if sorted(requested) != sorted(returned):
        differing = sorted(set(requested) ^ set(returned) or set(kept_cells) & set(cell_irradiance.refused))
        raise AccountingError(
            f"solar_irradiance: of {len(requested)} cells, the provider has rows for {len(kept_cells)} and refuses "
            f"{len(cell_irradiance.refused)}; look at {', '.join(differing[:3])}. "
            f"This is a bug of the provider's module."
        )
    refused = dict(sorted(Counter(cell_irradiance.refused.values()).items()))
    return IrradianceCounts(len(requested), len(kept_cells), refused)
