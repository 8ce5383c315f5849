import pytest

from loaders.acquire.plan import DownloadPlan, plan_table
from loaders.core.errors import SourceError
from tests.unit.core.test_fitted_table import shown


@pytest.mark.parametrize("width", [60, 80, 100, 120, None])
def test_the_table_fits_and_prints_every_size_in_full(width: int | None) -> None:
    note = "global_pv_facility_inventory.parquet is over the limit of 250 MB"
    plans: dict[str, DownloadPlan | SourceError] = {
        "global_harmonized_large_solar_farms_2020": DownloadPlan(
            ("ndownloader.figshare.com",), 1234, 1233, 99_371_400_000, ()
        ),
        "my_farms": DownloadPlan(("this disk",), 1, 0, 0, ("no lock yet",)),
        "song": DownloadPlan(("zenodo.org", "files.example.org"), 2, 2, None, (note,), is_possible=False),
        "usa_uspvdb_2026": SourceError("does not answer"),
    }
    lines = shown(plan_table(plans), width)
    assert max(map(len, lines)) <= (width or 1000)
    words = " ".join(lines).split()
    assert {"99,371.4", "1233", "my_farms", "song", "usa_uspvdb_2026"} <= set(words)
    assert width == 60 or "global_harmonized_large_solar_farms_2020" in words
    assert words.count("unknown") == 3
    assert width is not None or any(line.endswith(f"unknown  {note}") for line in lines)
