"""One release of Overture Maps' divisions in its bucket, of which only what is needed is read, by DuckDB.

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
from loaders.boundaries.overture.releases import release_is_gone
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
# `division_area` has more; these are what areas are, and whose part
NEEDED = ("id", "geometry", "bbox", "subtype", "class", "country", "region", "names", "sources", "is_land")
KEPT = (*NEEDED[:2], "version", *NEEDED[3:], "division_id", "is_territorial", "admin_level")
SUBTYPES = {"country": ("country", "dependency"), "region": ("region",), "county": ("county",)}
# numbers and words as they are: DuckDB skips no part of a file for what is a parameter
IN_BOX = (
    "bbox.xmin <= {east} AND bbox.xmax >= {west} AND bbox.ymin <= {north} AND bbox.ymax >= {south} "
    "AND is_land AND subtype IN ({subtypes})"
)
ROWS_OF_A_BATCH = 1000  # Arrow holds at most 2 GiB of outlines in each
CERTIFICATE = re.compile(r"certificate|SSL|TLS", re.IGNORECASE)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Release:
    """The areas of a release.

    Attributes:
        name: of the release.
        connection: of DuckDB, which knows where it is.
        files: the addresses of its files.
        columns: those that are kept, of those that it has.
        subtypes: which divisions are wanted.
        web: how often to try, and how long to wait.
    """

    name: str
    connection: duckdb.DuckDBPyConnection
    files: list[str]
    columns: list[str]
    subtypes: list[str]
    web: HttpClient

    def areas(self, box: Box) -> pa.Table:
        """The land whose own box meets this one: geometry as WKB in EPSG:4326.

        Raises:
            SourceError: it cannot be read.
        """
        columns = ", ".join("ST_AsWKB(geometry) AS geometry" if name == "geometry" else name for name in self.columns)
        wanted = IN_BOX.format(**asdict(box), subtypes=", ".join(map(_quoted, self.subtypes)))
        query = f"SELECT {columns} FROM read_parquet($files) WHERE {wanted} ORDER BY id"  # noqa: S608

        def ask() -> pa.Table:
            return self.connection.execute(query, {"files": self.files}).to_arrow_table(ROWS_OF_A_BATCH)

        return _patiently(self.web, ask, f"Overture Maps {self.name}")


def prefix(release: str) -> str:
    """Where the areas of a release are."""
    return f"s3://{BUCKET}/release/{release}/theme=divisions/type=division_area/"


@contextmanager
def opened(settings: Boundaries, web: HttpClient) -> Iterator[Release]:
    """The release that the settings name.

    Raises:
        BuildError: the CA bundle is not there.
        SourceError: it is gone, cannot be reached, or is something else.
    """
    assert settings.release is not None  # noqa: S101 (checked before anybody is asked)
    # without what the user has told DuckDB to keep: a secret for this bucket would come before ours
    with duckdb.connect(config=config() | {"allow_persistent_secrets": "false"}) as connection:
        _prepare(connection, settings, web)
        what, place = f"Overture Maps {settings.release}", prefix(settings.release)
        listing = "SELECT file FROM glob($place) ORDER BY file"
        found = _patiently(web, lambda: connection.execute(listing, {"place": f"{place}*.parquet"}).fetchall(), what)
        files = [file for (file,) in found]
        if not files:
            release_is_gone(settings.release, settings.s3_endpoint or AMAZON, web)
        columns = _patiently(web, lambda: _columns(connection, files[0]), what)
        missing = [name for name in NEEDED if name not in columns]
        if missing:
            raise SourceError(
                f"{what} has no column {', '.join(missing)} in {files[0]}: this version of eo-pv cannot read it. Name "
                f"another one (`eo-pv releases` lists them), or update eo-pv."
            )
        subtypes = [each for name in settings.subtypes for each in SUBTYPES[name]]
        kept = [name for name in KEPT if name in columns]
        yield Release(settings.release, connection, files, kept, subtypes, web)


def _columns(connection: duckdb.DuckDBPyConnection, file: str) -> list[str]:
    return [name for name, *_ in connection.execute("DESCRIBE FROM read_parquet($file)", {"file": file}).fetchall()]


def _prepare(connection: duckdb.DuckDBPyConnection, settings: Boundaries, web: HttpClient) -> None:
    """Tell DuckDB how to get there: as nobody, checking certificates, and through the proxy of the environment."""
    load_extension(connection, "httpfs")
    endpoint = urlsplit(settings.s3_endpoint or AMAZON)
    options = {
        "enable_server_cert_verification": True,
        "enable_curl_server_cert_verification": True,
        "ca_cert_file": _whom_to_trust(settings),
        "http_timeout": max(int(web.settings.timeout_s), 1),
        "http_retries": 0,  # HttpClient retries, as the settings say
        "enable_http_metadata_cache": True,  # a release does not change
        "parquet_metadata_cache": True,
        "validate_external_file_cache": "NO_VALIDATION",
        **_proxy(settings.s3_endpoint or AMAZON),
    }
    for name, value in options.items():
        connection.execute(f"SET {name} = {_quoted(value)}")
    own = f", ENDPOINT {_quoted(endpoint.netloc)}, URL_STYLE 'path'" if settings.s3_endpoint else ""
    ssl = "true" if endpoint.scheme == "https" else "false"
    connection.execute(
        f"CREATE SECRET (TYPE s3, PROVIDER config, KEY_ID '', SECRET '', REGION '{REGION}', USE_SSL {ssl}{own})"
    )


def _whom_to_trust(settings: Boundaries) -> str:
    """A file in PEM: of the settings, of the environment as `requests` has it, or that of `requests` itself."""
    if settings.ca_cert_file:
        if not Path(settings.ca_cert_file).is_file():
            raise BuildError(
                f"boundaries.ca_cert_file in params.yaml: there is no file {settings.ca_cert_file}. Name the authority "
                f"of your proxy in PEM, such as /etc/ssl/certs/ca-certificates.crt."
            )
        return settings.ca_cert_file
    named = [os.environ[name] for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE") if os.environ.get(name)]
    return next((path for path in named if Path(path).is_file()), DEFAULT_CA_BUNDLE_PATH)


def _proxy(address: str) -> dict[str, str]:
    try:
        return duckdb_proxy(address)
    except ValueError as error:
        raise BuildError(f"Overture Maps cannot be read: {error} Or exempt its host in NO_PROXY.") from None


def _patiently(web: HttpClient, ask: Callable[[], Answer], what: str) -> Answer:
    """Ask as often as the settings say; what cannot get better is an error at once."""

    def attempt() -> Answer:
        try:
            return ask()
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            _judge(error, what)

    return web.with_retries(what, attempt)


def _judge(error: duckdb.Error, what: str) -> NoReturn:
    said = _in_short(error)
    if CERTIFICATE.search(said):
        raise SourceError(
            f"{what}: the certificate is not trusted here ({said}). Behind a proxy with an authority of its own, name "
            f"its file: boundaries.ca_cert_file in params.yaml, or REQUESTS_CA_BUNDLE in the environment."
        ) from None
    if "resolve host" in said:
        _explain_unresolved(what)
    status = getattr(error, "status_code", None)
    if status is not None and status >= 400 and not is_transient(status):
        raise SourceError(
            f"{what}: the bucket answered {status} ({said}). Check boundaries.release and boundaries.s3_endpoint in "
            f"params.yaml; `eo-pv releases` lists the releases that there are."
        ) from None
    raise InterruptedTransfer(said) from None


def _explain_unresolved(what: str) -> NoReturn:
    host = urlsplit(AMAZON).hostname or ""
    if not is_connected():
        raise no_network_error(host) from None
    raise SourceError(
        f"{what}: its bucket cannot be found by name, though other hosts can. Check boundaries.s3_endpoint in "
        f"params.yaml, and the proxy that the environment names."
    ) from None


def _in_short(error: duckdb.Error) -> str:
    """What DuckDB says, in one line."""
    line = " ".join(str(error).split())
    return redact(line.partition(" LINE 1: ")[0])[:300]  # what follows is our own query


def _quoted(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | int) else sql_text(str(value))
