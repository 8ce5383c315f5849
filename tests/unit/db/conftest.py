"""Fixtures of the DuckLake's tests."""

import pytest

from loaders.settings.ducklake import DuckLake
from tests.services import servers, services

__all__ = ["servers", "services"]  # fixtures


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest) -> DuckLake:
    """A catalogue in a file with Parquet in a folder; one in PostgreSQL with Parquet in a bucket."""
    if request.param == "sqlite":
        return DuckLake()
    request.getfixturevalue("services")
    return DuckLake(catalogue="postgres", files="s3://eo-pv/lake")
