"""What a picture shows, and the texts around it."""

from dataclasses import dataclass

from loaders.core.escape import one_line
from loaders.core.paths import ProjectPaths
from loaders.read.published import Published
from loaders.read.selection import Selection
from loaders.report.picture.palette import Theme, theme
from loaders.report.picture.plants import Plants
from loaders.report.picture.request import Request


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that a picture is made of.

    Attributes:
        request: what was asked for.
        tables: the published tables.
        chosen: the installations, as a selection.
        plants: the same, read.
        country: ISO 3166-1 alpha-2; None for the world.
        licence_line: whose data it shows.
    """

    request: Request
    tables: Published
    chosen: Selection
    plants: Plants
    country: str | None
    licence_line: str

    @property
    def theme(self) -> Theme:
        """The colours."""
        return theme(is_dark=self.request.is_dark)

    @property
    def paths(self) -> ProjectPaths:
        """Of the project."""
        return self.tables.paths

    @property
    def title(self) -> str:
        """On one line."""
        return one_line(self.request.title)

    @property
    def warning(self) -> str:
        """Where installations are made up: how many."""
        made_up = int(self.plants.is_synthetic.sum())
        if not made_up:
            return ""
        which = "" if made_up == len(self.plants) else f"{made_up:,} of {len(self.plants):,} installations are "
        return f"SYNTHETIC: {which}bundled samples, no real installations"
