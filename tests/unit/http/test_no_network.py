"""Without a network, one sentence says so, at once; a host that alone cannot be found is another matter."""

import errno
import socket
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from loaders.boundaries.overture.release import open_release
from loaders.core.errors import NoNetworkError, SourceError
from loaders.http import network
from loaders.http.client import HttpClient
from loaders.http.network import is_connected, is_unresolved
from loaders.settings.build import Boundaries
from loaders.settings.download import Download
from tests.unit.conftest import Run

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
SOURCES: tuple[dict[str, str], ...] = (
    *({"doi": f"10.5281/zenodo.{number}"} for number in (4059881, 5005867, 14827819)),
    {"doi": "10.6084/m9.figshare.3385780.v4"},
    {"doi": "10.5066/P9IA3TUS"},
    {"github": f"owner/repository@{'a' * 40}:farms.geojson"},
    {"url": "https://data.example.org/farms.zip"},
    {"url": "https://data.example.com/farms.geojson"},
)
PATIENT = {"attempts": 5, "backoff_s": 5.0}  # any retry would be noticed


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that are looked up, in vain; only known ones and addresses are found."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    requests: list[str] = []

    def getaddrinfo(host: Any, *_: Any, **__: Any) -> Any:
        requests.append(str(host))
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return requests


@pytest.fixture
def published(project: Path) -> Path:
    """A project of eight published datasets, none of them here."""
    datasets = {f"farms_{number}": {"source": source} for number, source in enumerate(SOURCES)}
    (project / "params.yaml").write_text(yaml.safe_dump({"origin": "doi", "download": PATIENT, "datasets": datasets}))
    return project


@pytest.mark.parametrize("command", [("prefetch",), ("update",), ("ingest", "--all"), ("resolve", "farms_0")])
def test_it_is_said_once_for_all_datasets_and_at_once(
    command: tuple[str, ...], published: Path, lookups: list[str], eo_pv: Run
) -> None:
    start = time.monotonic()
    code, out, err = eo_pv(*command)
    (sentence,) = [line for line in err.splitlines() if line]
    assert (code, out) == (1, "")
    assert sentence.startswith("Error: No network: doi.org")
    assert " cannot be found by name. Nothing was downloaded. Check the connection" in sentence
    assert ("Traceback" in err, "attempts" in err, "farms_" in err) == (False, False, False)
    assert time.monotonic() - start < 15
    assert len(lookups) < 10


def test_a_plan_without_a_network_is_unknown_and_not_zero(published: Path, lookups: list[str], eo_pv: Run) -> None:
    code, out, err = eo_pv("plan")
    assert (code, "0.0 MB" in out) == (1, False)
    assert out.startswith("What would be downloaded is unknown: nobody could be asked.\n")
    assert err.count("No network") == 1


def test_a_host_that_alone_cannot_be_found_is_asked_for_twice_and_named(
    lookups: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.http.client.is_connected", lambda: True)
    web = HttpClient(Download(attempts=5, backoff_s=0.01))
    with pytest.raises(SourceError, match=r"data\.example\.org cannot be found by name, though others can") as failed:
        web.get("https://data.example.org/farms.zip?token=abc")
    assert not isinstance(failed.value, NoNetworkError)
    assert "abc" not in str(failed.value)
    assert lookups == ["data.example.org"] * 2


def test_a_network_that_is_lost_on_the_way_is_waited_for(lookups: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    web = HttpClient(Download(attempts=3, backoff_s=0.01))
    web._has_response = True
    with pytest.raises(SourceError, match=r"the network of this machine is gone, after 3 attempts\. What has come"):
        web.get("https://data.example.org/farms.zip")


def test_the_proxy_is_named_if_it_is_the_proxy_that_cannot_be_found(
    lookups: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:kV8-uF3x@proxy.example.org:3128")
    with pytest.raises(NoNetworkError, match=r"No network: doi\.org and proxy\.example\.org cannot be found") as failed:
        HttpClient(Download()).get("https://data.example.org/farms.zip")
    assert "kV8-uF3x" not in str(failed.value)


def test_a_machine_without_a_route_has_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_resolves", lambda _: True)
    monkeypatch.setattr(network, "_has_route", lambda *_: False)
    assert not is_connected()
    monkeypatch.setattr(network, "_has_route", lambda family, _: family == socket.AF_INET6)
    assert is_connected()


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), True),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), True),
        (ValueError(OSError(errno.ENETUNREACH, "Network is unreachable")), True),
        (OSError(errno.ECONNREFUSED, "Connection refused"), False),
        (TimeoutError("timed out"), False),
    ],
)
def test_nothing_was_sent_if_there_is_no_name_or_no_route(error: Exception, is_one: bool) -> None:
    assert is_unresolved(error) is is_one


def test_overture_maps_without_a_network_says_the_same_sentence(
    lookups: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.boundaries.overture.release.is_connected", lambda: False)
    monkeypatch.setattr("loaders.boundaries.overture.release.AMAZON", "https://nowhere.invalid")
    settings = Boundaries(source="overture", release="2026-09-23.1", s3_endpoint="https://nowhere.invalid")
    with (
        pytest.raises(NoNetworkError, match=r"No network: .* cannot be found by name\."),
        open_release(settings, HttpClient(Download(attempts=5, backoff_s=5.0))),
    ):
        pass
