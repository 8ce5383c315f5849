"""Paths of a project: one tree for each origin, so that samples and published records never mix."""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loaders.core.errors import SettingsError

log = logging.getLogger(__name__)
DATABASE_NAME = "eo_pv_data.duckdb"
OVERTURE = "overture"  # the lock of boundaries, among those of datasets
LOCAL_FOLDER = "local"  # the settings of the user's own datasets


@dataclass(frozen=True, slots=True)
class ProjectPaths:
    """The folders of one origin below a project's root."""

    root: Path
    origin: str

    @property
    def home(self) -> Path:
        """`data/<origin>`: everything that a run makes."""
        return self.root / "data" / self.origin

    @property
    def database(self) -> Path:
        """The DuckDB warehouse."""
        return self.home / DATABASE_NAME

    @property
    def lake(self) -> Path:
        """The catalogue of the DuckLake, where it is a file."""
        return self.home / "lake.sqlite"

    @property
    def curated_digests(self) -> Path:
        """The SHA-256 of each curated file that the database holds."""
        return self.home / "eo_pv_data.json"

    @property
    def build_metrics(self) -> Path:
        """The metrics of the last build."""
        return self.home / "build.json"

    @property
    def settings(self) -> Path:
        """The effective settings, from which DVC sees what has changed."""
        return self.home / "settings.json"

    @property
    def curated(self) -> Path:
        """The published tables."""
        return self.home / "curated"

    def samples(self, key: str) -> Path:
        """The bundled sample of a dataset."""
        return self.root / "data" / "samples" / key

    def lock(self, key: str) -> Path:
        """The lock of a dataset."""
        return self.home / "locks" / f"{key}.json"

    @property
    def release_lock(self) -> Path:
        """The lock of the release of Overture Maps."""
        return self.lock(OVERTURE)

    def receipt(self, key: str) -> Path:
        """The fetch receipt of a dataset."""
        return self.home / "locks" / f"{key}.seen.json"

    def raw(self, key: str) -> Path:
        """The published files of a dataset, byte for byte."""
        return self.home / "raw" / key

    def loaded(self, key: str) -> Path:
        """The canonical records of a dataset."""
        return self.home / "loaded" / f"{key}.parquet"

    def rejected(self, key: str) -> Path:
        """The rejected records of a dataset, each with its reason."""
        return self.home / "loaded" / f"{key}.rejected.parquet"

    @property
    def bundled_boundaries(self) -> Path:
        """The bundled extract of countries."""
        return self.samples("admin_boundaries") / "division_area.parquet"

    @property
    def boundaries(self) -> Path:
        """Countries and regions, in the form that the models read."""
        return self.home / "boundaries" / "admin_boundaries.parquet"

    @property
    def overture(self) -> Path:
        """The extract of Overture Maps' divisions, kept because Overture deletes old releases."""
        return self.home / "boundaries" / "overture.parquet"

    def cells(self, name: str) -> Path:
        """The H3 cells that hold records, for the boundaries or for the irradiance."""
        return self.home / "cells" / f"{name}.parquet"

    @property
    def irradiance(self) -> Path:
        """Solar irradiance, by H3 cell and month."""
        return self.home / "irradiance" / "solar_irradiance.parquet"

    @property
    def refused_irradiance(self) -> Path:
        """The cells without irradiance from the provider, each with the reason."""
        return self.home / "irradiance" / "refused.parquet"

    @property
    def irradiance_tables(self) -> dict[str, Path]:
        """Both irradiance files, by the name of their table."""
        return {"solar_irradiance": self.irradiance, "irradiance_refused": self.refused_irradiance}

    @property
    def irradiance_counts(self) -> Path:
        """How many cells have irradiance, and how many are refused."""
        return self.home / "irradiance" / "counts.json"

    def metrics(self, key: str) -> Path:
        """The row accounting of a dataset."""
        return self.home / "metrics" / f"{key}.json"

    def report(self) -> Path:
        """The report in Markdown."""
        return self.report_folder / "summary.md"

    @property
    def report_folder(self) -> Path:
        """The folder of the report page and the map, which can be put on any web server as it is."""
        return self.home / "report"

    @property
    def report_page(self) -> Path:
        """The report as a page."""
        return self.report_folder / "index.html"

    @property
    def former_build_metrics(self) -> Path:
        """The metrics of the last build that had other ones. Not an output, since it depends on earlier runs."""
        return self.home / "times" / "build.former.json"

    def scratch(self, name: str) -> Path:
        """The scratch folder of a step, which writes there before it renames; emptied by its next run."""
        return self.home / ".work" / name

    def step_times(self, name: str) -> Path:
        """How long the steps of a dataset took. Not an output, since it differs from run to run."""
        return self.home / "times" / f"{name}.json"

    def load_note(self, key: str) -> Path:
        """What the files of a load are made from. Not an output, since it knows code that cannot change them."""
        return self.home / "times" / f"{key}.load.json"

    def last_asked(self, key: str) -> Path:
        """When the source of a dataset was last queried. Not an output either."""
        return self.home / "times" / f"{key}.asked.json"

    @contextmanager
    def timed(self, name: str, step: str) -> Iterator[None]:
        """Measure and record how long a step takes [s], if it succeeds."""
        start = time.perf_counter()
        yield
        seconds = round(time.perf_counter() - start, 2)
        log.info("%s: %s took %.1f s", name, step, seconds)
        path = self.step_times(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        durations = self.step_seconds(name) | {step: seconds}
        path.write_text(json.dumps(durations, sort_keys=True) + "\n", encoding="utf-8")

    def step_seconds(self, name: str) -> dict[str, float]:
        """How long each step took when it last ran [s]; empty without a measurement."""
        try:
            durations: dict[str, float] = json.loads(self.step_times(name).read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return durations


def find_root(start: Path | None = None) -> Path:
    """The project's folder: the nearest one, from here upwards, that holds `params.yaml`, except its folder `local`.

    Raises:
        SettingsError: no folder holds `params.yaml`.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        is_local = folder.name == LOCAL_FOLDER and (folder.parent / "params.yaml").is_file()
        if (folder / "params.yaml").is_file() and not is_local:
            return folder
    raise SettingsError(f"No params.yaml in {here} or above it. Run this inside the project's folder.")
