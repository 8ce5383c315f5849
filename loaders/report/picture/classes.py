"""The classes that the dots of a map are coloured by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from loaders.core.arrays import Flags, Numbers
from loaders.report.picture.palette import STATUSES, Theme
from loaders.report.picture.plants import UNKNOWN, Plants
from loaders.report.picture.request import ColourBy

SIZE_LIMITS_MW = (1, 10, 100)
SIZE_LABELS = ("below 1 MW", "1 to 10 MW", "10 to 100 MW", "100 MW or more")
YEAR_LIMITS = (2011, 2016, 2021)
YEAR_LABELS = ("before 2011", "2011 to 2015", "2016 to 2020", "2021 or later")
COUNT_LIMITS = (2, 3, 5)
COUNT_LABELS = ("1 dataset", "2 datasets", "3 or 4 datasets", "5 datasets or more")
CONFIDENCES = ("low", "medium", "high")
UNKNOWN_LABELS = {ColourBy.SIZE: "capacity unknown", ColourBy.YEAR: "year unknown"}
GROWTH = 1.4  # of the dots, from a class of sizes to the next


@dataclass(frozen=True, slots=True)
class DotClass:
    """Dots of one colour.

    Attributes:
        label: for the legend.
        colour: of the dots.
        scale: their diameter, as a factor.
        members: which installations are in it.
    """

    label: str
    colour: str
    scale: float
    members: Flags

    def without(self, rows: Flags) -> Self:
        """The same class without some of the installations."""
        return replace(self, members=self.members & ~rows)


def dot_classes(plants: Plants, colour_by: ColourBy, theme: Theme) -> list[DotClass]:
    """The classes that have members, in the order in which they are drawn: what is unknown lies below."""
    makers: Mapping[ColourBy, Callable[[Plants, Theme], list[DotClass]]] = {
        ColourBy.SIZE: _by_size,
        ColourBy.YEAR: lambda plants, theme: _intervals(plants.year, YEAR_LIMITS, YEAR_LABELS, theme),
        ColourBy.DATASETS: lambda plants, theme: _intervals(plants.dataset_count, COUNT_LIMITS, COUNT_LABELS, theme),
        ColourBy.CONFIDENCE: _by_confidence,
        ColourBy.STATUS: _by_status,
    }
    classes = makers[colour_by](plants, theme)
    rest = ~np.logical_or.reduce([each.members for each in classes])
    unknown = DotClass(UNKNOWN_LABELS.get(colour_by, UNKNOWN), theme.unknown, 1, rest)
    return [each for each in (unknown, *classes) if each.members.any()]


def _by_size(plants: Plants, theme: Theme) -> list[DotClass]:
    return _intervals(plants.size_mw, SIZE_LIMITS_MW, SIZE_LABELS, theme, growth=GROWTH)


def _by_confidence(plants: Plants, theme: Theme) -> list[DotClass]:
    colours = theme.ramp[0], theme.ramp[1], theme.ramp[3]
    pairs = zip(CONFIDENCES, colours, strict=True)
    return [DotClass(f"{name} confidence", colour, 1, plants.confidence == name) for name, colour in pairs]


def _by_status(plants: Plants, theme: Theme) -> list[DotClass]:
    del theme  # the colours are good on either
    return [DotClass(name, colour, 1, plants.status == name) for name, colour in STATUSES.items()]


def _intervals(
    values: Numbers, limits: Sequence[float], labels: Sequence[str], theme: Theme, growth: float = 1
) -> list[DotClass]:
    numbers = np.where(np.isnan(values), -1, np.digitize(values, limits))
    return [
        DotClass(label, colour, growth**number, numbers == number)
        for number, (label, colour) in enumerate(zip(labels, theme.ramp, strict=True))
    ]
