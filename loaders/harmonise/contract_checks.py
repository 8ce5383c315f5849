"""The contract as a Pandera schema, which Hamilton checks on the output of `canonical_records`."""

from functools import partial

import pandas as pd
import pandera.pandas as pandera

from loaders.contract import LOADING, Field

ASSIGNED_LATER = frozenset({"record_id"})  # assigned once all records are known


def _column(field: Field) -> pandera.Column:
    checks = []
    if field.least is not None:
        checks.append(pandera.Check.ge(field.least))
    if field.most is not None:
        checks.append(pandera.Check.le(field.most))
    if field.choices:
        checks.append(pandera.Check.isin(field.choices))
    return pandera.Column(checks=checks, nullable=True)


def _is_present_or_rejected(records: pd.DataFrame, name: str) -> "pd.Series[bool]":
    return records[name].notna() | records["reason"].notna()


LOADING_CHECKS = pandera.DataFrameSchema(
    {field.name: _column(field) for field in LOADING if field.name not in ASSIGNED_LATER},
    checks=[
        pandera.Check(
            partial(_is_present_or_rejected, name=field.name), error=f"{field.name} is null in a record that is kept"
        )
        for field in LOADING
        if field.required and field.name not in ASSIGNED_LATER
    ],
    strict=True,
)
