"""Parse the CRS of a published file, without following references to other files.

PROJ reads definitions (`+init=file:code`) and grids (`+nadgrids=file`) from any path of this disk, or address.
"""

import re
from collections.abc import Mapping
from typing import Any

import pyproj
from pyproj.exceptions import CRSError

from loaders.core.errors import ReadError
from loaders.settings.columns import ReadOptions

INIT = re.compile(r"\binit\s*=", re.IGNORECASE)
# in WKT, as PARAMETERFILE["Latitude and longitude difference file","grid.gsb"], or in a PROJ string, also one in WKT
FILES = re.compile(
    r'PARAMETERFILE\[\s*"[^"]*"\s*,\s*"([^"]*)"|(?:grids|\bfile|\bmodel|\binit)\s*=\s*([^\s"]+)', re.IGNORECASE
)
PATH = re.compile(r"[/\\:~]")


def declared_crs(reading: ReadOptions, key: str) -> pyproj.CRS | None:
    """The CRS of the settings; None where they state none.

    Raises:
        ReadError: PROJ does not know it.
    """
    setting = f"datasets.{key}.read.crs in params.yaml"
    try:
        return pyproj.CRS.from_user_input(reading.crs) if reading.crs else None
    except CRSError as error:
        raise ReadError(
            f"{key}: {setting} is {reading.crs!r}, unknown to PROJ. Expected, say, EPSG:4326 (degrees) or EPSG:32632 "
            "(UTM zone 32 north)."
        ) from error


def crs_from_text(definition: Any) -> pyproj.CRS:
    """The CRS of a name, a code, WKT, a PROJ string or PROJJSON.

    Args:
        definition: from the file, of any type.

    Raises:
        CRSError: PROJ does not know it, or it names a file.
    """
    if isinstance(definition, Mapping):
        if "type" not in definition:
            raise CRSError("its CRS is not PROJJSON: it has no type")
        crs = pyproj.CRS.from_json_dict(dict(definition))
    elif not isinstance(definition, str):
        raise CRSError(f"its CRS is {str(definition)[:80]!r}; expected a name, WKT or PROJJSON")
    elif INIT.search(definition):
        raise CRSError(f"its CRS {definition[:80]!r} names a file of definitions; expected a code such as EPSG:4326")
    else:
        crs = pyproj.CRS.from_user_input(definition)
    for names in FILES.findall(crs.to_wkt()):
        if PATH.search("".join(names)):
            raise CRSError(f"its CRS names a file by the path {''.join(names)[:80]!r}; expected the name of a grid")
    return crs
