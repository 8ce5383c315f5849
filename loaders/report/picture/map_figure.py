"""A map as a figure: land, dots or outlines, legend, scale bar and notes."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from loaders.core.arrays import Flags
from loaders.report.picture.classes import DotClass, dot_classes
from loaders.report.picture.content import Content
from loaders.report.picture.land import Land
from loaders.report.picture.map import dot_diameter_mm, draw_dots, draw_land, draw_outlines, scale_bar
from loaders.report.picture.plants import Plants, read_outlines
from loaders.report.picture.request import ColourBy
from loaders.report.picture.scene import Scene, country_scene, world_scene
from loaders.report.picture.sheet import MARGIN_MM, Key, Sheet

COUNTRY_DETAIL_DEG = 0.002
OUTLINE_DOTS = 1.2  # an outline this many times as wide as a dot is drawn


def map_figure(content: Content, land: Land) -> Figure:
    """The map of a country or of the world."""
    request, colours = content.request, content.theme
    plants = content.plants.where(content.plants.is_placed)
    scene = (
        country_scene(land, content.country, plants, colours, content.paths, COUNTRY_DETAIL_DEG)
        if content.country
        else world_scene(land, plants, colours)
    )
    inside = scene.frame.holds(scene.x, scene.y)
    classes = dot_classes(plants, request.colour_by, colours)
    plot_width = request.width_mm - 2 * MARGIN_MM
    diameter = dot_diameter_mm(int(inside.sum()), request.width_mm)
    sheet = Sheet(
        width_mm=request.width_mm,
        theme=colours,
        plot_height_mm=plot_width * scene.frame.height / scene.frame.width,
        title=content.request.title,
        warning=content.warning,
        keys=[_key(each, inside, diameter) for each in classes if (each.members & inside).any()],
        scale_bar=scale_bar(scene.frame, plot_width) if content.country else None,
        notes=[_note(content, scene, inside), content.licence_line],
    )
    figure, axes = sheet.figure()
    draw_land(axes, scene.layers, scene.frame)
    outlined = np.zeros(len(plants), dtype=bool)
    if content.country:
        least_m = OUTLINE_DOTS * diameter / plot_width * scene.frame.width
        outlined = _draw_outlines(axes, content, plants, scene, classes, least_m)
    draw_dots(axes, scene.x, scene.y, [each.without(outlined) for each in classes], diameter, colours)
    return figure


def _draw_outlines(
    axes: Axes, content: Content, plants: Plants, scene: Scene, classes: Sequence[DotClass], least_m: float
) -> Flags:
    """Draw the outlines that are wider than a dot, in the colour of their class; returns which installations have one."""
    ids, shapes = read_outlines(content.tables, content.chosen, least_m**2)
    row_of_id = {each: row for row, each in enumerate(plants.id)}
    rows = np.array([row_of_id.get(each, -1) for each in ids], dtype=int)
    for each in classes:
        members = np.flatnonzero((rows >= 0) & each.members[rows]) if len(rows) else rows
        draw_outlines(axes, scene.projection.shapes(shapes[members]), each.colour)
    outlined = np.zeros(len(plants), dtype=bool)
    outlined[rows[rows >= 0]] = True
    return outlined


def _key(each: DotClass, inside: Flags, diameter_mm: float) -> Key:
    """The entry of a class; its dot is as large as on the map, but large enough to show its colour."""
    label = f"{each.label} ({(each.members & inside).sum():,})"
    return Key(label, each.colour, max(diameter_mm, 1.0) * each.scale)


def _note(content: Content, scene: Scene, inside: Flags) -> str:
    """Number, what is not shown, projection."""
    shown, outside = int(inside.sum()), int((~inside).sum())
    sentences = [f"{shown:,} solar installations"]
    if content.request.colour_by is ColourBy.SIZE:
        sentences[0] += ", by the capacity of their panels (direct current, stated or estimated from the outline)"
    if outside:
        sentences.append(f"{outside:,} more are outside of this map")
    if unplaced := int((~content.plants.is_placed).sum()):
        sentences.append(f"{unplaced:,} more have no position of their own")
    return ". ".join([*sentences, scene.projection.name]) + "."
