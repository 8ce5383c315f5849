import hashlib
import io
import json
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import datahugger
import pytest
import requests

from tests.publishers import Fault, Generated, Publishers

HOST, PATH = "files.example.org", "/solar/farms.bin"
URL = f"https://{HOST}{PATH}"
BODY = bytes(range(256)) * 40
OTHER = b"another file"
COMMIT = "fbd4" + "0" * 36
BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
ZENODO_API = "https://zenodo.org/api/records/11"


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publishers]:
    with Publishers(tmp_path) as publishers:
        for name, value in publishers.environment().items():
            monkeypatch.setenv(name, value)
        publishers.plain.publish(HOST, PATH, BODY)
        yield publishers


def get(url: str = URL, timeout: float = 5, **headers: str) -> requests.Response:
    return requests.get(
        url, headers={name.replace("_", "-"): value for name, value in headers.items()}, timeout=timeout
    )


def faulty(web: Publishers, fault: Fault) -> None:
    web.fault(HOST, "/solar/", fault)


def until_broken(url: str = URL, timeout: float = 5) -> bytes:
    """What comes before the connection breaks, which it must."""
    pieces: list[bytes] = []
    with requests.get(url, stream=True, timeout=timeout) as response, pytest.raises(BROKEN):
        pieces.extend(response.iter_content(1))
    return b"".join(pieces)


def test_a_file_comes_through_tls_with_all_that_resuming_needs(web: Publishers) -> None:
    answer = get()
    assert answer.content == BODY
    assert answer.headers["ETag"] == f'"{hashlib.md5(BODY, usedforsecurity=False).hexdigest()}"'
    assert (answer.headers["Content-Length"], answer.headers["Accept-Ranges"]) == (str(len(BODY)), "bytes")
    head = requests.head(URL, timeout=5)
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(BODY)))
    assert [(r.method, r.path, r.status, r.body_bytes_sent) for r in web.requests] == [
        ("GET", PATH, 200, len(BODY)),
        ("HEAD", PATH, 200, 0),
    ]
    assert web.asked(HOST, "/solar", "HEAD")[0].headers["user-agent"].startswith("python-requests")


def test_a_connection_is_kept_and_plain_http_is_served_too(web: Publishers) -> None:
    with requests.Session() as session:
        for url in (URL, URL, URL.replace("https", "http")):
            assert session.get(url, timeout=5).content == BODY
    assert web.hosts() == {HOST}


def test_a_host_that_nobody_is_is_refused(web: Publishers) -> None:
    with pytest.raises(requests.exceptions.ProxyError, match="502"):
        get("https://elsewhere.example.org/")
    assert get("http://elsewhere.example.org/").status_code == 502
    assert (web.refused(), web.requests) == ({"elsewhere.example.org"}, [])
    with pytest.raises(LookupError, match="nobody here"):
        web.fault("elsewhere.example.org", "/", Fault.drop())


def test_a_withdrawn_file_is_not_found_and_a_replaced_one_is_another(web: Publishers) -> None:
    previous = get()
    web.plain.publish(HOST, PATH, OTHER, content_type="text/csv")
    after = get()
    assert (after.content, after.headers["Content-Type"]) == (OTHER, "text/csv")
    assert previous.headers["ETag"] != after.headers["ETag"]
    assert previous.headers["Last-Modified"] != after.headers["Last-Modified"]
    web.plain.unpublish(HOST, PATH)
    assert get().status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "start", "stop"),
    [("bytes=100-", 206, 100, None), ("bytes=0-0", 206, 0, 1), ("bytes=-7", 206, -7, None), ("lines=1-", 200, 0, None)],
)
def test_a_range_is_the_part_that_was_asked_for(
    web: Publishers, asked: str, status: int, start: int, stop: int | None
) -> None:
    answer = get(Range=asked)
    assert (answer.status_code, answer.content) == (status, BODY[start:stop])
    if status == 206:
        first = start % len(BODY)
        last = first + len(answer.content) - 1
        assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(BODY)}"


def test_a_range_after_the_end_is_not_satisfiable(web: Publishers) -> None:
    answer = get(Range=f"bytes={len(BODY)}-")
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(BODY)}")


def test_if_range_sends_the_whole_of_another_version(web: Publishers) -> None:
    etag, modified = get().headers["ETag"], get().headers["Last-Modified"]
    for validator, status in ((etag, 206), (modified, 206), ('"other"', 200), (f"W/{etag}", 200)):
        assert get(Range="bytes=5-", If_Range=validator).status_code == status
    web.plain.publish(HOST, PATH, BODY, etag='W/"1"', last_modified="")
    assert get(Range="bytes=5-", If_Range='W/"1"').status_code == 200


def test_a_generated_file_is_the_same_each_time_and_can_be_asked_for_in_parts(web: Publishers) -> None:
    big = Generated(5_000_000, seed=3)
    web.plain.publish(HOST, "/big", big)
    complete = get(f"https://{HOST}/big").content
    assert hashlib.sha256(complete).hexdigest() == big.sha256() != Generated(5_000_000, seed=4).sha256()
    assert get(f"https://{HOST}/big", Range="bytes=1500000-").content == complete[1_500_000:]


def test_a_status_fault_strikes_so_often_and_then_no_more(web: Publishers) -> None:
    faulty(web, Fault.status(503, retry_after=2, times=2, skip=1))
    faulty(web, Fault.status(429, retry_after=datetime(2030, 1, 1, tzinfo=UTC), skip=4))
    answers = [get() for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 503, 503, 200, 429, 200]
    assert answers[1].headers["Retry-After"] == "2"
    assert answers[4].headers["Retry-After"] == "Tue, 01 Jan 2030 00:00:00 GMT"


def test_a_fault_can_be_for_one_method_and_can_be_healed(web: Publishers) -> None:
    faulty(web, Fault.status(403, method="HEAD", times=None))
    assert (get().status_code, requests.head(URL, timeout=5).status_code) == (200, 403)
    web.heal()
    assert requests.head(URL, timeout=5).status_code == 200


def test_a_cut_breaks_after_so_many_bytes_of_a_true_length(web: Publishers) -> None:
    faulty(web, Fault.cut(after=1000))
    assert requests.head(URL, timeout=5).ok  # and does not use the fault up
    assert until_broken() == BODY[:1000]
    assert web.requests[-1].body_bytes_sent == 1000
    assert get().content == BODY


def test_a_cut_counts_from_the_start_of_the_part(web: Publishers) -> None:
    faulty(web, Fault.cut(after=10, times=None))
    with requests.get(URL, headers={"Range": "bytes=100-"}, stream=True, timeout=5) as response:
        assert (response.status_code, response.raw.read(10)) == (206, BODY[100:110])


def test_a_stall_is_silent_until_the_client_gives_up_or_it_breaks(web: Publishers) -> None:
    faulty(web, Fault.stall(after=500))
    assert until_broken(timeout=0.3) == BODY[:500]
    faulty(web, Fault.stall(after=500, seconds=0.2))
    assert until_broken() == BODY[:500]
    faulty(web, Fault.stall(after=None))
    with pytest.raises(requests.ReadTimeout):
        get(timeout=0.3)


def test_the_stand_in_ends_although_a_client_waits(tmp_path: Path) -> None:
    with Publishers(tmp_path) as web, requests.Session() as session:
        web.plain.publish(HOST, PATH, BODY)
        web.fault(HOST, PATH, Fault.stall(after=0, seconds=600))
        proxies, trusted = {"https": web.environment()["HTTPS_PROXY"]}, web.environment()["REQUESTS_CA_BUNDLE"]
        response = session.get(URL, stream=True, proxies=proxies, verify=trusted, timeout=60)
        begin = time.monotonic()
    assert time.monotonic() - begin < 2
    with pytest.raises(BROKEN):
        response.content  # noqa: B018 (it is read here)


def test_slow_takes_its_time(web: Publishers) -> None:
    faulty(web, Fault.slow(bytes_per_second=len(BODY) / 0.5))
    begin = time.monotonic()
    assert get().content == BODY
    assert 0.4 < time.monotonic() - begin < 3


def test_a_corrupt_file_differs_in_one_byte(web: Publishers) -> None:
    true = get()
    faulty(web, Fault.corrupt(at=7, times=None))
    wrong = get()
    assert [place for place, (a, b) in enumerate(zip(BODY, wrong.content, strict=True)) if a != b] == [7]
    assert wrong.headers["ETag"] == true.headers["ETag"]
    assert get(Range="bytes=7-").content == wrong.content[7:]


@pytest.mark.parametrize(
    ("fault", "body"), [(Fault.short(by=3), BODY[:-3]), (Fault.long(by=3), BODY + bytes(3))], ids=["short", "long"]
)
def test_a_wrong_length_is_that_of_the_wrong_body(web: Publishers, fault: Fault, body: bytes) -> None:
    faulty(web, fault)
    answer = get()
    assert (answer.content, answer.headers["Content-Length"]) == (body, str(len(body)))


def test_pages_and_garbage_come_with_status_200(web: Publishers) -> None:
    faulty(web, Fault.html("Just a moment..."))
    faulty(web, Fault.garbage(skip=1))
    page, garbage = get(), get()
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<title>Just a moment...</title>" in page.text
    assert (garbage.status_code, garbage.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        garbage.json()


def test_redirects_lead_elsewhere_or_nowhere(web: Publishers) -> None:
    web.plain.publish("other.example.org", "/x", OTHER)
    faulty(web, Fault.redirect_to("https://other.example.org/x"))
    assert get().content == OTHER
    faulty(web, Fault.redirect_loop())
    with pytest.raises(requests.TooManyRedirects):
        get()


def test_a_length_can_be_left_out_in_both_ways(web: Publishers) -> None:
    faulty(web, Fault.no_length())
    faulty(web, Fault.no_length_close(skip=1))
    chunked, closed = get(), get()
    assert chunked.content == closed.content == BODY
    assert chunked.headers["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in {*chunked.headers, *closed.headers}
    assert "Transfer-Encoding" not in closed.headers


def test_faults_add_up(web: Publishers) -> None:
    faulty(web, Fault.no_length())
    faulty(web, Fault.cut(after=1000))
    assert until_broken() == BODY[:1000]


def test_ranges_and_validators_can_be_missing(web: Publishers) -> None:
    faulty(web, Fault.ignore_range())
    faulty(web, Fault.no_validator(skip=1))
    complete, bare = get(Range="bytes=5-"), get()
    assert (complete.status_code, complete.content) == (200, BODY)
    assert not {"ETag", "Last-Modified"} & set(bare.headers)


def test_a_dropped_connection_has_no_answer(web: Publishers) -> None:
    faulty(web, Fault.drop())
    with pytest.raises(requests.ConnectionError):
        get()
    assert web.requests[0].status == 0
    web.forget()
    assert web.requests == []


def test_a_file_can_change_between_two_requests(web: Publishers) -> None:
    faulty(web, Fault.etag_changes(content=OTHER))
    first = get()
    again = get(Range="bytes=5-", If_Range=first.headers["ETag"])
    assert (first.content, again.status_code, again.content) == (BODY, 200, OTHER)
    assert first.headers["ETag"] != again.headers["ETag"]


def test_datahugger_finds_a_record_of_zenodo_also_by_the_doi_of_all_versions(web: Publishers) -> None:
    web.zenodo.publish(9, concept=8, files={"old.bin": OTHER})
    web.zenodo.publish(11, concept=8, files={"a b.bin": BODY})
    md5 = hashlib.md5(BODY, usedforsecurity=False).hexdigest()
    for doi in ("10.5281/zenodo.11", "10.5281/zenodo.8"):
        (file,) = datahugger.info(doi).files
        assert (file["name"], file["size"], file["hash_type"], file["hash"]) == ("a b.bin", len(BODY), "md5", md5)
        assert get(file["link"]).content == BODY
    assert get("https://zenodo.org/api/records/8").url == ZENODO_API
    web.zenodo.unpublish(11)
    assert get(ZENODO_API).json()["status"] == 404


def test_zenodo_answers_in_two_shapes(web: Publishers) -> None:
    web.zenodo.publish(11, files={"a.bin": BODY})
    assert get(ZENODO_API).json()["metadata"]["license"] == {"id": "cc-by-4.0"}
    new = get(ZENODO_API, Accept="application/vnd.inveniordm.v1+json").json()
    assert new["files"]["entries"]["a.bin"]["size"] == len(BODY)
    web.zenodo.publish(11, files={"a.bin": OTHER}, shape="rdm")
    entry = get(ZENODO_API).json()["files"]["entries"]["a.bin"]
    assert get(entry["links"]["content"]).content == OTHER
    assert get(f"{ZENODO_API}/files").json()["entries"] == [entry]


def test_datahugger_finds_an_article_of_figshare_and_its_versions(web: Publishers) -> None:
    web.figshare.publish(33, version=1, files={"a.bin": OTHER})
    web.figshare.publish(33, version=2, files={"a.bin": BODY}, licence="CC0")
    for doi, body in (("33", BODY), ("33.v2", BODY), ("33.v1", OTHER)):
        (file,) = datahugger.info(f"10.6084/m9.figshare.{doi}").files
        answer = get(file["link"])
        assert answer.content == body
        assert answer.url.startswith("https://s3-eu-west-1.amazonaws.com/pfigshare-u-files/")
    assert get("https://api.figshare.com/v2/articles/33").json()["license"]["name"] == "CC0"
    web.figshare.unpublish(33, version=2)
    assert get("https://api.figshare.com/v2/articles/33").json()["version"] == 1


def test_datahugger_finds_a_dataset_of_dataverse(web: Publishers) -> None:
    web.dataverse.publish(doi="10.7910/DVN/ABC", files={"a.bin": BODY})
    (file,) = datahugger.info("10.7910/DVN/ABC").files
    assert (file["name"], file["size"]) == ("a.bin", len(BODY))
    assert get(file["link"]).content == BODY


def test_datahugger_sees_ten_files_of_an_article_and_no_table_as_it_was_deposited(web: Publishers) -> None:
    web.figshare.publish(33, {f"{number}.bin": BODY for number in range(12)})
    assert len(datahugger.info("10.6084/m9.figshare.33").files) == 10
    assert len(get("https://api.figshare.com/v2/articles/33/files?page=2").json()) == 2
    web.dataverse.publish(doi="10.7910/DVN/ABC", files={}, tables={"farms.csv": b"a,b"})
    (file,) = datahugger.info("10.7910/DVN/ABC").files
    assert (file["name"], get(file["link"]).content) == ("farms.tab", b"a\tb")
    assert file["hash"] == hashlib.md5(b"a,b", usedforsecurity=False).hexdigest()
    assert get(f"{file['link']}?format=original").content == b"a,b"


def test_dataverse_lists_files_in_pages_with_their_folders(web: Publishers) -> None:
    web.dataverse.publish(
        doi="10.7910/DVN/ABC", files={f"{number}.bin": BODY for number in range(25)} | {"n/a.bin": OTHER}
    )
    url = "https://dataverse.harvard.edu/api/datasets/:persistentId/versions/:latest-published/files"
    answer = get(f"{url}?persistentId=doi:10.7910/DVN/ABC&limit=1000&offset=25").json()
    assert (answer["totalCount"], [file["directoryLabel"] for file in answer["data"]]) == (26, ["n"])


def test_osf_lists_folders_in_pages_of_ten(web: Publishers) -> None:
    web.osf.publish(
        "ab1cd", {f"{number}.bin": BODY for number in range(11)} | {"n/a.bin": OTHER}, doi="10.17605/OSF.IO/AB1CD"
    )
    assert get("https://doi.org/10.17605/OSF.IO/AB1CD").url == "https://osf.io/ab1cd/"
    (storage,) = get("https://api.osf.io/v2/nodes/ab1cd/files/").json()["data"]
    first = get(f"https://api.osf.io/v2/nodes/ab1cd/files/{storage['attributes']['provider']}/").json()
    second = get(first["links"]["next"]).json()
    assert ([len(page["data"]) for page in (first, second)], second["links"]["next"]) == ([10, 2], None)
    href = second["data"][1]["relationships"]["files"]["links"]["related"]["href"]
    (file,) = get(href).json()["data"]
    assert file["attributes"]["materialized_path"] == "/n/a.bin"
    assert get(file["links"]["download"]).content == OTHER


def test_sciencebase_lists_children_in_pages(web: Publishers) -> None:
    web.sciencebase.publish("66c", {}, doi="10.5066/P9X")
    for number in range(21):
        web.sciencebase.publish(f"66c{number}", {}, parent="66c", title=f"Farms v{number}")
    first = get("https://www.sciencebase.gov/catalog/items?parentId=66c&format=json&fields=title").json()
    second = get(first["nextlink"]["url"]).json()
    assert (first["total"], len(first["items"]), [item["title"] for item in second["items"]]) == (21, 20, ["Farms v20"])
    assert "nextlink" not in second
    assert get("https://www.sciencebase.gov/catalog/item/66c?format=json").json()["hasChildren"] is True


def test_an_unknown_doi_is_not_found(web: Publishers) -> None:
    assert get("https://doi.org/10.5281/zenodo.1").status_code == 404
    assert get("https://api.datacite.org/dois/10.5281%2Fzenodo.1").status_code == 404


@pytest.mark.parametrize("shape", ["files", "facets"])
def test_sciencebase_lists_files_in_two_places(web: Publishers, shape: str) -> None:
    web.sciencebase.publish(
        "66c", doi="10.5066/P9X", files={"a.zip": BODY}, shape="files" if shape == "files" else "facets"
    )
    landing = get("https://doi.org/10.5066/P9X")
    assert (landing.url, landing.status_code) == ("https://www.sciencebase.gov/catalog/item/66c", 200)
    item = get(f"{landing.url}?format=json").json()
    (file,) = item["files"] if shape == "files" else item["facets"][0]["files"]
    assert (file["checksum"] is None) == (shape == "facets")
    assert get(file["url"]).content == BODY
    missing = get("https://www.sciencebase.gov/catalog/item/none?format=json")
    assert (missing.status_code, list(missing.json()["errors"])) == (404, ["message"])


def test_datacite_knows_every_doi(web: Publishers) -> None:
    web.sciencebase.publish("66c", doi="10.5066/P9X", files={}, title="Farms", licence="CC0", year=2016)
    document = get("https://api.datacite.org/dois/10.5066%2FP9X").json()["data"]["attributes"]
    assert (document["titles"], document["publicationYear"]) == ([{"title": "Farms"}], 2016)
    assert document["rightsList"][0]["rightsIdentifier"] == "cc0-1.0"


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed here")
def test_git_reads_the_refs_of_a_repository(web: Publishers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web.github.publish("a/b", files={}, commit=COMMIT, tags=["v1"], annotated_tags=["v2"])
    monkeypatch.setenv("GIT_SSL_CAINFO", web.environment()["REQUESTS_CA_BUNDLE"])
    command = ["git", "ls-remote", "https://github.com/a/b.git"]
    listed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    refs = {name: commit for commit, name in (line.split() for line in listed.stdout.splitlines())}
    assert refs.pop("refs/tags/v2") != COMMIT
    assert refs == dict.fromkeys(["HEAD", "refs/heads/main", "refs/tags/v1", "refs/tags/v2^{}"], COMMIT)


def test_github_serves_files_assets_and_archives(web: Publishers) -> None:
    web.github.publish(
        "a/b", files={"data/x y.txt": BODY}, commit=COMMIT, tags=["v1"], releases={"v1": {"asset.zip": OTHER}}
    )
    assert get(f"https://raw.githubusercontent.com/a/b/{COMMIT}/data/x%20y.txt").content == BODY
    asset = get("https://github.com/a/b/releases/download/v1/asset.zip")
    assert (asset.content, asset.url.split("/")[2]) == (OTHER, "release-assets.githubusercontent.com")
    blob = hashlib.sha1(b"blob %d\0%b" % (len(BODY), BODY), usedforsecurity=False).hexdigest()
    described = {"path": "data/x y.txt", "type": "blob", "sha": blob, "size": len(BODY)}
    api = "https://api.github.com/repos/a/b"
    assert get(f"{api}/git/trees/{COMMIT}?recursive=1").json()["tree"] == [described]
    assert get(f"{api}/contents/data/x%20y.txt?ref={COMMIT}").json() == described
    (document,) = get(f"{api}/releases/tags/v1").json()["assets"]
    assert (document["name"], document["digest"]) == ("asset.zip", f"sha256:{hashlib.sha256(OTHER).hexdigest()}")
    assert get(f"{api}/releases/tags/v2").status_code == 404
    archive = get(f"https://codeload.github.com/a/b/zip/{COMMIT}")
    assert "Content-Length" not in archive.headers
    with zipfile.ZipFile(io.BytesIO(archive.content)) as unzipped:
        assert unzipped.read(f"b-{COMMIT}/data/x y.txt") == BODY
    assert get("https://github.com/a/c.git/info/refs?service=git-upload-pack").status_code == 401
    web.github.unpublish("a/b")
    assert get(f"https://codeload.github.com/a/b/zip/{COMMIT}").status_code == 404


def test_answers_of_every_site_are_json_that_can_fail(web: Publishers) -> None:
    web.zenodo.publish(11, files={"a.bin": BODY})
    web.fault("zenodo.org", "/api/records/11", Fault.short(by=1))
    with pytest.raises(json.JSONDecodeError):
        get(ZENODO_API).json()
