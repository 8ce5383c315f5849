"""All publishers together, and what tests do with them."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.publishers.answers import Answer, Asked, ranged
from tests.publishers.dataverse import Dataverse
from tests.publishers.dois import Dois
from tests.publishers.faults import Fault, Faults
from tests.publishers.figshare import Figshare
from tests.publishers.github import GitHub
from tests.publishers.log import Log, Request
from tests.publishers.osf import Osf
from tests.publishers.plain import Plain
from tests.publishers.sciencebase import ScienceBase
from tests.publishers.server import Proxy
from tests.publishers.sites import Site
from tests.publishers.zenodo import Zenodo


class Publishers:
    """The web as far as it publishes datasets: a context in which it runs, and then is gone.

    What was published stays published until `unpublish`; every site may be changed while it runs.
    """

    def __init__(self, folder: Path) -> None:
        """The certificate that clients must trust is written into the folder."""
        self.dois = Dois()
        self.zenodo = Zenodo(self.dois)
        self.figshare = Figshare(self.dois)
        self.sciencebase = ScienceBase(self.dois)
        self.dataverse = Dataverse(self.dois)
        self.osf = Osf(self.dois)
        self.github = GitHub()
        self.plain = Plain()
        self._sites: Sequence[Site] = (
            self.dois,
            self.zenodo,
            self.figshare,
            self.sciencebase,
            self.dataverse,
            self.osf,
            self.github,
            self.plain,
        )
        self._ca = folder / "publishers.pem"
        self._faults = Faults()
        self._log = Log()
        self._proxy = Proxy(lambda host: self._site(host) is not None, self.answer, self._log)

    def __enter__(self) -> Self:
        self._proxy.start(self._ca)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Stop; a mistake of the stand-in itself fails the test, unless that has failed already."""
        self._proxy.stop()
        if error is None and self._proxy.errors:
            raise self._proxy.errors[0]

    def environment(self) -> dict[str, str]:
        """The variables by which `requests` finds the stand-in and nothing else."""
        proxy = f"http://127.0.0.1:{self._proxy.server_address[1]}"
        proxies = {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "NO_PROXY": ""}
        return {
            **proxies,
            **{name.lower(): value for name, value in proxies.items()},
            "REQUESTS_CA_BUNDLE": f"{self._ca}",
        }

    def join(self, site: Site) -> None:
        """Another publisher, beside those that are always there."""
        self._sites = (*self._sites, site)

    def leave(self, host: str) -> None:
        """Take a publisher away."""
        self._sites = tuple(site for site in self._sites if host not in site.hosts)

    def fault(self, host: str, path: str, fault: Fault) -> None:
        """Let requests fail whose path starts so (with the query; quoted or not).

        Raises:
            LookupError: there is no such host yet.
        """
        if self._site(host) is None:
            raise LookupError(f"nobody here is {host}: publish something there first")
        self._faults.add(host, path, fault)

    def heal(self) -> None:
        """Take all faults away."""
        self._faults.clear()

    @property
    def requests(self) -> list[Request]:
        """All so far, in the order in which they came; an answer that is under way has its bytes up to now."""
        return self._log.requests()

    def hosts(self) -> set[str]:
        """Those that were asked, and that exist."""
        return {request.host for request in self.requests}

    def refused(self) -> set[str]:
        """Hosts that were asked for and do not exist here: the client saw 502."""
        return set(self._proxy.refused)

    def asked(self, host: str, path_prefix: str = "", method: str | None = None) -> list[Request]:
        """Requests of a host whose path starts so."""
        return [
            request
            for request in self.requests
            if request.host == host and request.path.startswith(path_prefix) and method in {None, request.method}
        ]

    def forget(self) -> None:
        """Begin the log anew, also that of refused hosts."""
        self._log.clear()
        self._proxy.refused.clear()

    def answer(self, asked: Asked) -> Answer:
        """What the asked site answers, after its faults.

        Raises:
            LookupError: there is no such site.
        """
        site = self._site(asked.host)
        if site is None:
            raise LookupError(f"nobody here is {asked.host}")
        return ranged(asked, self._faults.strike(asked, site.answer(asked)))

    def _site(self, host: str) -> Site | None:
        return next((site for site in self._sites if host in site.hosts), None)
