"""Miniature releases of Overture Maps in a bucket of this machine's own, which counts what is read of them."""

import io
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from botocore import UNSIGNED
from botocore.config import Config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from loaders.boundaries.overture.extract import METADATA_KEY
from loaders.core.paths import ProjectPaths
from tests.publishers.answers import Answer, Asked, data_file, page
from tests.publishers.bodies import Whole
from tests.publishers.plain import Plain

STAC_HOST = "stac.overturemaps.org"
BUCKET = "overturemaps-us-west-2"
BOX = pa.struct([(name, pa.float32()) for name in ("xmin", "xmax", "ymin", "ymax")])
SOURCES = pa.list_(
    pa.struct([(name, pa.string()) for name in ("property", "dataset", "license", "record_id", "update_time")])
)
NAMES = pa.struct([("primary", pa.string()), ("common", pa.map_(pa.string(), pa.string()))])
TEXTS = ("id", "country", "subtype", "class", "region", "division_id")
SCHEMA = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in TEXTS),
        *(pa.field(name, pa.bool_()) for name in ("is_land", "is_territorial")),
        pa.field("geometry", pa.binary()),
        pa.field("bbox", BOX),
        pa.field("version", pa.int32()),
        pa.field("sources", SOURCES),
        pa.field("names", NAMES),
    ]
)
WKB = {"encoding": "WKB", "geometry_types": []}
GEO = json.dumps({"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": WKB}})
ENVIRON = dict[str, Any]


@dataclass(slots=True)
class Bucket:
    """The bucket, and what was read of it.

    Attributes:
        address: of the S3 service.
        asked: method and path of each request, in their order.
        sent: bytes of all answers to GET.
        cuts: how many of the next answers break off.
        refusals: statuses of the next answers.
        sizes: of all files that were put there, by release [bytes].
    """

    address: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    sent: int = 0
    cuts: int = 0
    refusals: list[int] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)

    def publish(self, release: str, files: list[bytes]) -> None:
        """Put a release there."""
        for number, body in enumerate(files):
            key = f"release/{release}/theme=divisions/type=division_area/part-{number:05}-c000.zstd.parquet"
            self._client().put_object(Bucket=BUCKET, Key=key, Body=body, ACL="public-read")
        self.sizes[release] = sum(map(len, files))

    def forget(self) -> None:
        """Begin to count anew, and take all faults away."""
        self.asked, self.sent, self.cuts, self.refusals = [], 0, 0, []

    def empty(self) -> None:
        """Delete all releases."""
        self.forget()
        client = self._client()
        for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
            client.delete_object(Bucket=BUCKET, Key=item["Key"])
        self.sizes = {}
        self.forget()

    def _client(self) -> Any:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client("s3", endpoint_url=self.address, region_name="us-east-1", **keys)


def encoded(
    areas: list[dict[str, Any]], files: int = 1, rows_of_a_group: int = 20, schema: pa.Schema = SCHEMA
) -> list[bytes]:
    """The files of a release, sorted by longitude as Overture sorts by place."""
    ordered = sorted(areas, key=lambda area: float(area["bbox"]["xmin"]))
    bodies = []
    for part in np.array_split(np.arange(len(ordered)), files):
        stream = io.BytesIO()
        table = pa.Table.from_pylist([ordered[row] for row in part], schema).replace_schema_metadata({"geo": GEO})
        pq.write_table(table, stream, row_group_size=rows_of_a_group, compression="zstd")
        bodies.append(stream.getvalue())
    return bodies


@contextmanager
def bucket() -> Iterator[Bucket]:
    """An S3 service on this machine that answers anybody."""
    found = Bucket()
    server = make_server(
        "127.0.0.1", 0, _counted(DomainDispatcherApplication(create_backend_app), found), threaded=True
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found.address = f"http://127.0.0.1:{server.server_port}"
    boto3.client(
        "s3", endpoint_url=found.address, config=Config(signature_version=UNSIGNED), region_name="us-east-1"
    ).create_bucket(Bucket=BUCKET)
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()


def _counted(inner: Any, found: Bucket) -> Callable[[ENVIRON, Any], Iterable[bytes]]:
    """The same service, which counts, refuses and breaks off as it is told to."""

    def application(environ: ENVIRON, start_response: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        is_read = method in {"GET", "HEAD"} and path.startswith(f"/{BUCKET}")
        if is_read:
            found.asked.append((method, path))
        if is_read and found.refusals:
            start_response(f"{found.refusals.pop(0)} Refused", [("Content-Length", "0")])
            return [b""]
        body = b"".join(inner(environ, start_response))
        if method == "GET" and path.endswith(".parquet") and found.cuts:
            found.cuts -= 1
            body = body[: len(body) // 2]
        found.sent += len(body) if is_read and method == "GET" else 0
        return [body]

    return application


def keep_extract(paths: ProjectPaths, release: str) -> None:
    """An extract of a release, as an earlier run has kept it: without areas."""
    properties = {"release": release, "subtypes": ["country", "region"], "boxes": []}
    table = pa.table({"id": ["a"]}).replace_schema_metadata({METADATA_KEY: json.dumps(properties)})
    paths.overture.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, paths.overture)


def publish_catalogue(plain: Plain, *releases: str, schema: str | None = None) -> None:
    """The catalogue of these releases, and with a schema that of each."""
    links = [{"rel": "child", "href": f"./{name}/catalog.json", "title": name} for name in releases]
    plain.publish(STAC_HOST, "/catalog.json", json.dumps({"links": links}).encode())
    for name in releases if schema else ():
        plain.publish(STAC_HOST, f"/{name}/catalog.json", json.dumps({"schema:version": schema}).encode())


class Amazon:
    """The bucket at its true address, as far as DuckDB asks: a listing, and parts of files."""

    hosts = (f"{BUCKET}.s3.us-west-2.amazonaws.com",)

    def __init__(self, release: str, files: list[bytes]) -> None:
        self._files: dict[str, bytes] = {}
        self.replace(release, files)

    def replace(self, release: str, files: list[bytes]) -> None:
        """Publish a release, and delete the one before."""
        folder = f"release/{release}/theme=divisions/type=division_area"
        self._files = {f"{folder}/part-{number:05}.parquet": body for number, body in enumerate(files)}

    def answer(self, asked: Asked) -> Answer:
        if "list-type" not in asked.query:
            body = self._files.get(asked.path.lstrip("/"))
            return data_file(Whole(body), asked.path) if body else page("404 Not Found", 404)
        prefix = asked.query.get("prefix", "")
        keys = [f"<Contents><Key>{key}</Key></Contents>" for key in self._files if key.startswith(prefix)]
        listing = f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(keys)}</ListBucketResult>"
        return Answer(Whole(listing.encode()), headers={"Content-Type": "application/xml"})


def area(name: str, box: tuple[float, float, float, float], subtype: str = "country", **more: Any) -> dict[str, Any]:
    """An area that fills a box (west, south, east, north [°]), its outline jagged so that it takes room on the disk."""
    west, south, east, north = box
    corners = more.pop("corners", 60)
    random = np.random.default_rng(sum(map(ord, name)))
    steps = np.linspace(west, east, corners)
    upper = np.column_stack([steps, north - (north - south) / 100 * random.random(corners)])
    shape = shapely.Polygon([(west, south), *upper.tolist(), (east, south)])
    bounds = dict(zip(("xmin", "ymin", "xmax", "ymax"), shape.bounds, strict=True))
    return {
        "id": name,
        "geometry": shapely.to_wkb(shape),
        "bbox": bounds,
        "country": name[:2].upper(),
        "version": 1,
        "sources": [{"property": "", "dataset": "OpenStreetMap", "record_id": "r1@1"}],
        "subtype": subtype,
        "class": "land",
        "names": {"primary": name, "common": [("en", f"{name} in English")]},
        "is_land": True,
        "is_territorial": False,
        "region": f"{name[:2].upper()}-1" if subtype != "country" else None,
        "division_id": f"division-{name}",
    } | more
