"""What datahugger lists, and what it cannot; and addresses that are no pages of a repository."""

from dataclasses import dataclass, replace

import pytest

from loaders.acquire.lock import LockedFile
from loaders.acquire.publishers.api.session import PublisherSession
from loaders.acquire.publishers.doi import query_page
from tests.publishers import Publishers
from tests.publishers.answers import Answer, Asked, document, page
from tests.publishers.dois import Doi
from tests.unit.acquire.publishers.repositories import (
    CLIENT,
    asked,
    names,
    refused,
)


@dataclass(frozen=True)
class Dryad:
    """A repository that datahugger lists: datadryad.org, whose lists come in pages that it does not follow."""

    following: str | None
    name: object = "farms.csv"
    hosts = ("datadryad.org",)

    def answer(self, asked_for: Asked) -> Answer:
        if not asked_for.path.startswith("/api/"):
            return page("Dryad")
        if "/versions/" not in asked_for.path:
            return document({"_links": {"stash:version": {"href": "/api/v2/versions/7"}}})
        link = {"stash:download": {"href": "/api/v2/files/9/download"}}
        links = {"next": {"href": self.following}} if self.following else {}
        files = [{"path": self.name, "size": 3, "_links": link}]
        return document({"_links": links, "_embedded": {"stash:files": files}})


def dryad(web: Publishers, following: str | None, name: object = "farms.csv") -> str:
    doi = "10.5061/dryad.abc"
    web.dois.publish(Doi(doi, f"https://datadryad.org/stash/dataset/doi:{doi}"))
    web.leave("datadryad.org")
    web.join(Dryad(following, name))
    return doi


def test_a_list_of_which_datahugger_reads_one_page_is_refused(web: Publishers) -> None:
    assert names(asked(doi=dryad(web, None))) == {"farms.csv"}
    message = refused(doi=dryad(web, "/api/v2/versions/7/files?page=2"))
    assert "in several pages, of which only the first can be read" in message


@pytest.mark.parametrize("name", [None, "", " ", ["a"], 7])
def test_a_file_that_datahugger_lists_without_a_name_is_an_error(name: object, web: Publishers) -> None:
    assert "1 of them without a name" in refused(doi=dryad(web, None, name))


def test_a_page_of_no_repository_is_the_address_of_a_file(web: Publishers) -> None:
    web.plain.publish("files.example.org", "/catalog/item/66c", b"{}")
    listing = asked(url="https://files.example.org/catalog/item/66c")
    assert listing.record.repository == "url"
    assert (
        listing.files[0]
        == replace(listing.files[0], name="66c", bytes=2)
        == LockedFile("66c", 2, None, "https://files.example.org/catalog/item/66c", listing.files[0].validator)
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://zenodo.org/records/5005868/files/farms.geojson?download=1",
        "https://ndownloader.figshare.com/files/24115691",
        "https://www.sciencebase.gov/catalog/file/get/66707f69?name=farms.zip",
        "https://dataverse.harvard.edu/api/access/datafile/12345?format=original",
        "https://osf.io/download/ab1cd/",
        "https://files.osf.io/v1/resources/ab1cd/providers/osfstorage/5f9a",
        "https://example.org/articles/dataset/farms/3385780",
        "https://sciencebase.gov.example.org/catalog/item/66707f69",
        "https://[/x",
    ],
)
def test_the_address_of_a_file_is_no_page_of_a_record(address: str, web: Publishers) -> None:
    assert query_page(address, None, PublisherSession(CLIENT, "farms")) is None
    assert web.requests == []
