"""USGS ScienceBase, which datahugger does not know. It may answer scripts with 403, or with a page and status 200."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from loaders.locks import LockedFile, Record
from loaders.publishers import datacite, others
from loaders.publishers.asking import Asking, Listing, checksum, size, text

HOST = "sciencebase.gov"
CATALOG = f"https://www.{HOST}/catalog"


def ask(name: str, asking: Asking) -> Listing:
    """What a DOI of the USGS holds."""
    landing = others.landing_page(name, asking)
    item = re.search(r"/catalog/item/([\w-]+)", landing)
    if not item:
        raise asking.unclear(f"{name} leads to {landing}, which names no item of ScienceBase")
    stated = asking.json(f"{CATALOG}/item/{item[1]}?format=json", f"item {item[1]} of ScienceBase")
    if "errors" in stated:
        raise asking.unclear(f"ScienceBase says of item {item[1]}: {text(str(stated['errors']))}")
    try:
        known = datacite.record(name, asking) | {"title": text(stated["title"])}
        record = Record(**known | {"repository": "sciencebase", "id": item[1], "doi": name, "url": landing})
        return Listing(record, tuple(_files(stated)))
    except (LookupError, TypeError, AttributeError) as error:
        raise asking.unclear(f"item {item[1]} of ScienceBase lacks {error}") from error


def address(record: Record, file: LockedFile) -> str:
    """A file by its item and its place on ScienceBase's disk."""
    return f"{CATALOG}/file/get/{record.id}?f={quote(file.remote, safe='')}"


def _files(stated: dict[str, Any]) -> Iterator[LockedFile]:
    """The files of an item, directly and in its facets (shapefiles, services); the same file may be in both."""
    facets = [file for facet in stated.get("facets") or [] for file in facet.get("files", [])]
    listed = [*(stated.get("files") or []), *facets]
    for file in {entry["pathOnDisk"]: entry for entry in listed}.values():
        digest = file.get("checksum") or {}
        yield LockedFile(
            name=file["name"],
            bytes=size(file.get("size")),
            checksum=checksum(digest.get("type"), digest.get("value")),
            remote=file["pathOnDisk"],
        )
