"""Settings of a DuckLake, a warehouse that several machines share."""

from typing import Literal

from pydantic import field_validator

from loaders.core.redact import credential_in
from loaders.settings.base import SettingsModel, Text


class DuckLake(SettingsModel):
    """The location of a DuckLake; credentials come from the environment only.

    Attributes:
        catalogue: `sqlite`, a file `data/<origin>/lake.sqlite`; or `postgres`, the schema `eo_pv_<origin>` of the
            database that libpq's variables name (PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD).
        files: folder (relative to the project's) or address (`s3://bucket/prefix`) below which its Parquet files are,
            in `<origin>/`; by default `data/<origin>/lake`. A bucket is reached as AWS_ACCESS_KEY_ID,
            AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_DEFAULT_REGION and AWS_ENDPOINT_URL say.
    """

    catalogue: Literal["sqlite", "postgres"] = "sqlite"
    files: Text | None = None

    @field_validator("files")
    @classmethod
    def _require_folder_or_bucket(cls, files: str | None) -> str | None:
        if files and "://" in files and not files.startswith("s3://"):
            raise ValueError("ducklake.files is a folder or s3://bucket/prefix; no other address is understood")
        if files and (credential := credential_in(files)):
            raise ValueError(
                f"ducklake.files holds a secret ({credential}), which the catalogue would keep: give the address "
                "alone, and the keys in the environment as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            )
        return files
