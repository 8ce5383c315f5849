"""Lists in pages end, on the host where they began, or are an error."""

from dataclasses import replace
from functools import partial

import pytest

from loaders.acquire.publishers.api.pages import MAX_PAGES
from tests.publishers import Fault, Publishers
from tests.publishers.answers import Answer, Asked
from tests.publishers.bodies import as_content
from tests.unit.acquire.publishers.repositories import (
    DATAVERSE,
    DATAVERSE_API,
    OSF,
    PAGED,
    SCIENCEBASE,
    ZENODO,
    Json,
    asked,
    changed,
    published,
    refused,
)

LINKED = {
    "zenodo": (ZENODO, "zenodo.org", "/api/records/5005868/files", ("links", "next")),
    "osf": (OSF, "api.osf.io", "/v2/nodes/ab1cd/files/osfstorage/", ("links", "next")),
    "sciencebase": (SCIENCEBASE, "www.sciencebase.gov", "/catalog/items", ("nextlink", "url")),
}
NEXT = {
    "another host": ("https://169.254.169.254/latest/meta-data", "expected an address at"),
    "another scheme": ("http://{host}{path}?page=2", "expected an address at"),
    "a file": ("file:///etc/passwd", "expected an address at"),
    "no text": (["x"], "expected an address at"),
    "no address": ("https://[", "expected an address at"),
    "itself": ("https://{host}{path}?page=2&again=1", "go round in circles"),
}


@pytest.mark.parametrize(
    ("repository", "next_page"),
    [*(("zenodo", each) for each in NEXT), ("osf", "another host"), ("sciencebase", "another host")],
)
def test_the_next_page_must_be_another_on_the_same_host(repository: str, next_page: str, web: Publishers) -> None:
    published(web, repository)
    doi, host, path, (outer, inner) = LINKED[repository]
    stated, words = NEXT[next_page]
    target = stated.format(host=host, path=path) if isinstance(stated, str) else stated
    empty: Json = {"entries": []} if next_page == "itself" else {}
    web.fault(host, path, changed(lambda stated: stated.update({outer: {inner: target}, **empty})))
    assert words in refused(doi=doi)
    assert web.refused() == set()


def _first_again(asked_for: Asked, answer: Answer, *, first: list[Answer]) -> Answer:
    """The first page, with the link to its own next page: whatever is asked for."""
    first.append(answer)
    content = b"".join(first[0].content.pieces())
    counted = content.replace(b"page=2", b"page=%d" % (len(first) + 1)).replace(b"offset=2", b"offset=%d" % len(first))
    return replace(answer, content=as_content(counted))


@pytest.mark.parametrize("repository", PAGED)
def test_a_list_that_repeats_its_first_page_is_an_error(repository: str, web: Publishers) -> None:
    published(web, repository)
    doi, host, path = PAGED[repository]
    web.fault(host, path, Fault(partial(_first_again, first=[]), times=None))
    assert "repeats entries of the pages before it" in refused(doi=doi)


def test_a_list_that_is_redirected_to_another_host_is_an_error(web: Publishers) -> None:
    published(web, "zenodo")
    web.plain.publish("files.example.org", "/files", b'{"entries": []}')
    web.fault("zenodo.org", "/api/records/5005868/files", Fault.redirect_to("https://files.example.org/files"))
    assert "are sent from https://files.example.org/files, expected zenodo.org" in refused(doi=ZENODO)


def test_a_list_of_empty_pages_ends(web: Publishers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.acquire.publishers.api.pages.MAX_PAGES", 20)
    published(web, "zenodo")
    count = iter(range(10**6))
    endless = changed(
        lambda stated: stated.update(
            entries=[], links={"next": f"https://zenodo.org/api/records/5005868/files?n={next(count)}"}
        )
    )
    web.fault("zenodo.org", "/api/records/5005868/files", endless)
    assert "more than 20 pages" in refused(doi=ZENODO)
    assert MAX_PAGES == 500


FAULTS = {
    "busy once": (Fault.status(503), None),
    "refused": (Fault.status(401, times=None), "is refused"),
    "a page": (Fault.html(title="Oops", times=None), "JSON"),
    "cut short": (Fault.garbage(times=None), "JSON"),
    "dropped once": (Fault.drop(), None),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("repository", PAGED)
def test_a_fault_in_a_list_ends_in_the_whole_list_or_in_an_error(repository: str, name: str, web: Publishers) -> None:
    published(web, repository)
    doi, host, path = PAGED[repository]
    fault, words = FAULTS[name]
    web.fault(host, path, fault)
    if words:
        assert words in refused(doi=doi)
    else:
        assert len(asked(doi=doi).files) == (1 if repository == "sciencebase" else 30)


SHORT = {
    "dataverse": (DATAVERSE, "dataverse.harvard.edu", f"{DATAVERSE_API}/files", {"totalCount": 99}),
    "sciencebase": (SCIENCEBASE, "www.sciencebase.gov", "/catalog/items", {"total": 99}),
}


@pytest.mark.parametrize("repository", SHORT)
def test_a_list_shorter_than_its_count_is_an_error(repository: str, web: Publishers) -> None:
    published(web, repository)
    doi, host, path, count = SHORT[repository]
    web.fault(host, path, changed(lambda stated: stated.update(count)))
    assert "counts 99 entries" in refused(doi=doi)
