"""The folder `assets/` of the report: our styles and scripts, and the libraries that the pages run on.

The libraries come out of wheels that `requirements.lock` pins by hash: MapLibre GL as files of `maplibre`, Vega as a
bundle of `vl-convert-python`. No page loads anything from a network.
"""

import re
import shutil
from importlib.metadata import distribution
from pathlib import Path

from loaders.core.files import write_text
from loaders.report.web.vega import vega_bundle, vega_version

REPORT = Path(__file__).parents[1]
SOURCES = ("web", "page", "map/page", "docs")  # folders of loaders/report whose styles and scripts become assets
MAPLIBRE = ("maplibre-gl.js", "maplibre-gl.css")
LICENCES = "LICENCES.txt"
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S*\s*$")  # a file that is not there, which browsers would ask for


def write_assets(folder: Path) -> list[Path]:
    """Write the assets, and delete what is no longer one.

    Args:
        folder: `data/<origin>/report/assets`.

    Returns:
        The files.
    """
    shutil.rmtree(folder, ignore_errors=True)
    texts = _own_texts() | _maplibre_texts() | {"vega.js": vega_bundle(), LICENCES: _licences()}
    for name, text in sorted(texts.items()):
        write_text(text, folder / name)
    return [folder / name for name in sorted(texts)]


def _own_texts() -> dict[str, str]:
    paths = [path for source in SOURCES for pattern in ("*.css", "*.js") for path in (REPORT / source).glob(pattern)]
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def _maplibre_texts() -> dict[str, str]:
    """MapLibre GL; the package itself is not imported, since it starts widgets."""
    wheel = distribution("maplibre")
    paths = {name: Path(str(wheel.locate_file(f"maplibre/srcjs/{name}"))) for name in MAPLIBRE}
    return {name: _SOURCE_MAP.sub("\n", path.read_text(encoding="utf-8")) for name, path in paths.items()}


def _licences() -> str:
    """The licences of the libraries, with the versions that the lock installed."""
    text = (Path(__file__).parent / "licences.txt").read_text(encoding="utf-8")
    maplibre = re.search(r"maplibre-gl-js/blob/v([\d.]+)/", _maplibre_texts()["maplibre-gl.js"])
    return text.format(vega=vega_version(), maplibre=maplibre[1] if maplibre else "")
