"""Of a release of Overture Maps only the land around the records is read, once, and kept."""

import json
import shutil
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaders.boundaries.overture.bounding_boxes import Box, boxes_around
from loaders.boundaries.overture.extract import METADATA_KEY, ExtractResult, extract
from loaders.boundaries.overture.releases import live_releases
from loaders.core.errors import BuildError, SourceError
from loaders.core.paths import ProjectPaths
from loaders.core.progress import with_progress
from loaders.db.connection import load_extension
from loaders.geo.record_cells import CELLS
from loaders.http.client import HttpClient
from loaders.overture_maps_loader import load_boundaries
from loaders.settings.build import Boundaries
from loaders.settings.download import Download
from tests.overture import SCHEMA, Amazon, Bucket, area, bucket, encoded
from tests.publishers import Fault, Publishers

OLD, NEW = "2026-09-23.1", "2026-10-21.0"
IMPATIENT = Download(timeout_s=5, backoff_s=0.01, attempts=3, longest_wait_s=1)
STAC = {
    "type": "Catalog",
    "latest": NEW,
    "links": [
        {"rel": "root", "href": "./catalog.json", "title": "Overture Releases"},
        *(
            {"rel": "child", "href": f"./{name}/catalog.json", "title": f"{name} Overture Release"}
            for name in (OLD, NEW)
        ),
    ],
}
NINE_LAND_AREAS = [area(f"c{'abcdefghi'[n]}", (n * 20 - 90, 0, n * 20 - 72, 15)) for n in range(9)]


@pytest.fixture(scope="module")
def release() -> list[bytes]:
    """Nine countries in a row, each with what must not be read, and many localities."""
    maritime = area("ce-sea", (-12, 0, 9, 16), is_land=False, **{"class": "maritime"})
    region, county = area("ce-r", (-9, 0, 0, 15), "region"), area("ce-k", (-9, 0, -5, 15), "county")
    small = [area(f"l{n}", (n * 0.3 - 90, 0, n * 0.3 - 89.8, 1), "locality", corners=400) for n in range(600)]
    return encoded([*NINE_LAND_AREAS, maritime, region, county, *small], files=3)


@pytest.fixture(scope="module")
def service() -> Iterator[Bucket]:
    with bucket() as found:
        yield found


@pytest.fixture
def s3(service: Bucket, release: list[bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A bucket with that release."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    service.publish(NEW, release)
    service.forget()
    yield service
    service.empty()


def settings(s3: Bucket | None, **more: Any) -> Boundaries:
    return Boundaries(**{"release": NEW, "s3_endpoint": s3.address if s3 else None, **more})


def cells(*positions: tuple[float, float]) -> pa.Table:
    names = [str(number) for number in range(len(positions))]
    lon, lat = zip(*positions, strict=True)
    return pa.table([names, [float(x) for x in lon], [float(y) for y in lat]], schema=CELLS)


def kept(paths: ProjectPaths) -> list[str]:
    ids: list[str] = pq.read_table(paths.overture, columns=["id"])["id"].to_pylist()
    return ids


def run(where: pa.Table, chosen: Boundaries, paths: ProjectPaths, download: Download = IMPATIENT) -> ExtractResult:
    return extract(where, chosen, paths, HttpClient(download), with_progress)


def test_only_the_land_around_the_records_is_read_and_only_a_part_of_the_files(s3: Bucket, paths: ProjectPaths) -> None:
    found = run(cells((-3, 5)), settings(s3), paths)
    assert found == ExtractResult(NEW, areas=2, boxes_read=1, boxes_reused=0)
    assert kept(paths) == ["ce", "ce-r"]
    assert 0 < s3.sent < 0.15 * s3.sizes[NEW]


def test_a_county_is_read_where_it_is_wanted(s3: Bucket, paths: ProjectPaths) -> None:
    run(cells((-6, 5)), settings(s3, subtypes=("country", "county")), paths)
    assert kept(paths) == ["ce", "ce-k"]


def test_a_dependency_is_a_country(s3: Bucket, paths: ProjectPaths) -> None:
    s3.publish(OLD, encoded([area("pr", (0, 0, 5, 5), "dependency"), area("us", (20, 0, 30, 10))]))
    run(cells((3, 3)), settings(s3, release=OLD, subtypes=("country",)), paths)
    assert kept(paths) == ["pr"]


def test_the_archive_says_what_it_is_and_opens_everywhere(s3: Bucket, paths: ProjectPaths, tmp_path: Path) -> None:
    run(cells((-3, 5)), settings(s3), paths)
    said = json.loads(pq.read_metadata(paths.overture).metadata[METADATA_KEY.encode()])
    assert (said["release"], said["licence"], said["subtypes"]) == (NEW, "ODbL-1.0", ["country", "region"])
    assert "OpenStreetMap contributors" in said["attribution"]
    assert said["source"] == f"s3://overturemaps-us-west-2/release/{NEW}/theme=divisions/type=division_area/"
    frame = gpd.read_parquet(paths.overture)
    assert (frame.crs.to_epsg(), list(frame["division_id"])) == (4326, ["division-ce", "division-ce-r"])
    assert dict(frame["names"][0]["common"]) == {"en": "ce in English"}
    counts = load_boundaries(paths.overture, tmp_path / "boundaries.parquet")
    assert (counts.read, counts.countries, counts.regions) == (2, 1, 1)


def test_what_is_kept_is_not_asked_for_again_even_when_the_release_is_gone(s3: Bucket, paths: ProjectPaths) -> None:
    run(cells((-3, 5)), settings(s3), paths)
    before = paths.overture.read_bytes()
    s3.empty()
    assert run(cells((-3, 5)), settings(s3), paths) == ExtractResult(NEW, areas=2, boxes_read=0, boxes_reused=1)
    assert run(cells((-3, 5)), settings(s3, nearest_land_km=10), paths).boxes_read == 0  # a smaller box
    assert (s3.asked, paths.overture.read_bytes()) == ([], before)


def test_a_new_record_elsewhere_asks_for_its_own_box_only(s3: Bucket, paths: ProjectPaths) -> None:
    run(cells((-3, 5)), settings(s3), paths)
    s3.forget()
    both = cells((-3, 5), (55, 5))
    assert run(both, settings(s3), paths) == ExtractResult(NEW, areas=3, boxes_read=1, boxes_reused=1)
    assert kept(paths) == ["ce", "ce-r", "ch"]
    assert run(both, settings(s3), paths) == ExtractResult(NEW, areas=3, boxes_read=0, boxes_reused=2)
    at_once = ProjectPaths(paths.root / "other", "sample")
    run(both, settings(s3), at_once)
    assert at_once.overture.read_bytes() == paths.overture.read_bytes()


def test_another_release_is_read_anew_and_the_old_one_stays_until_then(s3: Bucket, paths: ProjectPaths) -> None:
    run(cells((-3, 5)), settings(s3), paths)
    before = paths.overture.read_bytes()
    s3.publish(OLD, encoded([area("zz", (-9, 0, 9, 15))]))
    s3.refusals = [403]
    with pytest.raises(SourceError, match="answered 403"):
        run(cells((-3, 5)), settings(s3, release=OLD), paths)
    assert paths.overture.read_bytes() == before
    run(cells((-3, 5)), settings(s3, release=OLD), paths)
    assert kept(paths) == ["zz"]


def test_a_connection_that_breaks_or_a_busy_bucket_is_asked_again(s3: Bucket, paths: ProjectPaths) -> None:
    s3.cuts = 1
    s3.refusals = [503]
    run(cells((-3, 5)), settings(s3), paths)
    assert (kept(paths), s3.cuts, s3.refusals) == (["ce", "ce-r"], 0, [])


def test_a_run_that_fails_goes_on_where_it_was(s3: Bucket, paths: ProjectPaths) -> None:
    both = cells((-3, 5), (55, 5))

    def interrupted(boxes: Any, _: str, __: int) -> Iterator[Box]:
        yield next(iter(boxes))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract(both, settings(s3), paths, HttpClient(IMPATIENT), interrupted)
    assert not paths.overture.exists()
    (first,) = paths.scratch("overture").rglob("*.parquet")
    content = first.read_bytes()
    shutil.copy(first, paths.root / "first.parquet")
    asked: list[Box] = []

    def noted(boxes: Any, _: str, __: int) -> Iterator[Box]:
        for box in boxes:
            asked.append(box)
            yield box

    extract(both, settings(s3), paths, HttpClient(IMPATIENT), noted)
    assert (len(asked), kept(paths)) == (1, ["ce", "ce-r", "ch"])
    assert (paths.root / "first.parquet").read_bytes() == content
    assert not paths.scratch("overture").exists()


def test_a_bucket_that_never_answers_is_an_error_that_says_what_to_do(s3: Bucket, paths: ProjectPaths) -> None:
    s3.refusals = [503] * 20
    with pytest.raises(SourceError, match=r"Overture Maps 2026-10-21\.0: .*503.*after 3 attempts"):
        run(cells((-3, 5)), settings(s3), paths)
    nowhere = settings(None, s3_endpoint="http://127.0.0.1:1")
    with pytest.raises(SourceError, match="after 3 attempts"):
        run(cells((-3, 5)), nowhere, paths)


def test_a_bucket_without_a_release_that_there_is_points_to_what_is_between(
    s3: Bucket, world: Publishers, paths: ProjectPaths
) -> None:
    with pytest.raises(SourceError, match=r"holds no release 2026-09-23\.1 .*; but https://stac\..* names it\. Check"):
        run(cells((-3, 5)), settings(s3, release=OLD), paths)


def test_without_cells_or_with_a_broken_archive_the_error_says_what_to_do(s3: Bucket, paths: ProjectPaths) -> None:
    with pytest.raises(BuildError, match="No cell holds a record"):
        run(CELLS.empty_table(), settings(s3), paths)
    paths.overture.parent.mkdir(parents=True)
    paths.overture.write_bytes(b"PAR1 no more")
    with pytest.raises(BuildError, match=r"overture\.parquet is not a valid Parquet file: .* Delete it"):
        run(cells((-3, 5)), settings(s3), paths)


def test_a_secret_of_the_user_for_the_bucket_does_not_come_before_ours(
    s3: Bucket, paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with duckdb.connect() as connection:
        load_extension(connection, "httpfs")
        connection.execute(
            "CREATE PERSISTENT SECRET mine (TYPE s3, SCOPE 's3://overturemaps-us-west-2', ENDPOINT '127.0.0.1:1')"
        )
    run(cells((-3, 5)), settings(s3), paths)
    assert kept(paths) == ["ce", "ce-r"]


def test_no_land_at_all_is_an_error(s3: Bucket, paths: ProjectPaths) -> None:
    with pytest.raises(SourceError, match="has no land of country, region around the records"):
        run(cells((-3, -60)), settings(s3), paths)


def test_a_release_of_other_columns_is_refused(s3: Bucket, paths: ProjectPaths) -> None:
    fewer = SCHEMA.remove(SCHEMA.get_field_index("is_land"))
    s3.publish(OLD, encoded([area("zz", (0, 0, 1, 1))], schema=fewer))
    with pytest.raises(SourceError, match=r"Overture Maps 2026-09-23\.1 has no column is_land"):
        run(cells((0, 0)), settings(s3, release=OLD), paths)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publishers]:
    """The web, of which this process sees nothing else; with the catalogue of releases."""
    with Publishers(tmp_path) as web:
        for name, value in web.environment().items():
            monkeypatch.setenv(name, value)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, "127.0.0.1")
        web.plain.publish("stac.overturemaps.org", "/catalog.json", json.dumps(STAC).encode())
        yield web


def test_the_releases_that_there_are_come_newest_first(world: Publishers) -> None:
    assert live_releases(HttpClient(IMPATIENT)) == [NEW, OLD]


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        b'{"links": []}',
        b'{"links": [{"rel": "child", "href": "2026-09-23.' + b"9" * 5000 + b'"}]}',
        b'{"links": [{"rel": "child"}]}',
        b'{"links": 1}',
    ],
)
def test_a_catalogue_that_names_none_is_an_error(world: Publishers, body: bytes) -> None:
    world.plain.publish("stac.overturemaps.org", "/catalog.json", body)
    with pytest.raises(SourceError, match=r"https://stac\.overturemaps\.org/catalog\.json (is no|names no)"):
        live_releases(HttpClient(IMPATIENT))


def test_a_release_that_is_gone_names_those_that_there_are(s3: Bucket, world: Publishers, paths: ProjectPaths) -> None:
    with pytest.raises(SourceError) as gone:
        run(cells((-3, 5)), settings(s3, release="2024-01-01.0"), paths)
    said = str(gone.value)
    assert f"holds no release 2024-01-01.0 of Overture Maps, which keeps only its newest ones. There are: {NEW}" in said
    assert "say `release: latest` under boundaries in params.yaml and run `make update KEY=overture`; or" in said
    assert "write `boundaries: {source: naturalearth}` in params.yaml" in said
    world.fault("stac.overturemaps.org", "/", Fault.status(500, times=None))
    with pytest.raises(SourceError, match="could not be asked"):
        run(cells((-3, 5)), settings(s3, release="2024-01-01.0"), paths)


def test_boxes_are_around_the_cells_of_a_tile_and_reach_over_the_antimeridian() -> None:
    (one,) = boxes_around(cells((10, 50), (12, 48)), margin_km=50)
    assert one.contains(Box(9.0, 47.0, 13.0, 51.0))
    assert not one.contains(Box(5.0, 47.0, 13.0, 51.0))
    assert len(boxes_around(cells((10, 50), (12, 48), (40, 50)), 50)) == 2
    fiji = boxes_around(cells((179.5, -17)), 50)
    assert [(box.west, box.east) for box in fiji] == [(-180, pytest.approx(-179.2, abs=0.1)), (178.21, 180)]
    (pole,) = boxes_around(cells((0, 89.9)), 50)
    assert (pole.west, pole.east, pole.north) == (-180, 180, 90)


def test_a_file_that_says_whom_to_trust_must_be_there(s3: Bucket, paths: ProjectPaths) -> None:
    with pytest.raises(BuildError, match=r"ca_cert_file in params\.yaml: there is no file /nowhere\.pem"):
        run(cells((-3, 5)), settings(s3, ca_cert_file="/nowhere.pem"), paths)


def test_the_true_address_is_reached_through_a_proxy_that_has_an_authority_of_its_own(
    world: Publishers, paths: ProjectPaths, release: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    amazon = Amazon(NEW, release)
    world.join(amazon)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(SourceError, match=r"certificate is not trusted here .*ca_cert_file in params\.yaml"):
        run(cells((-3, 5)), settings(None), paths)
    run(cells((-3, 5)), settings(None, ca_cert_file=str(tmp_path / "publishers.pem")), paths)
    assert kept(paths) == ["ce", "ce-r"]
    (host,) = amazon.hosts
    read = sum(request.body_bytes_sent for request in world.asked(host, method="GET"))
    assert 0 < read < 0.15 * sum(map(len, release))
    other = ProjectPaths(paths.root / "other", "sample")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "publishers.pem"))
    world.fault(host, "/release", Fault.cut(100))
    run(cells((-3, 5)), settings(None), other)
    assert other.overture.read_bytes() == paths.overture.read_bytes()


def test_the_password_of_a_proxy_is_in_no_message(
    world: Publishers, paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://me:proxy-secret@127.0.0.1:9")
    with pytest.raises(SourceError) as failed:
        run(cells((-3, 5)), settings(None), paths)
    assert "proxy-secret" not in "".join(traceback.format_exception(failed.value))
