"""The flags of the page: doubts about records and installations, what each means, and examples on the map."""

from dataclasses import dataclass
from urllib.parse import quote

from loaders.core.escape import one_line
from loaders.harmonise.quality_flags import FLAGS
from loaders.report.page.figures import Figures
from loaders.report.page.queries import Row
from loaders.report.reference_docs import INSTALLATION_FLAGS

ZOOM = 15  # at which a plant fills the map


@dataclass(frozen=True, slots=True)
class Example:
    """An installation on the map."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag, of records or of installations."""

    name: str
    kind: str
    number: int
    meaning: str
    examples: tuple[Example, ...]


def flags(figures: Figures) -> list[Flag]:
    """The flags that are set somewhere: those of installations first, the most frequent first."""
    meanings = {"installation": INSTALLATION_FLAGS, "record": FLAGS}
    return [
        Flag(
            name=row["flag"],
            kind=row["kind"],
            number=row["number"],
            meaning=meanings[row["kind"]].get(row["flag"], ""),
            examples=tuple(_example(each) for each in row["examples"] or ()),
        )
        for row in figures.flags
    ]


def _example(installation: Row) -> Example:
    name = one_line(installation["name"]).strip()
    return Example(name or installation["id"], map_address(**installation))


def map_address(id: str, lon: float, lat: float, **_: object) -> str:  # noqa: A002 (name of the column)
    """The permalink of an installation on the map."""
    return f"map.html#{ZOOM}/{lat:.5f}/{lon:.5f}/{quote(id, safe='')}"
