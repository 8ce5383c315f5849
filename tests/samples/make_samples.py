"""Write the miniature twins of the published datasets; the same bytes every time.

    python -m tests.samples.make_samples [OUTPUT_FOLDER]

No record is a real plant. data/samples/README.md says what each dataset is made to get wrong.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from tests.samples.detections import global_pv_facilities_2026, global_renewables_watch_2024, global_tz_sam_2025
from tests.samples.files import Sample
from tests.samples.global_datasets import global_harmonized_large_solar_farms_2020, global_pv_inventory_sent2_spot_2021
from tests.samples.gm_seus import usa_gm_seus_v1_2025, usa_gm_seus_v2_2026
from tests.samples.national_datasets import chn_med_res_pv_2024, ind_pv_solar_farms_2022
from tests.samples.truth import truth
from tests.samples.uk_dataset import uk_crowdsourced_pv_2020
from tests.samples.usa_datasets import usa_cali_usgs_pv_2016, usa_uspvdb_2023, usa_uspvdb_2026
from tests.samples.world import installations

DATASETS = (
    usa_cali_usgs_pv_2016,
    uk_crowdsourced_pv_2020,
    global_pv_inventory_sent2_spot_2021,
    global_harmonized_large_solar_farms_2020,
    ind_pv_solar_farms_2022,
    usa_uspvdb_2023,
    usa_uspvdb_2026,
    usa_gm_seus_v1_2025,
    usa_gm_seus_v2_2026,
    chn_med_res_pv_2024,
    global_pv_facilities_2026,
    global_tz_sam_2025,
    global_renewables_watch_2024,
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write every dataset, then the truth about them."""
    parser = argparse.ArgumentParser(description="Write the synthetic sample datasets.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("data/samples"), metavar="OUTPUT_FOLDER")
    folder: Path = parser.parse_args(arguments).folder
    world = installations()
    samples = [dataset(world) for dataset in DATASETS]
    content = truth(samples)
    for sample in samples:
        _write(folder / sample.key, sample)
    (folder / "truth.csv").write_text(content, encoding="utf-8", newline="")


def _write(folder: Path, sample: Sample) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in sample.files.items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
