import asyncio
import socket
import webbrowser
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from loaders.cli.view import DISPLAYS
from loaders.report import serve

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(project: Path) -> Path:
    """A project with a report."""
    report = project / "data" / "sample" / "report"
    report.mkdir(parents=True)
    (report / "index.html").write_text("<!doctype html><title>Report</title>")
    with (project / "params.yaml").open("a") as settings:
        settings.write("origin: sample\n")
    return project


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that the browser was told to open, where Ctrl-C is pressed as soon as all is ready."""
    addresses: list[str] = []
    for name in DISPLAYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("threading.Thread.start", lambda self: self.run())
    monkeypatch.setattr(webbrowser, "open", addresses.append)

    async def ready_then_stopped(
        folder: Path, listener: socket.socket, when_ready: Callable[[], None], tile_server: str | None
    ) -> None:
        assert (folder / "index.html").is_file()
        assert tile_server is None
        when_ready()
        listener.close()
        raise KeyboardInterrupt

    def run(main: Coroutine[Any, Any, None]) -> None:
        main.send(None)

    monkeypatch.setattr(serve, "serve", ready_then_stopped)
    monkeypatch.setattr(asyncio, "run", run)
    return addresses


def test_it_opens_the_browser_and_ctrl_c_ends_it(
    eo_pv: Run, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    code, output, errors = eo_pv("view")
    assert (code, errors) == (0, "")
    assert output == f"data/sample/report: {opened[0]}\nCtrl-C ends it.\n\n"
    assert opened[0].startswith("http://127.0.0.1:")


def test_without_a_display_it_says_so_and_opens_none(
    eo_pv: Run, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    code, output, errors = eo_pv("view")
    assert (code, opened) == (0, [])
    assert "data/sample/report: http://127.0.0.1:" in output
    assert errors == "This machine has no display: open the address in a browser yourself.\n"


def test_no_browser_only_prints_the_address(eo_pv: Run, opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    assert eo_pv("view", "--no-browser")[::2] == (0, "")
    assert opened == []


def test_the_port_is_the_one_asked_for(eo_pv: Run, opened: list[str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    output = eo_pv("view", "--no-browser", "--port", str(port))[1]
    assert f"http://127.0.0.1:{port}/" in output


def test_a_port_in_use_is_one_paragraph(eo_pv: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, output, errors = eo_pv("view", "--port", str(port))
    assert (code, output) == (1, "")
    assert " ".join(errors.split()) == (
        f"Error: Port {port} of 127.0.0.1 cannot be used (Address already in use). Another program, such as a second "
        "`eo-pv view`, may have it. Leave out --port to get a free one."
    )


def test_without_a_report_it_says_what_to_type(eo_pv: Run, project: Path) -> None:
    (project / "data" / "sample" / "report" / "index.html").unlink()
    code, output, errors = eo_pv("view")
    assert (code, output) == (1, "")
    assert " ".join(errors.split()) == (
        "Error: There is no report of origin sample yet: data/sample/report/index.html is missing. Run `make all`."
    )
