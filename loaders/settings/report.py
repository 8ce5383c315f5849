"""Settings of the report page and the map."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from loaders.settings.base import SettingsModel, Text

PLACEHOLDERS = ("{z}", "{x}", "{y}")


def _require_tile_address(address: str) -> str:
    """An https address with a plain host and the three placeholders of a tile."""
    parts = urlsplit(address)
    is_plain = bool(parts.hostname) and not set(parts.netloc) & set("{}@;'\" ")
    if parts.scheme != "https" or not is_plain or not all(name in address for name in PLACEHOLDERS):
        raise ValueError(
            f"{address!r} is no address of map tiles; expected one such as "
            f"https://tiles.example.org/{{z}}/{{x}}/{{y}}.png, with https and {', '.join(PLACEHOLDERS)}"
        )
    return address


class TileServer(SettingsModel):
    """A server of map tiles behind the installations; whoever opens the map then asks it for pictures.

    Attributes:
        url: address of a tile, with {z}, {x} and {y}.
        attribution: what its terms ask to be shown, as text.
    """

    url: Annotated[Text, AfterValidator(_require_tile_address)]
    attribution: Text

    @property
    def host(self) -> str:
        """The host of the server."""
        return urlsplit(self.url).netloc


class Report(SettingsModel):
    """The report page and the map.

    Attributes:
        tile_server: map tiles behind the installations; without it, the pages ask nothing of any network.
    """

    tile_server: TileServer | None = None
