"""www.sciencebase.gov, of the USGS: items may have children, which are listed in pages.

Files stand in an item, or only in its facets, where they have no checksum.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from tests.publishers.answers import Answer, Asked, data_file, document, page
from tests.publishers.bodies import Content, as_contents, digest
from tests.publishers.dois import Doi, Dois
from tests.publishers.sites import Files, Pages, routed

CATALOG = "https://www.sciencebase.gov/catalog"
Shape = Literal["files", "facets"]


@dataclass(frozen=True, slots=True)
class _Item:
    identifier: str
    files: Mapping[str, Content]
    title: str
    shape: Shape
    parent: str | None
    published: str | None
    updated: str
    created: str

    def place(self, name: str) -> str:
        """Where on the disk of ScienceBase a file is; the same when it is replaced."""
        found = hashlib.sha1(f"{self.identifier}/{name}".encode(), usedforsecurity=False).hexdigest()
        return f"__disk__{found[:2]}/{found[2:4]}/{found[4:6]}/{found}"


class ScienceBase:
    """The items of ScienceBase.

    Attributes:
        most_per_page: children that are listed at once, whatever is asked for.
    """

    hosts = ("www.sciencebase.gov", "sciencebase.gov")

    def __init__(self, dois: Dois) -> None:
        self._dois = dois
        self._items: dict[str, _Item] = {}
        self.most_per_page = 100

    def publish(
        self,
        identifier: str,
        files: Files,
        *,
        doi: str | None = None,
        title: str = "Invented solar farms",
        creators: Sequence[str] = ("Doe, Jane",),
        licence: str | None = "cc0-1.0",
        year: int = 2016,
        version: str | None = None,
        shape: Shape = "files",
        parent: str | None = None,
        published: str | None = None,
        updated: str = "2016-08-22T17:06:51Z",
        created: str = "2016-03-04T20:45:59Z",
    ) -> None:
        """Make an item, or replace it; a child of a parent may have no DOI."""
        dates = (published, updated, created)
        self._items[identifier] = _Item(identifier, as_contents(files), title, shape, parent, *dates)
        url = f"{CATALOG}/item/{identifier}"
        if doi is None:
            return
        self._dois.publish(Doi(doi, url, title, creators, "U.S. Geological Survey", year, version, licence))

    def unpublish(self, identifier: str) -> None:
        self._items.pop(identifier, None)

    def answer(self, asked: Asked) -> Answer:
        pages: Pages = {
            r"(www\.)?sciencebase\.gov/catalog/item/(?P<identifier>[\w-]+)": self._item,
            r"(www\.)?sciencebase\.gov/catalog/items": self._children,
            r"(www\.)?sciencebase\.gov/catalog/file/get/(?P<identifier>[\w-]+)": self._file,
        }
        return routed(asked, pages, lambda _: page("Not found", 404))

    def _item(self, asked: Asked, identifier: str) -> Answer:
        item, is_json = self._items.get(identifier), asked.query.get("format") == "json"
        if item:
            return document(self._stated(item)) if is_json else page(f"{item.title} - ScienceBase-Catalog")
        return _missing(identifier) if is_json else page("Item not found", 404)

    def _children(self, asked: Asked) -> Answer:
        """A page of the children of an item, each with its title and the fields that are asked for."""
        parent = asked.query.get("parentId", "")
        fields = {"link", "id", "title", *asked.query.get("fields", "summary,hasChildren").split(",")}
        found = [self._stated(item) for item in self._items.values() if item.parent == parent]
        start, most = int(asked.query.get("offset", 0)), min(int(asked.query.get("max", 20)), self.most_per_page)
        page = [{name: item[name] for name in item if name in fields} for item in found[start : start + most]]
        answer: dict[str, Any] = {"total": len(found), "took": "7ms", "items": page}
        if start + most < len(found):
            target = re.sub(r"&offset=\d+", "", asked.target)
            url = f"https://{asked.host}{target}&offset={start + most}"
            answer["nextlink"] = {"rel": "next", "url": url}
        return document(answer)

    def _stated(self, item: _Item) -> dict[str, Any]:
        is_parent = any(child.parent == item.identifier for child in self._items.values())
        return {**_stated(item), "hasChildren": is_parent}

    def _file(self, asked: Asked, identifier: str) -> Answer:
        if item := self._items.get(identifier):
            for name, content in item.files.items():
                if item.place(name) == asked.query.get("f"):
                    return data_file(content, name, is_attachment=True)
        return _missing(identifier)


def _missing(identifier: str) -> Answer:
    reason = "Either the item does not exist or the item is secured and requires authentication to access."
    return document({"errors": {"message": f"Item not found for ID={identifier}. {reason}"}}, 404)


def _stated(item: _Item) -> dict[str, Any]:
    address = f"{CATALOG}/item/{item.identifier}"
    files = [_file(item, name, content) for name, content in item.files.items()]
    facets = [
        {"name": file["name"], "files": [file], "className": "gov.sciencebase.catalog.item.facet.ShapefileFacet"}
        for file in files
    ]
    return {
        "link": {"rel": "self", "url": address},
        "id": item.identifier,
        "title": item.title,
        "provenance": {"dateCreated": item.created, "lastUpdated": item.updated},
        **({"parentId": item.parent} if item.parent else {}),
        "browseCategories": ["Data"],
        "systemTypes": ["Downloadable"],
        **({"files": files} if item.shape == "files" else {"facets": facets}),
        "distributionLinks": [],
        **({"dates": [{"type": "Publication", "dateString": item.published}]} if item.published else {}),
    }


def _file(item: _Item, name: str, content: Content) -> dict[str, Any]:
    place = item.place(name)
    url = f"{CATALOG}/file/get/{item.identifier}?f={quote(place, safe='')}"
    checksum = {"type": "MD5", "value": digest(content, "md5")}
    return {
        "cuid": None,
        "key": None,
        "name": name,
        "title": None,
        "contentType": "application/octet-stream",
        "pathOnDisk": place,
        "size": content.size,
        "dateUploaded": None,
        "checksum": checksum if item.shape == "files" else None,
        "url": url,
        "downloadUri": url,
    }
