"""Land and borders for maps, from the boundaries of the project."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

import numpy as np
import pyarrow.compute as pc
import pyarrow.dataset as ds
import shapely

from loaders.contract import GEOMETRY
from loaders.core.arrays import Shapes
from loaders.core.errors import BuildError, SelectionError
from loaders.core.paths import ProjectPaths

COUNTRY, REGION = "country", "region"
EDGE_DEG = 179.999
BATCH = 16  # areas in memory at full detail


@dataclass(frozen=True, slots=True)
class Land:
    """Areas of countries or regions.

    Attributes:
        shapes: outlines [°].
        countries: ISO 3166-1 alpha-2 of each; empty where none is agreed on.
        names: of each.
    """

    shapes: Shapes
    countries: Shapes
    names: Shapes

    @classmethod
    def none(cls) -> Self:
        """No area."""
        return cls(*(np.empty(0, dtype=object) for _ in range(3)))


def read_land(paths: ProjectPaths, country: str | None = None, detail_deg: float = 0) -> Land:
    """All countries; or the regions of one country, where the boundaries have them.

    Args:
        paths: of the project.
        country: whose regions to read.
        detail_deg: finer corners are left out [°].

    Raises:
        BuildError: the boundaries are not there.
    """
    if not paths.boundaries.is_file():
        raise BuildError(f"{paths.boundaries.relative_to(paths.root)} is missing. Run `make all`.")
    kind = REGION if country else COUNTRY
    condition = (pc.field("subtype") == kind) & (pc.field(COUNTRY) == country if country else pc.scalar(True))
    scanner = ds.dataset(paths.boundaries).scanner([COUNTRY, "name", GEOMETRY], condition, batch_size=BATCH)
    shapes: list[Shapes] = [np.empty(0, dtype=object)]
    texts: list[tuple[str | None, str | None]] = []
    for batch in scanner.to_batches():
        shapes.append(shapely.simplify(shapely.from_wkb(batch[GEOMETRY].to_numpy(zero_copy_only=False)), detail_deg))
        texts += zip(batch[COUNTRY].to_pylist(), batch["name"].to_pylist(), strict=True)
    columns = np.array([[text or "" for text in pair] for pair in texts], dtype=np.object_).reshape(-1, 2)
    return Land(np.concatenate(shapes), columns[:, 0], columns[:, 1])


def border_lines(shapes: Shapes) -> Shapes:
    """The outlines of polygons as lines [°], without the pieces along the antimeridian, which are no borders."""
    rings = shapely.get_rings(shapely.get_parts(shapes))
    lines: list[shapely.LineString] = []
    for ring in rings:
        xy = shapely.get_coordinates(ring)
        at_edge = np.abs(xy[:, 0]) > EDGE_DEG
        cuts = np.flatnonzero(at_edge[:-1] & at_edge[1:]) + 1
        lines += [shapely.LineString(piece) for piece in np.split(xy, cuts) if len(piece) > 1]
    return np.array(lines, dtype=object)


def country_names(land: Land) -> dict[str, str]:
    """The name of each country by its code, sorted; of several areas that of the largest."""
    order = np.argsort(shapely.area(land.shapes), kind="stable")
    pairs = zip(land.countries[order], land.names[order], strict=True)
    return dict(sorted((code, name or code) for code, name in dict(pairs).items() if code))


def find_country(text: str, names: Mapping[str, str]) -> str:
    """The code of a country by its code or name, in any case.

    Raises:
        SelectionError: there is none; the message suggests the nearest.
    """
    codes = {each.casefold(): code for code, name in names.items() for each in (name, code)}
    if code := codes.get(text.strip().casefold()):
        return code
    near = get_close_matches(text.strip().casefold(), codes, n=3)
    found = [f"{names[codes[each]]} ({codes[each]})" for each in near]
    hint = f"Did you mean {', '.join(dict.fromkeys(found))}?" if found else "Expected a code of ISO 3166-1, such as DE."
    raise SelectionError(f"The boundaries have no country {text!r}. {hint}")
