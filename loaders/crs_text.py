"""A coordinate reference system from what a published file says: never from another file that it names.

PROJ reads definitions (`+init=file:code`) and grids (`+nadgrids=file`) from any path of this disk, or address.
"""

import re
from collections.abc import Mapping
from typing import Any

import pyproj
from pyproj.exceptions import CRSError

INIT = re.compile(r"\binit\s*=", re.IGNORECASE)
# a grid in WKT, as PARAMETERFILE["Latitude and longitude difference file","grid.gsb"], or in a PROJ string
GRIDS = re.compile(r'PARAMETERFILE\[\s*"[^"]*"\s*,\s*"([^"]*)"|grids=([^\s"]+)', re.IGNORECASE)
PATH = re.compile(r"[/\\:~]")


def crs_from_text(stated: Any) -> pyproj.CRS:
    """The CRS of a name, a code, WKT, a PROJ string or PROJJSON.

    Args:
        stated: as it stands in the file, which may be of any type.

    Raises:
        CRSError: PROJ does not know it, or it names a file.
    """
    if isinstance(stated, Mapping):
        if "type" not in stated:
            raise CRSError("its CRS is not PROJJSON: it has no type")
        crs = pyproj.CRS.from_json_dict(dict(stated))
    elif not isinstance(stated, str):
        raise CRSError(f"its CRS is {str(stated)[:80]!r}; expected a name, WKT or PROJJSON")
    elif INIT.search(stated):
        raise CRSError(f"its CRS {stated[:80]!r} names a file of definitions; expected a code such as EPSG:4326")
    else:
        crs = pyproj.CRS.from_user_input(stated)
    for grids in GRIDS.findall(crs.to_wkt()):
        if PATH.search("".join(grids)):
            raise CRSError(f"its CRS names a grid by the path {''.join(grids)[:80]!r}; expected the name of a grid")
    return crs
