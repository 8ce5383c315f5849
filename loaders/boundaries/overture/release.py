"""One release of Overture Maps divisions in its bucket; DuckDB reads only the needed parts.

Source: https://docs.overturemaps.org/guides/divisions/ and https://duckdb.org/docs/stable/core_extensions/httpfs/s3api.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn, TypeVar
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from loaders.boundaries.overture.bounding_boxes import Box
from loaders.boundaries.overture.releases import refuse_deleted_release
from loaders.core.errors import BuildError, SourceError
from loaders.core.escape import sql_text
from loaders.core.redact import redact
from loaders.db.connection import config, load_extension
from loaders.http.client import HttpClient
from loaders.http.network import is_connected, no_network_error
from loaders.http.proxy import duckdb_proxy
from loaders.http.retry import InterruptedTransfer
from loaders.http.status import is_transient
from loaders.settings.build import Boundaries

BUCKET, REGION = "overturemaps-us-west-2", "us-west-2"
AMAZON = f"https://{BUCKET}.s3.{REGION}.amazonaws.com"
# the subset of `division_area` that describes areas and their parents
REQUIRED_COLUMNS = ("id", "geometry", "bbox", "subtype", "class", "country", "region", "names", "sources", "is_land")
COLUMNS = (*REQUIRED_COLUMNS[:2], "version", *REQUIRED_COLUMNS[3:], "division_id", "is_territorial", "admin_level")
SUBTYPES = {"country": ("country", "dependency"), "region": ("region",), "county": ("county",)}
# literals, since DuckDB does not skip row groups by query parameters
IN_BOX = (
    "bbox.xmin <= {east} AND bbox.xmax >= {west} AND bbox.ymin <= {north} AND bbox.ymax >= {south} "
    "AND is_land AND subtype IN ({subtypes})"
)
BATCH_ROWS = 1000  # Arrow holds at most 2 GiB of outlines in each
CERTIFICATE = re.compile(r"certificate|SSL|TLS", re.IGNORECASE)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Release:
    """The areas of a release.

    Attributes:
        name: of the release.
        connection: to DuckDB, configured for the bucket.
        sizes: of its files, by name [bytes].
        columns: to read.
        subtypes: divisions to read.
        web: retries and timeouts.
    """

    name: str
    connection: duckdb.DuckDBPyConnection
    sizes: dict[str, int]
    columns: list[str]
    subtypes: list[str]
    web: HttpClient

    def areas(self, box: Box) -> pa.Table:
        """The land whose bounding box meets this box: geometry as WKB in EPSG:4326.

        Raises:
            SourceError: the release cannot be read.
        """
        columns = ", ".join("ST_AsWKB(geometry) AS geometry" if name == "geometry" else name for name in self.columns)
        condition = IN_BOX.format(**asdict(box), subtypes=", ".join(map(_sql_literal, self.subtypes)))
        query = f"SELECT {columns} FROM read_parquet($files) WHERE {condition} ORDER BY id"  # noqa: S608

        files = [f"{prefix(self.name)}{name}" for name in self.sizes]

        def run_query() -> pa.Table:
            return self.connection.execute(query, {"files": files}).to_arrow_table(BATCH_ROWS)

        return _with_retries(self.web, run_query, f"Overture Maps {self.name}")


def prefix(release: str) -> str:
    """S3 prefix of the areas of a release."""
    return f"s3://{BUCKET}/release/{release}/theme=divisions/type=division_area/"


@contextmanager
def open_release(settings: Boundaries, web: HttpClient) -> Iterator[Release]:
    """The release that the settings name, resolved from `latest` already.

    Raises:
        BuildError: the CA bundle is missing.
        SourceError: the release is deleted, cannot be reached, or has an unknown schema.
    """
    # without the user's persistent secrets: one for this bucket would take precedence
    with duckdb.connect(config=config() | {"allow_persistent_secrets": "false"}) as connection:
        _prepare(connection, settings, web)
        name, address = f"Overture Maps {settings.release}", prefix(settings.release)
        listing = "SELECT filename, size FROM read_blob($place) ORDER BY filename"  # without their content
        sizes = _with_retries(web, lambda: _sizes(connection, listing, address), name)
        if not sizes:
            refuse_deleted_release(settings.release, settings.s3_endpoint or AMAZON, web)
        first = f"{address}{next(iter(sizes))}"
        published_columns = _with_retries(web, lambda: _columns(connection, first), name)
        missing = [column for column in REQUIRED_COLUMNS if column not in published_columns]
        if missing:
            raise SourceError(
                f"{name} has no column {', '.join(missing)} in {first}: this version of eo-pv cannot read it. Name "
                f"another one (`eo-pv releases` lists them), or update eo-pv."
            )
        subtypes = [subtype for kind in settings.subtypes for subtype in SUBTYPES[kind]]
        columns = [column for column in COLUMNS if column in published_columns]
        yield Release(settings.release, connection, sizes, columns, subtypes, web)


def _sizes(connection: duckdb.DuckDBPyConnection, listing: str, address: str) -> dict[str, int]:
    """The sizes of the Parquet files at an address, by name [bytes]; empty without any."""
    try:
        rows = connection.execute(listing, {"place": f"{address}*.parquet"}).fetchall()
    except duckdb.IOException as error:
        if "No files found" in str(error):
            return {}
        raise
    return {file.removeprefix(address): size for file, size in rows}


def _columns(connection: duckdb.DuckDBPyConnection, file: str) -> list[str]:
    return [name for name, *_ in connection.execute("DESCRIBE FROM read_parquet($file)", {"file": file}).fetchall()]


def _prepare(connection: duckdb.DuckDBPyConnection, settings: Boundaries, web: HttpClient) -> None:
    """Configure DuckDB for the bucket: anonymous, certificates checked, through the proxy of the environment."""
    load_extension(connection, "httpfs")
    endpoint = urlsplit(settings.s3_endpoint or AMAZON)
    options = {
        "enable_server_cert_verification": True,
        "enable_curl_server_cert_verification": True,
        "ca_cert_file": _ca_file(settings),
        "http_timeout": max(int(web.settings.timeout_s), 1),
        "http_retries": 0,  # HttpClient retries, as the settings say
        "enable_http_metadata_cache": True,  # a release does not change
        "parquet_metadata_cache": True,
        "validate_external_file_cache": "NO_VALIDATION",
        **_proxy(settings.s3_endpoint or AMAZON),
    }
    for name, value in options.items():
        connection.execute(f"SET {name} = {_sql_literal(value)}")
    own = f", ENDPOINT {_sql_literal(endpoint.netloc)}, URL_STYLE 'path'" if settings.s3_endpoint else ""
    ssl = "true" if endpoint.scheme == "https" else "false"
    connection.execute(
        f"CREATE SECRET (TYPE s3, PROVIDER config, KEY_ID '', SECRET '', REGION '{REGION}', USE_SSL {ssl}{own})"
    )


def _ca_file(settings: Boundaries) -> str:
    """CA bundle (PEM) of the settings, else of the environment as for `requests`, else that of `requests`."""
    if settings.ca_cert_file:
        if not Path(settings.ca_cert_file).is_file():
            raise BuildError(
                f"boundaries.ca_cert_file in params.yaml: there is no file {settings.ca_cert_file}. Name the authority "
                f"of your proxy in PEM, such as /etc/ssl/certs/ca-certificates.crt."
            )
        return settings.ca_cert_file
    environment_paths = [os.environ[name] for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE") if os.environ.get(name)]
    return next((path for path in environment_paths if Path(path).is_file()), DEFAULT_CA_BUNDLE_PATH)


def _proxy(address: str) -> dict[str, str]:
    try:
        return duckdb_proxy(address)
    except ValueError as error:
        raise BuildError(f"Overture Maps cannot be read: {error} Or exempt its host in NO_PROXY.") from None


def _with_retries(web: HttpClient, query: Callable[[], Answer], name: str) -> Answer:
    """Run a query with the retries of the settings; permanent errors are raised at once."""

    def attempt() -> Answer:
        try:
            return query()
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            _raise_explained(error, name)

    return web.with_retries(name, attempt)


def _raise_explained(error: duckdb.Error, name: str) -> NoReturn:
    reason = _one_line(error)
    if CERTIFICATE.search(reason):
        raise SourceError(
            f"{name}: the certificate is not trusted here ({reason}). Behind a proxy with an authority of its own, "
            f"name its file: boundaries.ca_cert_file in params.yaml, or REQUESTS_CA_BUNDLE in the environment."
        ) from None
    if "resolve host" in reason:
        _raise_unresolved(name)
    status = getattr(error, "status_code", None)
    if status is not None and status >= 400 and not is_transient(status):
        raise SourceError(
            f"{name}: the bucket answered {status} ({reason}). Check boundaries.release and boundaries.s3_endpoint in "
            f"params.yaml; `eo-pv releases` lists the releases that there are."
        ) from None
    raise InterruptedTransfer(f"its bucket did not answer ({reason})") from None


def _raise_unresolved(name: str) -> NoReturn:
    host = urlsplit(AMAZON).hostname or ""
    if not is_connected():
        raise no_network_error(host) from None
    raise SourceError(
        f"{name}: its bucket cannot be found by name, though other hosts can. Check boundaries.s3_endpoint in "
        f"params.yaml, and the proxy that the environment names."
    ) from None


def _one_line(error: duckdb.Error) -> str:
    """DuckDB's message in one line, without its own words for the kind of error and the request."""
    line = " ".join(str(error).split())
    text = re.sub(r"^IO Error: ", "", line.partition(" LINE 1: ")[0])  # what follows is our own query
    return redact(re.sub(r" error for HTTP [A-Z]+ to '[^']*'", "", text))[:300]


def _sql_literal(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | int) else sql_text(str(value))
