"""The interface of an irradiance provider: a module with `irradiance_of`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from loaders.settings.irradiance import Irradiance, ProviderName

if TYPE_CHECKING:
    from loaders.core.progress import ProgressWrapper
    from loaders.http.client import HttpClient


@dataclass(frozen=True, slots=True)
class ProviderResult:
    """A provider's result for some cells: rows, or a reason for each cell without.

    Attributes:
        rows: columns of IRRADIANCE: one row for the year and, where the provider has months, one for each month.
        refused: reason by h3_cell; cells with the same reason have the same text.
    """

    rows: pa.Table
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProviderContext:
    """Network access, cache and keys for a provider.

    Attributes:
        web: how requests are made.
        cache_folder: for responses, ignored by Git; each provider has a subfolder.
        environment: variables with the API keys.
        watched: wraps an iterable in a progress bar; `watched(cells, "pvgis", total)`.
        confirms: asks the user to agree to a number of billable requests.
    """

    web: "HttpClient"
    cache_folder: Path
    environment: Mapping[str, str]
    watched: "ProgressWrapper"
    confirms: Callable[[int], bool]


class Provider(Protocol):
    """A provider module."""

    NAME: ProviderName
    MODELS: str  # all models between the sun and the yield; a change makes another table

    def irradiance_of(
        self, cells: pa.Table, settings: Irradiance, context: ProviderContext
    ) -> Iterator[ProviderResult]:
        """Results for all of these cells (columns of CELLS), in batches.

        Raises:
            SourceError: it cannot be reached, or needs a key; responses so far are cached.
        """
