"""The alternatives of an entry of params.yaml, read with the same settings."""

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from loaders.contract import Provenance
from loaders.harmonise.batches import harmonise
from loaders.harmonise.readers.published_file import read_published
from loaders.settings.file_selection import SourceFile
from tests.pristine import pristine_settings

ROOT = Path(__file__).parents[4]
DUNNETT = "global_harmonized_large_solar_farms_2020"


def _records(name: str, folder: Path) -> pd.DataFrame:
    dataset = pristine_settings().datasets[DUNNETT]
    with zipfile.ZipFile(ROOT / "data" / "samples" / DUNNETT / "global_wind_solar_2020.zip") as archive:
        path = Path(archive.extract(f"global_wind_solar_2020/{name}", folder))
    batches = read_published(SourceFile(path, name), dataset.read, DUNNETT)
    records: pd.DataFrame = pd.concat(
        harmonise(batches, dataset, Provenance(None, is_synthetic=True), 8), ignore_index=True
    )
    return records


def test_a_geopackage_ignores_the_columns_of_positions_that_the_csv_needs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shapes, points = (_records(f"global_solar_2020_WGS84.{suffix}", tmp_path) for suffix in ("gpkg", "csv"))
    assert [set(table["geometry_kind"]) for table in (shapes, points)] == [{"polygon"}, {"point"}]
    assert (len(shapes), len(points), shapes["source_id"].nunique()) == (153, 153, 153)
    assert points["source_id"].isna().all()
    assert (shapes["source_area_m2"] == points["source_area_m2"]).all()
    assert points["capacity_mw"].isna().sum() == 17  # NA
    assert caplog.messages[-2:] == [
        f"{DUNNETT}: '{name}' of columns.source_id is not in global_solar_2020_WGS84.csv; no column was used."
        for name in ("x_id", "sol_id")
    ]
