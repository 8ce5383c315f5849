"""GDAL restricted to the formats of file endings, without network: the only module that imports pyogrio.

GDAL itself selects the driver by content: a text named `farms.geojson` may refer it to any other file or address.
Therefore only the drivers of `loaders.core.file_formats` stay registered, network and stream file systems are removed,
and every request is refused, for the whole process and regardless of the environment.
"""

import ctypes
from threading import Lock
from typing import Any

import pyogrio
from pyogrio import _geometry, _ogr, list_drivers, list_layers, open_arrow, raw, read_info
from pyogrio.core import _register_drivers
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError
from pyproj import network as proj_network

from loaders.core.file_formats import DRIVERS

__all__ = [
    "GDAL_ERRORS",
    "DataSourceError",
    "file_systems",
    "list_drivers",
    "list_layers",
    "open_arrow",
    "raw",
    "read_info",
    "restrict_gdal",
]

GDAL_ERRORS = (DataLayerError, DataSourceError, FeatureError, GeometryError)
FILE_SYSTEMS = frozenset({"/vsimem/", "/vsizip/"})  # what remains: of memory, and inside KMZ and workbooks
SETTINGS = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",  # should a file system of a network come back
    "GML_FIELDTYPES": "ALWAYS_STRING",  # as published: 007 is no 7
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_GFS_TEMPLATE": "",
    "GML_REGISTRY": "",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",  # xlink:href
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",  # functions in views that open files or ask servers
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "OGR_SQLITE_PRAGMA": "",
    "OGR_SQLITE_STATIC_VIRTUAL_OGR": "NO",  # tables that are other files
    "SHAPE_RESTORE_SHX": "NO",
    "SQLITE_USE_OGR_VFS": "NO",
}
# Layers that pyogrio refuses, although it can read each of their shapes: of any type, with heights or measures, and
# surfaces; a code with heights is a negative number for some of its functions.
ANY_WITH_Z = 0x80000000
LAYERS = {ANY_WITH_Z: "Unknown Z", -ANY_WITH_Z: "Unknown Z", 1000: "Unknown Z", 2000: "Unknown M", 3000: "Unknown ZM"}
LAYERS |= {
    dimensions + code: name
    for code, name in ((15, "PolyhedralSurface"), (16, "TIN"), (17, "Triangle"))
    for dimensions in (0, 1000, 2000, 3000)
}
RESULT_BYTES = 256  # of CPLHTTPResult, of which only the beginning is needed

_library = ctypes.CDLL(_ogr.__file__)  # resolves the functions of the GDAL that pyogrio is linked to
_library.VSICalloc.argtypes, _library.VSICalloc.restype = [ctypes.c_size_t] * 2, ctypes.c_void_p
_library.VSIStrdup.argtypes, _library.VSIStrdup.restype = [ctypes.c_char_p], ctypes.c_void_p
_library.VSIGetFileSystemsPrefixes.restype = ctypes.POINTER(ctypes.c_char_p)
_library.CSLDestroy.argtypes = [ctypes.POINTER(ctypes.c_char_p)]
_library.VSIRemovePluginHandler.argtypes = [ctypes.c_char_p]
_restriction_lock = Lock()


class _HttpResult(ctypes.Structure):
    """The beginning of CPLHTTPResult: https://gdal.org/en/stable/api/cpl.html."""

    _fields_ = (("status", ctypes.c_int), ("content_type", ctypes.c_void_p), ("error", ctypes.c_void_p))


def _refuse_request(*_: object) -> int:
    """Answer every request with a failure, which GDAL frees."""
    address: int = _library.VSICalloc(1, RESULT_BYTES)
    result = _HttpResult.from_address(address)
    result.status, result.error = 1, _library.VSIStrdup(b"eo-pv reads no addresses that a file names")
    return address


_refuse_request_callback = ctypes.CFUNCTYPE(ctypes.c_void_p, *[ctypes.c_void_p] * 7)(
    _refuse_request
)  # GDAL keeps only its address


def file_systems() -> list[str]:
    """The prefixes of GDAL's virtual file systems."""
    c_prefixes = _library.VSIGetFileSystemsPrefixes()
    prefixes: list[str] = []
    while prefix := c_prefixes[len(prefixes)]:
        prefixes.append(prefix.decode())
    _library.CSLDestroy(c_prefixes)
    return prefixes


def restrict_gdal() -> None:
    """Restrict GDAL to our drivers (`core.file_formats`) and no network; called before every opening."""
    with _restriction_lock:
        if set(list_drivers()) - DRIVERS:
            _apply_restrictions()
        if unexpected := set(list_drivers()) - DRIVERS:
            raise RuntimeError(f"GDAL keeps the drivers {', '.join(sorted(unexpected))}")


def _apply_restrictions() -> None:
    unwanted_drivers: list[Any] = sorted(set(list_drivers()) - DRIVERS)
    pyogrio.set_gdal_config_options(SETTINGS | {"GDAL_SKIP": ",".join(unwanted_drivers)})
    _register_drivers()  # which leaves out, and removes, what GDAL_SKIP names
    _library.CPLHTTPSetFetchCallback(_refuse_request_callback, None)
    _library.OSRSetPROJEnableNetwork(0)
    proj_network.set_network_enabled(active=False)  # type: ignore[attr-defined]  # public, but not in its __all__
    for prefix in set(file_systems()) - FILE_SYSTEMS:
        _library.VSIRemovePluginHandler(prefix.encode())


for _code, _name in LAYERS.items():
    _geometry.GEOMETRY_TYPES.setdefault(_code, _name)
restrict_gdal()
