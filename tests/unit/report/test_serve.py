"""The web server of the report folder: what it answers, and to whom."""

import asyncio
import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.core.errors import ServerError
from loaders.report.serve import LOOPBACK, address, listen, serve
from loaders.report.web.security import header_policy

SCRIPT = b'eoPvFile("map/meta","H4sIAAAA");'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    report = root / "report"
    (report / "map").mkdir(parents=True)
    (report / "docs").mkdir()
    (root / "secret.txt").write_text("secret")
    (root / "report-of-another").mkdir()
    (root / "report-of-another" / "index.html").write_text("secret")
    (report / "index.html").write_text("<!doctype html><title>Report</title>", encoding="utf-8")
    (report / "docs" / "index.html").write_text("<!doctype html><title>Docs</title>", encoding="utf-8")
    (report / "map" / "meta.js").write_bytes(SCRIPT)
    for name in ("style.css", "picture.svg", "summary.md", "noending"):
        (report / name).write_text("x")
    (report / "link.txt").symlink_to(root / "secret.txt")
    (report / "up").symlink_to(root)
    return report


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    listener = listen(0)
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    task = loop.create_task(serve(folder, listener, ready.set, "https://tiles.org/{z}/{x}/{y}"))

    def run() -> None:
        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(5)
    yield listener.getsockname()[1]
    loop.call_soon_threadsafe(task.cancel)
    thread.join(5)
    assert not thread.is_alive()
    loop.close()


def _ask(port: int, target: str, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    host = headers.pop("host", f"{LOOPBACK}:{port}")
    connection.putrequest(method, target, skip_host=True)
    for name, value in {"Host": host, **headers}.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, answer.headers, content


def test_the_folder_itself_is_the_report(port: int) -> None:
    status, headers, content = _ask(port, "/")
    assert (status, content) == (200, b"<!doctype html><title>Report</title>")
    assert headers["Content-Security-Policy"] == header_policy("https://tiles.org/{z}/{x}/{y}")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-cache"
    assert "Server" not in headers


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("map/meta.js", "text/javascript; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("picture.svg", "image/svg+xml"),
        ("summary.md", "text/plain; charset=utf-8"),
        ("noending", "application/octet-stream"),
    ],
)
def test_the_type_is_by_the_ending(name: str, content_type: str, port: int) -> None:
    status, headers, _ = _ask(port, f"/{name}?v=1")
    assert (status, headers["Content-Type"]) == (200, content_type)


def test_a_folder_without_its_slash_is_sent_to_it(port: int) -> None:
    status, headers, _ = _ask(port, "/docs")
    assert (status, headers["Location"]) == (301, "/docs/")
    assert _ask(port, "/docs/")[2] == b"<!doctype html><title>Docs</title>"


@pytest.mark.parametrize(
    ("asked", "content", "content_range"),
    [
        ("bytes=0-5", SCRIPT[:6], f"bytes 0-5/{len(SCRIPT)}"),
        ("bytes=-4", SCRIPT[-4:], f"bytes {len(SCRIPT) - 4}-{len(SCRIPT) - 1}/{len(SCRIPT)}"),
        ("bytes=6-", SCRIPT[6:], f"bytes 6-{len(SCRIPT) - 1}/{len(SCRIPT)}"),
    ],
)
def test_a_range_is_that_part(asked: str, content: bytes, content_range: str, port: int) -> None:
    status, headers, part = _ask(port, "/map/meta.js", Range=asked)
    assert (status, part, headers["Content-Range"]) == (206, content, content_range)
    assert headers["Accept-Ranges"] == "bytes"


def test_a_range_past_the_end_is_refused(port: int) -> None:
    status, headers, _ = _ask(port, "/map/meta.js", Range="bytes=900-")
    assert (status, headers["Content-Range"]) == (416, f"bytes */{len(SCRIPT)}")


def test_an_unchanged_file_is_not_sent_again_a_changed_one_is(port: int, folder: Path) -> None:
    path = folder / "changing.js"
    path.write_text("first")
    first = _ask(port, "/changing.js")[1]
    assert _ask(port, "/changing.js", If_None_Match=first["ETag"])[0] == 304
    assert _ask(port, "/changing.js", If_Modified_Since=first["Last-Modified"])[0] == 304
    path.write_text("second")
    status, second, content = _ask(port, "/changing.js", If_None_Match=first["ETag"])
    assert (status, content) == (200, b"second")
    assert second["ETag"] != first["ETag"]


def test_head_has_the_length_alone(port: int) -> None:
    status, headers, content = _ask(port, "/map/meta.js", "HEAD")
    assert (status, headers["Content-Length"], content) == (200, str(len(SCRIPT)), b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_nothing_but_reading_is_allowed(method: str, port: int) -> None:
    assert _ask(port, "/index.html", method)[0] == 405


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/map/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/map/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "//secret.txt",
        "/%2f%2fetc/passwd",
        "/etc/passwd",
        "/../report-of-another/",
        "/link.txt",
        "/up/secret.txt",
        "/map/",
        "/map/meta.js%00.html",
        "/%ff",
    ],
)
def test_nothing_outside_of_the_folder_is_sent(target: str, port: int) -> None:
    status, headers, content = _ask(port, target)
    assert status in {400, 403, 404}
    assert b"secret" not in content
    assert b"root:" not in content
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.", "[::1]", ""]
)
def test_a_name_of_elsewhere_is_refused(host: str, port: int) -> None:
    status, _, content = _ask(port, "/index.html", host=host)
    assert status in {400, 421}
    assert b"Report" not in content


def test_this_machine_by_its_other_name_is_answered(port: int) -> None:
    assert _ask(port, "/index.html", host=f"localhost:{port}")[0] == 200


def test_a_missing_file_is_one_line_without_the_request(port: int) -> None:
    status, headers, content = _ask(port, "/%3Cscript%3E")
    assert (status, content) == (404, b"404 Not Found\n")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"


def test_only_this_machine_reaches_it() -> None:
    listener = listen(0)
    host, port = listener.getsockname()
    assert host == "127.0.0.1"
    assert address(listener) == f"http://127.0.0.1:{port}/"
    with pytest.raises(ServerError, match=rf"Port {port} of 127\.0\.0\.1 cannot be used \(Address already in use\)"):
        listen(port)
    listener.close()
