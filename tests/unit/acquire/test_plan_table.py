"""The table of `eo-pv plan` fits the terminal."""

import pytest

from loaders.acquire.plan import DownloadPlan, plan_table
from loaders.core.errors import EoPvError, SourceError
from tests.unit.core.test_fitted_table import shown

LONG_NAME = "global_harmonized_large_solar_farms_2020"
NOTE = "global_pv_facility_inventory.parquet is over the limit of 250 MB"
PLANS: dict[str, DownloadPlan | EoPvError] = {
    LONG_NAME: DownloadPlan(("ndownloader.figshare.com",), 1234, 1233, 99_371_400_000, ()),
    "my_farms": DownloadPlan(("this disk",), 1, 0, 0, ("no lock yet",)),
    "song": DownloadPlan(("zenodo.org", "files.example.org"), 2, 2, None, (NOTE,), is_possible=False),
    "usa_uspvdb_2026": SourceError("does not answer"),
}


@pytest.mark.parametrize("width", [60, 80, 100, 120, None])
def test_the_table_fits_and_prints_every_size_in_full(width: int | None) -> None:
    lines = shown(plan_table(PLANS), width)
    assert max(map(len, lines)) <= (width or 1000)
    words = " ".join(lines).split()
    assert {"99,371.4", "1233", "my_farms", "song", "usa_uspvdb_2026", "unknown"} <= set(words)
    assert width == 60 or LONG_NAME in words
    assert width is not None or any(line.endswith(NOTE) for line in lines)
