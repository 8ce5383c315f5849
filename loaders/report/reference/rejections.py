"""The page of reasons for which a published row is rejected, from the contract."""

from loaders.contract import REASONS
from loaders.report.reference.markdown import header, table

INTRODUCTION = """
Every published row is kept or rejected, and counted. A rejected row is in `data/<origin>/loaded/<key>.rejected.parquet`
with all of its columns, its shape as published, and one of these reasons. A row that is kept may carry
[flags](flags.md) instead. What `licences.allow`, `include_status` and `include_technology` leave out is not rejected:
see [Licences](../explanations/licences.md).

"""


def rejections_page() -> str:
    """Every reason with its meaning."""
    rows = ((f"`{name}`", meaning) for name, meaning in REASONS.items())
    return header("Reasons of rejection", "`loaders/contract.py`") + INTRODUCTION + table(("reason", "a row"), rows)
