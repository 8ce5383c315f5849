"""China's installations as mapped in 2015 and in 2020: only the file name has the year.

What images of a year show was installed by its end. https://doi.org/10.1038/s41597-024-04356-z
"""

import datetime as dt
import re

from loaders.core.errors import ReadError
from loaders.harmonise.readers.published_file import PublishedBatch
from loaders.harmonise.values.date_intervals import Interval

YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")


def installed(published: PublishedBatch) -> list[Interval]:
    """Any day until the end of the year in the file name."""
    years = YEAR.findall(published.name.rpartition("/")[2])
    if len(years) != 1:
        raise ReadError(
            f"chn_med_res_pv_2024: expected a file name with one year in it, found {published.name}. "
            f"Name the files of 2015 and of 2020 in datasets.chn_med_res_pv_2024.source.include in params.yaml."
        )
    return [(None, dt.date(int(years[0]), 12, 31))] * len(published.wkb)
