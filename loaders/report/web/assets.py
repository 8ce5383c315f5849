"""The folder `assets/` of the report: our styles and scripts, and the libraries that the pages run on.

The libraries come out of wheels that `requirements.lock` pins by hash: MapLibre GL as files of `maplibre`, Vega as a
bundle of `vl-convert-python`. No page loads anything from a network.
"""

import re
import shutil
from importlib.metadata import distribution
from pathlib import Path

from loaders.core.files import write_text

REPORT = Path(__file__).parents[1]
SOURCES = ("web", "page", "map/page", "docs")  # folders of loaders/report whose styles and scripts become assets
MAPLIBRE = ("maplibre-gl.js", "maplibre-gl.css")
LICENCES = "LICENCES.txt"
# what the pages call of Vega; the interpreter replaces eval, which the Content-Security-Policy forbids. The addresses
# are names of modules inside of the wheel: it asks no server for them
VEGA_SNIPPET = """
import {{View, parse}} from "https://cdn.jsdelivr.net/npm/vega@{vega}/+esm";
import {{expressionInterpreter}} from "https://cdn.jsdelivr.net/npm/vega-interpreter@2.0.0/+esm";
window.vega = {{View, parse, expressionInterpreter}};
"""
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


def vega_bundle() -> str:
    """Vega's runtime as one script that defines `vega`; without Vega-Lite, which runs when the page is written."""
    import vl_convert  # noqa: PLC0415 (85 MB, for this one function)

    return str(vl_convert.javascript_bundle(VEGA_SNIPPET.format(vega=vl_convert.get_vega_version())))


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
    import vl_convert  # noqa: PLC0415

    text = (Path(__file__).parent / "licences.txt").read_text(encoding="utf-8")
    maplibre = re.search(r"maplibre-gl-js/blob/v([\d.]+)/", _maplibre_texts()["maplibre-gl.js"])
    return text.format(vega=vl_convert.get_vega_version(), maplibre=maplibre[1] if maplibre else "")
