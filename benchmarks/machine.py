"""The machine and the versions that a measurement is of."""

import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
import pyogrio
import pyproj
import shapely

from benchmarks.sheets import Sheet
from loaders.core.version import program_version

PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "dvc", "apache-hamilton", "geopandas", "pandas", "pyarrow", "numpy")
GB = 1e9


def machine_sheet(load_average: float) -> Sheet:
    """Processor, memory, system and versions.

    Args:
        load_average: of the minute before the measurement; well below 1 if the machine was quiet.
    """
    gdal, geos = (".".join(map(str, each)) for each in (pyogrio.__gdal_version__, shapely.geos_version))
    rows = [
        ("date", datetime.now(UTC).date().isoformat()),
        ("processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("memory", f"{psutil.virtual_memory().total / GB:.1f} GB"),
        ("load average before", f"{load_average:.2f}"),
        ("system", f"{_system()}, Linux {platform.release()}" if sys.platform == "linux" else platform.platform()),
        ("eo-pv", program_version()),
        ("Python", platform.python_version()),
        ("GDAL, GEOS, PROJ", f"{gdal}, {geos}, {pyproj.proj_version_str}"),
        *((name, version(name)) for name in PACKAGES),
    ]
    return Sheet("Machine and versions", ("", "value"), rows)


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()
