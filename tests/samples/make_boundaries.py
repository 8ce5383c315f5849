"""Write the bundled boundaries of countries, as Overture Maps publishes its own; the same bytes every time.

    python -m tests.samples.make_boundaries [OUTPUT_FOLDER]

They are Natural Earth's at 1:110 million (public domain), from the file that pyogrio carries for its tests. The columns
are those of Overture's `division_area` that we read, https://docs.overturemaps.org/schema/reference/divisions/.
"""

import argparse
from collections.abc import Iterator, Sequence
from importlib.resources import as_file, files
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyogrio
import shapely
from babel.core import get_global
from shapely.geometry.base import BaseGeometry

from loaders.geo.geometry import repair
from loaders.geo.geoparquet import write_parquet

LAYER = "naturalearth_lowres"
SOURCE = {
    "property": "",
    "dataset": f"Natural Earth 110m ({LAYER})",
    "license": "public-domain",  # https://www.naturalearthdata.com/about/terms-of-use/
    "record_id": None,
}
NAMES = pa.struct([("primary", pa.string())])
SOURCES = pa.list_(pa.struct([(name, pa.string()) for name in SOURCE]))
TEXTS = ("country", "subtype", "class", "region", "division_id")
SCHEMA = pa.schema(
    [("id", pa.string()), ("geometry", pa.binary()), ("version", pa.int32())]
    + [(name, pa.string()) for name in TEXTS]
    + [("names", NAMES), ("sources", SOURCES), ("is_land", pa.bool_()), ("is_territorial", pa.bool_())]
)

# Natural Earth gives these no ISO code: by name, the id of each and its country
UNCODED: dict[str, tuple[str, str | None]] = {
    "France": ("FRA", "FR"),  # with French Guiana; ISO's FRA would leave that out
    "Norway": ("NOR", "NO"),  # with Svalbard; ISO's NOR would leave that out
    "Kosovo": ("XKX", "XK"),  # as Overture has it: ISO leaves XK to its users
    "N. Cyprus": ("N_CYPRUS", None),  # ISO counts it to Cyprus (CY), which does not govern it
    "Somaliland": ("SOMALILAND", None),  # ISO counts it to Somalia (SO), which does not govern it
}
# Ground that Natural Earth draws in the country that governs it, and ISO 3166 counts to another one; boxes [°]
DISPUTED: dict[str, tuple[str, str, shapely.Polygon]] = {
    "Russia": ("CRIMEA", "Crimea", shapely.box(32, 44, 36.6, 46.3)),  # ISO 3166-2: UA-40 and UA-43
    # ISO 3166-1: EH, whose border with Morocco is the parallel 27° 40' N
    "Morocco": ("W_SAHARA_WEST", "W. Sahara, west of the berm", shapely.box(-18, 20, -8, 27 + 40 / 60)),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the extract."""
    parser = argparse.ArgumentParser(description="Write the bundled boundaries of countries.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("data/samples"), metavar="OUTPUT_FOLDER")
    folder: Path = parser.parse_args(arguments).folder
    rows = [area for country in _published() for area in _areas(*country)]
    table = pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["id"])), SCHEMA)
    write_parquet(table, folder / "admin_boundaries" / "division_area.parquet")


def _published() -> Iterator[tuple[str, str, BaseGeometry]]:
    """Name, code and valid outline of each country."""
    with as_file(files("pyogrio") / "tests" / "fixtures" / LAYER) as layer:
        countries: gpd.GeoDataFrame = pyogrio.read_dataframe(layer, columns=["name", "iso_a3"])
    shapes, _ = repair(countries.geometry.to_numpy())
    return zip(countries["name"], countries["iso_a3"], shapes, strict=True)


def _areas(name: str, iso_a3: str, shape: BaseGeometry) -> list[dict[str, object]]:
    """The country; ground that others claim is an area of its own, of no country."""
    code, country = UNCODED[name] if name in UNCODED else (iso_a3, _alpha_2(iso_a3))
    if name not in DISPUTED:
        return [_area(code, country, name, shape)]
    disputed_code, disputed_name, box = DISPUTED[name]
    return [
        _area(code, country, name, shape.difference(box)),
        _area(disputed_code, None, disputed_name, shape.intersection(box)),
    ]


def _alpha_2(iso_a3: str) -> str:
    """CLDR's table of aliases has the code of two letters for that of three."""
    (code,) = get_global("territory_aliases")[iso_a3]
    return str(code)


def _area(code: str, country: str | None, name: str, shape: BaseGeometry) -> dict[str, object]:
    return {
        "id": f"{LAYER}:{code}",
        "geometry": shapely.to_wkb(shapely.normalize(shape)),
        "version": 1,
        "country": country,
        "subtype": "country",
        "class": "land",
        "division_id": f"{LAYER}:{code}",
        "names": {"primary": name},
        "sources": [SOURCE],
        "is_land": True,
        "is_territorial": False,
    }


if __name__ == "__main__":
    main()
