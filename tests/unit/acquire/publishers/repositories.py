"""Records at each repository, and the program's question in this process."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from loaders.acquire import publishers
from loaders.acquire.publishers.api.session import Listing
from loaders.core.errors import SourceError
from loaders.http.client import HttpClient
from loaders.settings.download import Download
from loaders.settings.params import Dataset
from tests.publishers import Fault, Publishers
from tests.publishers.answers import Answer, Asked, document

SCIENCEBASE, DATAVERSE, OSF = "10.5066/P9IA3TUS", "10.7910/DVN/ABC", "10.17605/OSF.IO/AB1CD"
FIGSHARE, ZENODO = "10.6084/m9.figshare.3385780.v4", "10.5281/zenodo.5005868"
DATAVERSE_API = "/api/datasets/:persistentId/versions/:latest-published"
TITLE = "United States Large-Scale Solar Photovoltaic Database"
Json = dict[str, Any]


CLIENT = HttpClient(Download(backoff_s=0, attempts=2, timeout_s=10))


PAGED = {
    "zenodo": (ZENODO, "zenodo.org", "/api/records/5005868/files"),
    "osf": (OSF, "api.osf.io", "/v2/nodes/ab1cd/files/osfstorage/"),
    "sciencebase": (SCIENCEBASE, "www.sciencebase.gov", "/catalog/items"),
    "figshare": (FIGSHARE, "api.figshare.com", "/v2/articles/3385780/versions/4/files"),
    "dataverse": (DATAVERSE, "dataverse.harvard.edu", f"{DATAVERSE_API}/files"),
}


def asked(**source: str) -> Listing:
    dataset = Dataset.model_validate({"key": "farms", "source": source})
    return publishers.query(dataset, CLIENT)


def refused(**source: str) -> str:
    with pytest.raises(SourceError) as caught:
        asked(**source)
    return str(caught.value)


def names(listing: Listing) -> set[str]:
    return {file.name for file in listing.files}


def changed(change: Callable[[Json], Any]) -> Fault:
    """An answer in JSON, changed in place, or by what is returned."""

    def changes(_: Asked, answer: Answer) -> Answer:
        stated = json.loads(b"".join(answer.content.pieces()))
        changed_document = change(stated)
        return document(stated if changed_document is None else changed_document, answer.status)

    return Fault(changes, times=None, method="GET")


def many(count: int) -> dict[str, bytes]:
    return {f"farms {number:03}.csv": b"id\n%d\n" % number for number in range(count)}


def parent(web: Publishers, *children: Mapping[str, Any]) -> None:
    """A parent item without files, and its children; each holds a file that its identifier names."""
    web.sciencebase.publish("66707f69", {}, doi=SCIENCEBASE, title=TITLE)
    for child in children:
        files = {f"{child['identifier']}.zip": b"PK"}
        web.sciencebase.publish(**{"files": files, "parent": "66707f69", "title": TITLE, **child})


def published(web: Publishers, repository: str) -> None:
    """A record whose list of files, or of children, has several pages."""
    files = many(30)
    if repository == "zenodo":
        web.zenodo.per_page = 2
        web.zenodo.publish(5005868, files)
    elif repository == "figshare":
        web.figshare.most_per_page = 2
        web.figshare.publish(3385780, files, version=4)
    elif repository == "dataverse":
        web.dataverse.publish(DATAVERSE, files)
    elif repository == "osf":
        web.osf.publish("ab1cd", files, doi=OSF)
    else:
        web.sciencebase.most_per_page = 2
        parent(web, *({"identifier": f"item{n}", "title": f"{TITLE} v{n}.0"} for n in range(9)))
