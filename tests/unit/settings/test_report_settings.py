"""Settings of the report: no network unless a tile server is named, and then an https one."""

import pytest
from pydantic import ValidationError

from loaders.settings.report import Report, TileServer

ADDRESS = "https://tiles.example.org/{z}/{x}/{y}.png"


def test_there_is_no_tile_server_unless_one_is_named() -> None:
    assert Report().tile_server is None


def test_host_of_a_tile_server_is_that_of_its_address() -> None:
    assert TileServer(url=ADDRESS, attribution="© Example").host == "tiles.example.org"


@pytest.mark.parametrize(
    "address",
    [
        "http://tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}.png",
        "https:///{z}/{x}/{y}.png",
        "https://user:secret@tiles.example.org/{z}/{x}/{y}.png",
        "https://example.org; script-src *;/{z}/{x}/{y}.png",
        "https://'unsafe-inline'/{z}/{x}/{y}.png",
        "tiles/{z}/{x}/{y}.png",
    ],
)
def test_other_addresses_are_refused_with_an_example(address: str) -> None:
    with pytest.raises(ValidationError, match=r"no address of map tiles; expected one such as https://tiles"):
        TileServer(url=address, attribution="© Example")


def test_tile_server_without_attribution_is_refused() -> None:
    with pytest.raises(ValidationError, match="attribution"):
        TileServer.model_validate({"url": ADDRESS})
