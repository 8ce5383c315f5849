"""Settings of a DuckLake, a warehouse that several machines share."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from loaders.core.redact import credential_in
from loaders.settings.base import SettingsModel, Text

Word = Annotated[str, StringConstraints(pattern=r"^[^\s'\\]+$")]


class DuckLake(SettingsModel):
    """The location of a DuckLake; secrets come from the environment only.

    A variable of the environment that libpq or Amazon's tools know overrules the setting of the same meaning.

    Attributes:
        catalogue: `sqlite`, a file `data/<origin>/lake.sqlite`; or `postgres`, the schema `eo_pv_<origin>` of a
            database (its password is in PGPASSWORD or ~/.pgpass).
        host, port, database, user: of PostgreSQL (PGHOST, PGPORT, PGDATABASE, PGUSER).
        files: folder (relative to the project's) or address (`s3://bucket/prefix`) below which its Parquet files are,
            in `<origin>/`; by default `data/<origin>/lake`. The keys of a bucket are in AWS_ACCESS_KEY_ID,
            AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
        region: of the bucket (AWS_DEFAULT_REGION).
        endpoint: address of its service, if that is not Amazon's (AWS_ENDPOINT_URL).
    """

    catalogue: Literal["sqlite", "postgres"] = "sqlite"
    host: Word | None = None
    port: Annotated[int, Field(ge=1, le=65_535)] | None = None
    database: Word | None = None
    user: Word | None = None
    files: Text | None = None
    region: Word | None = None
    endpoint: Annotated[str, StringConstraints(pattern=r"^https?://[^/\s@?#]+$")] | None = None

    @property
    def postgres(self) -> dict[str, str]:
        """The database of the catalogue, by libpq's variables; those that are not stated are left out."""
        parts = {"PGHOST": self.host, "PGPORT": self.port, "PGDATABASE": self.database, "PGUSER": self.user}
        return {name: str(part) for name, part in parts.items() if part is not None}

    @property
    def bucket(self) -> dict[str, str]:
        """The service of the bucket, by Amazon's variables; those that are not stated are left out."""
        parts = {"AWS_DEFAULT_REGION": self.region, "AWS_ENDPOINT_URL": self.endpoint}
        return {name: part for name, part in parts.items() if part is not None}

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
