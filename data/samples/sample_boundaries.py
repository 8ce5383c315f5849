"""Write the bundled boundaries: countries in the schema of Overture Maps' `division_area`; the same bytes every time.

    python data/samples/sample_boundaries.py [OUTPUT_FOLDER]

They are Natural Earth's countries at 1:110 million (public domain), as the package pyogrio carries them for its tests.
Schema: https://docs.overturemaps.org/schema/reference/divisions/division_area/
"""

import argparse
import importlib.resources
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyogrio.raw
import shapely
from babel.core import get_global

from loaders.geoparquet import write_parquet

NAME = "division_area.parquet"
DECIMALS = 7  # [°]: the file goes to 180.00000000000006°
SOURCE = "naturalearth_lowres"
# without an ISO code in the file: these two have one, Kosovo has the one that everybody uses for it, and the other two
# (N. Cyprus, Somaliland) are ground on whose country nobody agrees: null, as in Overture
COUNTRIES_WITHOUT_CODE = {"France": "FR", "Norway": "NO", "Kosovo": "XK", "N. Cyprus": None, "Somaliland": None}
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("geometry", pa.binary()),
        ("country", pa.string()),
        ("version", pa.int32()),
        ("subtype", pa.string()),
        ("class", pa.string()),
        ("names", pa.struct([("primary", pa.string())])),
        ("is_land", pa.bool_()),
        ("is_territorial", pa.bool_()),
        ("region", pa.string()),
        ("division_id", pa.string()),
    ]
)


def division_areas() -> pa.Table:
    """One row a country, sorted by id."""
    folder = importlib.resources.files("pyogrio") / "tests" / "fixtures" / SOURCE
    with importlib.resources.as_file(folder) as path:
        _, table = pyogrio.raw.read_arrow(path / f"{SOURCE}.shp", columns=["name", "iso_a3"])
    rows = [_row(row["name"], row["iso_a3"], row["wkb_geometry"]) for row in table.to_pylist()]
    return pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["id"])), SCHEMA)


def _row(name: str, alpha_3: str, shape: bytes) -> dict[str, object]:
    identifier = f"{SOURCE}:{name if alpha_3 == '-99' else alpha_3}"
    return {
        "id": identifier,
        "geometry": shapely.to_wkb(shapely.transform(shapely.from_wkb(shape), lambda lonlat: lonlat.round(DECIMALS))),
        "country": COUNTRIES_WITHOUT_CODE[name] if alpha_3 == "-99" else _alpha_2(alpha_3),
        "version": 1,
        "subtype": "country",
        "class": "land",
        "names": {"primary": name},
        "is_land": True,
        "is_territorial": False,
        "region": None,
        "division_id": identifier,
    }


def _alpha_2(alpha_3: str) -> str:
    """The two letters of ISO 3166-1 for its three, as Unicode's CLDR has them."""
    (code,) = get_global("territory_aliases")[alpha_3]
    return str(code)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description="Write the bundled boundaries.")
    default = Path(__file__).parent / "admin_boundaries"
    parser.add_argument("folder", nargs="?", type=Path, default=default, metavar="OUTPUT_FOLDER")
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    write_parquet(division_areas(), folder / NAME)


if __name__ == "__main__":
    main()
