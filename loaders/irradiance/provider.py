"""The interface of an irradiance provider: a module with `irradiance_of`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from loaders.settings.irradiance import Irradiance
from loaders.settings.irradiance import Provider as Name

if TYPE_CHECKING:
    from loaders.core.progress import Watched
    from loaders.http.client import Web


@dataclass(frozen=True, slots=True)
class ProviderResult:
    """What a provider has for some cells: rows for each of them, or a reason.

    Attributes:
        rows: the columns of IRRADIANCE: one for the year and, where the provider has months, one for each of them.
        refused: why it has none, by h3_cell, in words that are the same for all cells of one reason.
    """

    rows: pa.Table
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProviderContext:
    """What a provider needs to ask the network.

    Attributes:
        web: how requests are made.
        cache_folder: folder where answers are kept, outside of what Git sees; a folder below it for each provider.
        environment: the variables that keys come from.
        watched: shows how far it is with things, which it passes on; `watched(cells, "pvgis", total)`.
        confirms: whether the person who runs this agrees to so many billable requests.
    """

    web: "Web"
    cache_folder: Path
    environment: Mapping[str, str]
    watched: "Watched"
    confirms: Callable[[int], bool]


class Provider(Protocol):
    """A module that knows irradiance."""

    NAME: Name
    MODELS: str  # every model between the sun and the yield; another text is another table

    def irradiance_of(
        self, cells: pa.Table, settings: Irradiance, context: ProviderContext
    ) -> Iterator[ProviderResult]:
        """What it has for these cells, whose columns are CELLS: some at a time, none left out.

        Raises:
            SourceError: it cannot be asked, or needs a key; what it has said so far is kept.
        """
