"""Proxies with a password: gone through by everything that asks, shown by nothing."""

import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import boto3
import duckdb
import pytest

from loaders.core.errors import BuildError, SourceError
from loaders.core.paths import ProjectPaths
from loaders.db import ducklake as lake
from loaders.db.connection import connect, load_extension
from loaders.db.ducklake_bucket import use_bucket
from loaders.http.client import HttpClient
from loaders.http.proxy import duckdb_proxy, proxy_fault, proxy_of
from loaders.settings.download import Download
from loaders.settings.ducklake import DuckLake
from tests.forward_proxy import ForwardProxy, forward_proxy
from tests.services import CREDENTIALS, bucket_server

USER, PASSWORD = "me", "p@ss/w:rd-of-the-proxy"
NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
LAKE = DuckLake(files="s3://eo-pv/lake")
FILE = "https://data.example.org/farms.zip"


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="module")
def proxy() -> Iterator[ForwardProxy]:
    with forward_proxy(USER, PASSWORD) as running:
        yield running


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with bucket_server() as address:
        yield address


@pytest.fixture
def built(tmp_path: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build, and an environment that names the bucket."""
    boto3.resource("s3", endpoint_url=endpoint, **_keys()).Bucket("eo-pv").create()
    for name, text in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, text)
    with connect(tmp_path / "built.duckdb") as connection:
        connection.execute("CREATE SCHEMA curated")
        connection.execute("CREATE TABLE curated.plants AS SELECT 7 AS n")
    return tmp_path / "built.duckdb"


def _keys() -> dict[str, str]:
    return {
        "aws_access_key_id": CREDENTIALS["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        "region_name": CREDENTIALS["AWS_DEFAULT_REGION"],
    }


def _told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def test_a_lake_on_s3_is_written_and_read_through_a_proxy_with_a_password(
    built: Path, proxy: ForwardProxy, paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.address())
    proxy.forwarded.clear()
    lake.publish(built, ["curated"], "one", LAKE, paths)
    with lake.opened(LAKE, paths, read_only=True) as connection:
        assert connection.execute("FROM curated.plants").fetchall() == [(7,)]
    assert [line for line in proxy.forwarded if "eo-pv" in line]


def test_a_bucket_that_no_proxy_exempts_is_asked_directly(
    built: Path, proxy: ForwardProxy, paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.address())
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    proxy.forwarded.clear()
    lake.publish(built, ["curated"], "one", LAKE, paths)
    assert (proxy.forwarded, proxy.refused) == ([], 0)


def test_a_proxy_that_is_down_is_one_paragraph_without_its_password(
    built: Path, paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://me:correct-horse@127.0.0.1:9")
    with pytest.raises(
        BuildError, match=r"The tables cannot be published in the DuckLake of .*: .* It is as it"
    ) as down:
        lake.publish(built, ["curated"], "one", LAKE, paths)
    with (
        pytest.raises(
            BuildError, match=r"The files of the DuckLake of .* cannot be .*: .* the proxy and the keys"
        ) as out,
        lake.opened(LAKE, paths) as connection,
    ):
        connection.execute("CREATE TABLE lake.plants AS SELECT 7 AS n")
    with pytest.raises(SourceError, match=r"no answer of the proxy 127\.0\.0\.1 .* \(connection refused") as web:
        HttpClient(Download(attempts=1)).get("http://data.example.org/farms.zip")
    for error in (down.value, out.value, web.value):
        assert "\n" not in str(error)
        assert "correct-horse" not in _told(error)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("socks5://me:{password}@127.0.0.1:9", "names a SOCKS proxy (127.0.0.1), and only HTTP proxies can be used"),
        ("https://me:{password}@127.0.0.1:9", "DuckDB cannot use the https proxy 127.0.0.1"),
        ("http://me:{password}@127.0.0.1:99999", "is no address"),
        ("http://me:sec/{password}@127.0.0.1:9", "is no address"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_one_paragraph_without_its_password(
    address: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address.replace("{password}", "correct-horse"))
    with pytest.raises(BuildError) as failed, duckdb.connect() as connection:
        use_bucket(connection, "s3://eo-pv/lake", {})
    assert words in str(failed.value)
    assert "\n" not in str(failed.value)
    assert "correct-horse" not in _told(failed.value)

    with pytest.raises(SourceError) as failed_too:
        HttpClient(Download(attempts=1)).get(FILE)
    assert ("correct-horse" in _told(failed_too.value), "\n" in str(failed_too.value)) == (False, False)
    if "DuckDB" not in words:
        assert words in str(failed_too.value)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_certificates_that_cannot_be_used_is_named(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "authority.pem"
    if content:
        path.write_text(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(SourceError, match=r"certificates that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names cannot be"),
    ):
        HttpClient(Download(attempts=1, timeout_s=5)).get(f"https://127.0.0.1:{listener.getsockname()[1]}/x")


@pytest.mark.parametrize("password", [None, "a-wrong-password"])
def test_a_file_comes_through_a_proxy_or_the_error_says_that_the_proxy_refuses(
    password: str | None, proxy: ForwardProxy, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.address(password))
    web = HttpClient(Download(attempts=2, backoff_s=0.01))
    if password is None:
        assert web.get(f"{endpoint}/moto-api/").status_code == 200
        return
    for name, url in (("HTTP_PROXY", f"{endpoint}/moto-api/?sig=abc"), ("HTTPS_PROXY", f"{FILE}?sig=abc")):
        monkeypatch.setenv(name, proxy.address(password))
        with pytest.raises(SourceError, match=r"the proxy 127\.0\.0\.1 asks for a user name and a password") as failed:
            web.get(url)
        assert [word for word in (password, PASSWORD, "sig=abc") if word in str(failed.value)] == []


def test_requests_and_duckdb_find_the_same_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "me:p%40ss@proxy.example.org:3128")
    proxy = proxy_of(FILE)
    assert proxy is not None
    assert (proxy.scheme, proxy.host, proxy.port, proxy.user, proxy.password) == (
        *("http", "proxy.example.org", 3128),
        *("me", "p@ss"),
    )
    assert duckdb_proxy(FILE) == {
        "http_proxy": "proxy.example.org:3128",
        "http_proxy_username": "me",
        "http_proxy_password": "p@ss",
    }
    assert proxy_of("http://data.example.org") is None
    monkeypatch.setenv("no_proxy", ".example.org")
    assert (proxy_of(FILE), proxy_fault(FILE)) == (None, None)
    assert duckdb_proxy(FILE)["http_proxy"] == ""


def test_duckdb_takes_no_proxy_that_is_not_set_for_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself it takes HTTP_PROXY for every host, and fails to read one with a password."""
    monkeypatch.setenv("HTTP_PROXY", "http://me:correct-horse@127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "*")
    with duckdb.connect() as connection:
        load_extension(connection, "httpfs")
        for name, value in duckdb_proxy(FILE).items():
            connection.execute(f"SET {name} = '{value}'")
        assert connection.execute("SELECT current_setting('http_proxy')").fetchone() == ("",)


def test_a_bug_is_printed_without_the_secrets_that_its_exception_quotes(tmp_path: Path) -> None:
    script = (
        "import loaders.__main__ as m\n"
        "@m.app.command()\n"
        "def broken() -> None:\n"
        "    import logging\n"
        "    logging.getLogger('anything').error('GET https://h/x?sig=%s', 'correct-horse')\n"
        "    raise KeyError('http://me:correct-horse@proxy and PGPASSWORD=correct-horse')\n"
        "m.main()\n"
    )
    command = [sys.executable, "-c", script, "broken"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3])
    assert (done.returncode, "Traceback" in done.stderr, "KeyError" in done.stderr) == (1, True, True)
    assert "https://h/x?***" in done.stderr
    assert "correct-horse" not in done.stderr
