"""The sheet of a picture: title, plot, legend and licence line, one below the other, so that nothing overlaps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D

from loaders.report.picture.palette import Theme

POINT_MM = 25.4 / 72
LEAST_POINTS = 6.0  # smaller print is hard to read
POINTS_PER_MM = 7 / 180  # of the width: 7 pt on two columns of a journal, larger on a slide
HINTING = 1.02  # pixels round widths up
LINE = 1.35  # height of a line of text, as a factor of its size
MARGIN_MM = 2.0
HANDLE_EM, GAP_EM = 1.6, 1.8  # width of a legend's dot with its distance, distance between entries


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a legend.

    Attributes:
        label: its text.
        colour: of its mark.
        diameter_mm: of its dot; a square of the size of text without one.
    """

    label: str
    colour: str
    diameter_mm: float | None = None


@dataclass(slots=True)
class Sheet:
    """Content of a picture; the height follows from it.

    Attributes:
        width_mm: of the sheet.
        theme: its colours.
        plot_height_mm: of the map or chart, with the labels of its axes.
        title: in bold; none if empty.
        warning: below the title; none if empty.
        keys: of the legend.
        scale_bar: length [mm] and label; None without one.
        notes: paragraphs at the bottom.
    """

    width_mm: float
    theme: Theme
    plot_height_mm: float
    title: str = ""
    warning: str = ""
    keys: Sequence[Key] = ()
    scale_bar: tuple[float, str] | None = None
    notes: Sequence[str] = ()
    _figure: Figure = field(default_factory=Figure, init=False)
    _y_mm: float = field(default=0, init=False)

    @property
    def points(self) -> float:
        """Size of the text [pt]."""
        return points(self.width_mm)

    @property
    def inner_mm(self) -> float:
        """Width without the margins [mm]."""
        return self.width_mm - 2 * MARGIN_MM

    def figure(self) -> tuple[Figure, Axes]:
        """The sheet with all texts, and the empty area of the plot."""
        heading = [
            (line, scale, "bold", colour)
            for text, scale, colour in ((self.title, 1.25, self.theme.ink), (self.warning, 1.0, self.theme.warning))
            for line in wrapped(text, self.points * scale, self.inner_mm, "bold")
        ]
        small = max(LEAST_POINTS, self.points * 0.85) / self.points
        notes = [line for note in self.notes for line in wrapped(note, self.points * small, self.inner_mm)]
        rows = self._legend_rows()
        line_mm = self.points * POINT_MM * LINE
        height = 2 * MARGIN_MM + sum(line_mm * scale for _, scale, _, _ in heading) + self.plot_height_mm
        height += line_mm * (1.3 * len(rows) + 0.6) + line_mm * small * len(notes)
        self._figure = Figure(figsize=(self.width_mm / 25.4, height / 25.4), facecolor=self.theme.paper)
        self._y_mm = height - MARGIN_MM
        for text, scale, weight, colour in heading:
            self._write(text, MARGIN_MM, self.points * scale, colour, weight)
            self._y_mm -= line_mm * scale
        axes = self._plot(height)
        self._y_mm -= self.plot_height_mm + 0.3 * line_mm
        self._draw_scale_bar(height)
        for row in rows:
            self._draw_keys(row, height)
            self._y_mm -= 1.3 * line_mm
        self._y_mm -= 0.3 * line_mm
        for text in notes:
            self._write(text, MARGIN_MM, self.points * small, self.theme.muted)
            self._y_mm -= line_mm * small
        return self._figure, axes

    def _plot(self, height: float) -> Axes:
        bottom = self._y_mm - self.plot_height_mm
        place = (
            MARGIN_MM / self.width_mm,
            bottom / height,
            self.inner_mm / self.width_mm,
            self.plot_height_mm / height,
        )
        return self._figure.add_axes(place, facecolor=self.theme.paper)

    def _legend_rows(self) -> list[list[Key]]:
        """The entries of each row of the legend; room for the scale bar is left at the right."""
        rows: list[list[Key]] = []
        room = 0.0
        for key in self.keys:
            width = self._key_width(key)
            if width > room:
                rows.append([])
                room = self.inner_mm - (self._scale_width() if len(rows) == 1 else 0)
            rows[-1].append(key)
            room -= width
        return rows or ([[]] if self.scale_bar else [])

    def _key_width(self, key: Key) -> float:
        em = self.points * POINT_MM
        return text_width_mm(key.label, self.points) + (HANDLE_EM + GAP_EM) * em

    def _scale_width(self) -> float:
        if not self.scale_bar:
            return 0
        length, label = self.scale_bar
        return length + text_width_mm(label, self.points) + 2 * self.points * POINT_MM

    def _draw_keys(self, row: Sequence[Key], height: float) -> None:
        x, em = MARGIN_MM, self.points * POINT_MM
        for key in row:
            size = (key.diameter_mm / POINT_MM) if key.diameter_mm else 0.8 * self.points
            place = ([(x + 0.5 * em) / self.width_mm], [(self._y_mm - 0.65 * em) / height])
            marker = "o" if key.diameter_mm else "s"
            style: dict[str, Any] = {"marker": marker, "ms": size, "mfc": key.colour, "mec": "none", "ls": ""}
            self._figure.add_artist(Line2D(*place, **style))
            self._write(key.label, x + HANDLE_EM * em, self.points, self.theme.ink)
            x += self._key_width(key)

    def _draw_scale_bar(self, height: float) -> None:
        if not self.scale_bar:
            return
        length, label = self.scale_bar
        em = self.points * POINT_MM
        y, east = (self._y_mm - 0.65 * em) / height, self.width_mm - MARGIN_MM
        ends = [(east - length) / self.width_mm, east / self.width_mm]
        self._figure.add_artist(Line2D(ends, [y, y], color=self.theme.ink, lw=1.2, solid_capstyle="butt"))
        self._write(label, east - length - text_width_mm(label, self.points) - 0.7 * em, self.points, self.theme.ink)

    def _write(self, text: str, x_mm: float, size: float, colour: str, weight: str = "normal") -> None:
        height = self._figure.get_figheight() * 25.4
        baseline = self._y_mm - size * POINT_MM
        self._figure.text(
            x_mm / self.width_mm, baseline / height, text, fontsize=size, color=colour, weight=weight, va="baseline"
        )


def points(width_mm: float) -> float:
    """Size of the text of a picture [pt]."""
    return max(LEAST_POINTS, width_mm * POINTS_PER_MM)


def text_width_mm(text: str, size: float, weight: str = "bold") -> float:
    """Width of a text [mm]; by default in bold, the wider."""
    font = get_font(findfont(FontProperties(weight=weight)))
    font.set_size(size, 72)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 64 * POINT_MM * HINTING


def wrapped(text: str, size: float, width_mm: float, weight: str = "normal") -> list[str]:
    """A text in lines that fit a width, broken at spaces that may break; a word wider than that stays whole."""
    lines: list[str] = []
    for word in filter(None, text.split(" ")):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_mm(longer, size, weight) <= width_mm:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
