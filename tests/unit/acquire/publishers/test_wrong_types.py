"""Whatever a publisher sends, it is understood or it is an error in one paragraph."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from loaders.acquire import publishers
from loaders.core.errors import SourceError
from loaders.settings.params import Dataset
from tests.publishers import Publishers
from tests.publishers.answers import Asked
from tests.unit.acquire.publishers.repositories import (
    DATAVERSE,
    OSF,
    PAGED,
    SCIENCEBASE,
    ZENODO,
    Json,
    changed,
    parent,
    published,
    refused,
)

WRONG: dict[str, tuple[str, str, str, Callable[[Json], Any], str]] = {
    "zenodo: a name is null": (
        *PAGED["zenodo"],
        lambda stated: stated["entries"][0].update(key=None),
        "expected a name as `key` of",
    ),
    "zenodo: files are words": (
        *PAGED["zenodo"],
        lambda stated: stated.update(entries=["a"]),
        "expected an object as entry 1",
    ),
    "zenodo: links are a list": (
        *PAGED["zenodo"],
        lambda stated: stated.update(links=[]),
        "expected an object as `links`",
    ),
    "osf: a folder elsewhere": (
        *PAGED["osf"],
        lambda stated: stated["data"][0].update(
            attributes={"kind": "folder"},
            relationships={"files": {"links": {"related": {"href": "https://elsewhere.example.org/"}}}},
        ),
        "expected an address at api.osf.io",
    ),
    "osf: a download elsewhere": (
        *PAGED["osf"],
        lambda stated: stated["data"][0]["links"].update(download="https://notosf.io/x"),
        "expected an address at osf.io",
    ),
    "osf: a name is a number": (
        *PAGED["osf"],
        lambda stated: stated["data"][0]["attributes"].update(materialized_path=7),
        "expected a path as `materialized_path`",
    ),
    "figshare: files are an object": (*PAGED["figshare"], lambda _: {"files": []}, "did not answer with a list"),
    "figshare: a file without a number": (
        *PAGED["figshare"],
        lambda stated: stated[0].pop("id") and None,  # type: ignore[index]
        "expected an identifier as `id`",
    ),
    "dataverse: files are null": (*PAGED["dataverse"], lambda stated: stated.update(data=None), "counts 30 entries"),
    "dataverse: a folder is a list": (
        *PAGED["dataverse"],
        lambda stated: stated["data"][0].update(directoryLabel=["a"]),
        "expected a path as `directoryLabel`",
    ),
    "sciencebase: children are text": (
        *PAGED["sciencebase"],
        lambda stated: stated.update(items="many"),
        'expected a list as `items` of the children of item 66707f69 of ScienceBase, found "many"',
    ),
    "sciencebase: a child without an id": (
        *PAGED["sciencebase"],
        lambda stated: stated["items"][0].pop("id") and None,
        "expected an identifier as `id`",
    ),
    "datacite: nothing": (
        SCIENCEBASE,
        "api.datacite.org",
        "/dois/",
        lambda _: {},
        "expected an object as `data` of what DataCite knows of 10.5066/P9IA3TUS, found nothing",
    ),
    "datacite: titles are an object": (
        SCIENCEBASE,
        "api.datacite.org",
        "/dois/",
        lambda stated: stated["data"]["attributes"].update(titles={"title": "x"}),
        "expected a list as `titles`",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_field_of_another_type_is_an_error_that_names_it(name: str, web: Publishers) -> None:
    published(web, name.partition(":")[0])
    doi, host, path, change, words = WRONG[name]
    web.fault(host, path, changed(change))
    message = refused(doi=doi)
    assert message.startswith("farms: ")
    assert words in message
    assert "\n" not in message


class Spoilt:
    """The client, without a network between it and the stand-in; one answer of JSON is another document."""

    def __init__(self, web: Publishers, at: str = "", document: object = None) -> None:
        self.documents: dict[str, object] = {}
        self._web, self._at, self._document = web, at, document

    def get(self, url: str, **_: object) -> requests.Response:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answer = self._web.answer(Asked("GET", parts.hostname or "", target, {}))
        if answer.status in {301, 302}:
            return self.get(urljoin(url, answer.headers["Location"]))
        response, body = requests.Response(), b"".join(answer.content.pieces())
        if "json" in answer.headers.get("Content-Type", ""):
            self.documents[url] = json.loads(body)
        response.raw = BytesIO(json.dumps(self._document).encode() if url == self._at else body)
        response.url, response.status_code = url, answer.status
        response.headers.update(answer.headers)
        return response

    head = peek = get


def spoilt(document: Any) -> Iterator[Any]:
    """The document with each of its parts replaced by values of other types."""
    yield from (None, ["x"], {"a": 1}, -7, "x/../y")
    places = list(document.items()) if isinstance(document, dict) else list(enumerate(document[:1]))
    for name, part in places if isinstance(document, dict | list) else ():
        for other in spoilt(part) if isinstance(part, dict | list) else (None, ["x"], {"a": 1}, -7, "x/../y"):
            complete = document.copy()
            complete[name] = other
            yield complete


@pytest.mark.parametrize("repository", [*PAGED, "zenodo, new form", "a project without files"])
def test_no_part_of_an_answer_that_has_another_type_is_a_bug_of_ours(repository: str, web: Publishers) -> None:
    files = {"a.csv": b"1", "north/b.csv": b"2"}
    web.zenodo.publish(5005868, files, shape="rdm" if "new" in repository else "legacy")
    web.figshare.publish(3385780, files, version=4)
    web.dataverse.publish(DATAVERSE, files, tables={"c.csv": b"3"})
    web.osf.publish("ab1cd", {} if "without" in repository else files, doi=OSF)
    web.osf.publish("ef2gh", files, parent="ab1cd")
    parent(web, {"identifier": "one", "published": "2020"}, {"identifier": "two", "published": "2021"})
    doi = {"zenodo, new form": (ZENODO,), "a project without files": (OSF,), **PAGED}[repository][0]
    dataset, true = Dataset.model_validate({"key": "farms", "source": {"doi": doi}}), Spoilt(web)
    with suppress(SourceError):
        publishers.query(dataset, true)  # type: ignore[arg-type]
    for url, stated in true.documents.items():
        for other in spoilt(stated):
            with suppress(SourceError):
                listing = publishers.query(dataset, Spoilt(web, url, other))  # type: ignore[arg-type]
                assert all(publishers.address(listing.record, file).startswith("https://") for file in listing.files)
