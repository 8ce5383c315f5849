"""A map as a figure: land, dots or outlines, legend, scale bar and notes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from loaders.core.arrays import Flags, Rows, Shapes
from loaders.report.picture.classes import DotClass, dot_classes
from loaders.report.picture.content import Content
from loaders.report.picture.hexagons import MOST_DOTS, WIDTH_MM, draw_hexagons, hexagons
from loaders.report.picture.land import Land
from loaders.report.picture.map import Dots, dot_diameter_mm, draw_dots, draw_land, draw_outlines, scale_bar
from loaders.report.picture.plants import Plants, read_outlines
from loaders.report.picture.request import ColourBy
from loaders.report.picture.scene import Scene, country_scene, world_scene
from loaders.report.picture.sheet import MARGIN_MM, Key, Sheet

HOW_KNOWN = " (direct current, stated or estimated from the outline)"
BY_SIZE = f"by the capacity of their panels{HOW_KNOWN}"
OUTLINE_DOTS = 1.2  # an outline this many times as wide as a dot is drawn


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands for the installations on a map.

    Attributes:
        keys: the legend.
        meaning: of the colours, as the end of a sentence; empty where the legend says enough.
        draw: draws them on the axes.
    """

    keys: Sequence[Key]
    meaning: str
    draw: Callable[[Axes], None]


def map_figure(content: Content, land: Land, regions: Land) -> Figure:
    """The map of a country or of the world: dots and outlines; hexagons of capacity for more than dots can show.

    Args:
        content: of the picture.
        land: all countries.
        regions: of the country; none for the world.
    """
    request = content.request
    plants = content.plants.where(content.plants.is_placed)
    scene = _scene(content, plants, land, regions)
    inside = scene.frame.holds(scene.x, scene.y)
    plot_width = request.width_mm - 2 * MARGIN_MM
    marks = (
        _hexagon_marks(content, plants, scene, plot_width)
        if inside.sum() > MOST_DOTS and request.colour_by is ColourBy.SIZE
        else _dot_marks(content, plants, scene, inside, plot_width)
    )
    sheet = Sheet(
        width_mm=request.width_mm,
        theme=content.theme,
        plot_height_mm=plot_width * scene.frame.height / scene.frame.width,
        title=content.title,
        warning=content.warning,
        keys=marks.keys,
        scale_bar=scale_bar(scene.frame, plot_width) if content.country else None,
        notes=[_note(content, scene, inside, marks.meaning), content.licence_line],
    )
    figure, axes = sheet.figure()
    draw_land(axes, scene.layers, scene.frame)
    marks.draw(axes)
    return figure


def _hexagon_marks(content: Content, plants: Plants, scene: Scene, plot_width_mm: float) -> Marks:
    width_m = WIDTH_MM * scene.frame.width / plot_width_mm * content.request.width_mm / 180
    cells = hexagons((scene.x, scene.y), plants.size_mw, width_m)
    return Marks(
        cells.keys(content.theme), cells.note + HOW_KNOWN, lambda axes: draw_hexagons(axes, cells, content.theme)
    )


def _dot_marks(content: Content, plants: Plants, scene: Scene, inside: Flags, plot_width_mm: float) -> Marks:
    classes = dot_classes(plants, content.request.colour_by, content.theme)
    dots = Dots(dot_diameter_mm(int(inside.sum()), content.request.width_mm), content.theme.paper)
    least_m = OUTLINE_DOTS * dots.diameter_mm / plot_width_mm * scene.frame.width
    ids, outlines = read_outlines(content.tables, content.chosen, least_m**2)
    outlined = np.isin(plants.id.astype(str), ids.astype(str))

    def draw(axes: Axes) -> None:
        _draw_outlines(axes, scene, _members(classes, plants, ids), outlines)
        draw_dots(axes, (scene.x, scene.y), [each.without(outlined) for each in classes], dots)

    keys = [_key(each, inside, dots.diameter_mm) for each in classes if (each.members & inside).any()]
    return Marks(keys, BY_SIZE if content.request.colour_by is ColourBy.SIZE else "", draw)


def _scene(content: Content, plants: Plants, land: Land, regions: Land) -> Scene:
    if content.country:
        return country_scene(land, regions, content.country, plants, content.theme)
    return world_scene(land, plants, content.theme)


def _members(classes: Sequence[DotClass], plants: Plants, ids: Shapes) -> list[tuple[str, Rows]]:
    """The colour of each class, with the places of its installations among some ids."""
    colour_of_id: dict[str, str] = {}
    for each in classes:
        colour_of_id |= dict.fromkeys(plants.id[each.members], each.colour)
    colours = np.array([colour_of_id.get(each, "") for each in ids], dtype=np.object_)
    return [(each.colour, np.flatnonzero(colours == each.colour)) for each in classes]


def _draw_outlines(axes: Axes, scene: Scene, members: Sequence[tuple[str, Rows]], outlines: Shapes) -> None:
    for colour, rows in members:
        draw_outlines(axes, scene.projection.shapes(outlines[rows]), colour)


def _key(each: DotClass, inside: Flags, diameter_mm: float) -> Key:
    """The entry of a class; its dot is as large as on the map, but large enough to show its colour."""
    label = f"{each.label} ({(each.members & inside).sum():,})"
    return Key(label, each.colour, max(diameter_mm, 1.0) * each.scale)


def _note(content: Content, scene: Scene, inside: Flags, meaning: str) -> str:
    """Number, what is not shown, projection."""
    shown, outside = int(inside.sum()), int((~inside).sum())
    sentences = [f"{shown:,} solar installations{meaning and ', '}{meaning}"]
    if outside:
        sentences.append(f"{outside:,} more are outside of this map")
    if unplaced := int((~content.plants.is_placed).sum()):
        sentences.append(f"{unplaced:,} more have no position of their own")
    return ". ".join([*sentences, scene.projection.name]) + "."
