"""Access to the bucket with the Parquet files of a DuckLake: credentials and proxy."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import duckdb

from loaders.core.errors import BuildError
from loaders.core.escape import sql_text
from loaders.db.connection import load_extension
from loaders.http.proxy import duckdb_proxy

SECRET = "eo_pv_lake"  # noqa: S105 (its name)


def use_bucket(connection: duckdb.DuckDBPyConnection, files: str, environment: Mapping[str, str]) -> None:
    """Configure DuckDB for the bucket from environment variables.

    Args:
        connection: to any DuckDB database.
        files: their address: s3://bucket/prefix.
        environment: with keys, region, endpoint and proxy.

    Raises:
        BuildError: the endpoint is not valid, or DuckDB does not support the proxy.
    """
    load_extension(connection, "httpfs")
    _use_proxy(connection, files, environment)
    _make_secret(connection, environment)


def _use_proxy(connection: duckdb.DuckDBPyConnection, files: str, environment: Mapping[str, str]) -> None:
    """Use the proxy of the environment, unless NO_PROXY exempts the bucket.

    Raises:
        BuildError: DuckDB does not support it.
    """
    bucket = urlsplit(files).netloc
    address = _endpoint(environment) or f"https://{bucket}.s3.{_region(environment) or 'us-east-1'}.amazonaws.com"
    try:
        options = duckdb_proxy(address)
    except ValueError as error:
        raise BuildError(
            f"The files of the DuckLake cannot be reached: {error} Or exempt the host of the bucket in NO_PROXY."
        ) from None
    for name, value in options.items():
        connection.execute(f"SET GLOBAL {name} = {sql_text(value)}")


def _make_secret(connection: duckdb.DuckDBPyConnection, environment: Mapping[str, str]) -> None:
    """Create a DuckDB secret with the credentials, in memory only.

    Raises:
        BuildError: the endpoint is not valid; DuckDB would send everything to Amazon.
    """
    options = {
        "KEY_ID": environment.get("AWS_ACCESS_KEY_ID"),
        "SECRET": environment.get("AWS_SECRET_ACCESS_KEY"),
        "SESSION_TOKEN": environment.get("AWS_SESSION_TOKEN"),
        "REGION": _region(environment),
    }
    if address := _endpoint(environment):
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise BuildError(
                "AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL is not the address of a service: expected "
                "http(s)://host:port, without a user and a password. Set it so, or unset it for Amazon's own."
            )
        options |= {"ENDPOINT": parts.netloc, "URL_STYLE": "path", "USE_SSL": str(parts.scheme != "http").lower()}
    assignments = ", ".join(f"{name} {sql_text(text)}" for name, text in options.items() if text)
    connection.execute(
        f"CREATE OR REPLACE TEMPORARY SECRET {SECRET} (TYPE s3{', ' if assignments else ''}{assignments})"
    )


def _endpoint(environment: Mapping[str, str]) -> str | None:
    return environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")


def _region(environment: Mapping[str, str]) -> str | None:
    return environment.get("AWS_DEFAULT_REGION") or environment.get("AWS_REGION")
