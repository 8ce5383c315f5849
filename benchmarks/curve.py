"""A straight line through the measurements of builds of several sizes, extrapolated to larger ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.pictures import WIDTH_PX, Picture

HEIGHT_PX = 320


@dataclass(frozen=True, slots=True)
class Line:
    """`fixed + per_million · records / 1,000,000`."""

    fixed: float
    per_million: float

    def at(self, records: float) -> float:
        """Its value for so many records."""
        return self.fixed + self.per_million * records / 1e6

    def __str__(self) -> str:
        return f"{self.fixed:,.1f} + {self.per_million:,.1f} · million records"


def fitted(records: Sequence[int], values: Sequence[float]) -> Line:
    """The line with the least squares of relative errors, so that a small build counts as much as a large one.

    Nothing takes less than nothing: a line that begins below 0 is one through the origin, and one that falls is level.
    A single size gives a line through the origin, too.
    """
    millions, found = np.asarray(records) / 1e6, np.asarray(values, dtype=float)
    weights = 1 / np.where(found > 0, found, 1.0)
    through_origin = Line(0.0, float(np.average(found / millions, weights=(millions * weights) ** 2)))
    if len(set(records)) == 1:
        return through_origin
    per_million, fixed = np.polyfit(millions, found, 1, w=weights)
    if fixed < 0:
        return through_origin
    return Line(float(fixed), float(per_million)) if per_million > 0 else Line(float(found.mean()), 0.0)


def curve_picture(title: str, unit: str, records: Sequence[int], values: Sequence[float], line: Line) -> Picture:
    """Measurements as dots, and the line through them.

    Args:
        title: of the picture.
        unit: of the values.
        records: of each build.
        values: measured.
        line: `fitted` to them.
    """
    dots = [{"records": size, "value": value} for size, value in zip(records, values, strict=True)]
    ends = [{"records": end, "value": line.at(end)} for end in (0, max(records))]
    axes: Picture = {
        "x": {"field": "records", "type": "quantitative", "title": "records"},
        "y": {"field": "value", "type": "quantitative", "title": unit},
    }
    return {
        "title": title,
        "background": "white",
        "width": WIDTH_PX,
        "height": HEIGHT_PX,
        "layer": [
            {"data": {"values": ends}, "mark": "line", "encoding": axes},
            {"data": {"values": dots}, "mark": {"type": "point", "filled": True, "size": 60}, "encoding": axes},
        ],
    }
