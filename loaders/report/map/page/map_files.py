"""Reads what the map's writer has written: the page and its picture are made of nothing else."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from loaders.core.errors import BuildError
from loaders.report.map.columns import NUMPY
from loaders.report.map.ragged import Array
from loaders.report.web.script_files import read_script_file


class MapFiles:
    """The data files of a map.

    Args:
        folder: of the report, which holds `map/`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = cache(self._content)

    def json(self, name: str) -> Any:
        """A JSON file, by its name below `map/`."""
        return json.loads(self._read(name))

    def meta(self) -> dict[str, Any]:
        """The facts of the whole map."""
        facts: dict[str, Any] = self.json("meta")
        return facts

    def array(self, name: str, kind: str) -> Array:
        """An array, by its name below `map/`.

        Args:
            name: of the file.
            kind: type of its entries, as in `meta`, such as `f32`.
        """
        entries: Array = np.frombuffer(self._read(name), NUMPY[kind])
        return entries

    def column(self, name: str) -> Array:
        """A column of the installations."""
        return self.array(f"columns/{name}", self.meta()["columns"][name]["type"])

    def _content(self, name: str) -> bytes:
        path = self._folder / "map" / f"{name}.js"
        if not path.is_file():
            raise BuildError(f"map/{name}.js is missing from {self._folder}. Write the report again: `eo-pv report`.")
        return read_script_file(path)
