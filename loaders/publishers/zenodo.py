"""Zenodo. A version has a record number and a DOI of its own; the DOI of all versions leads to the newest."""

import re
from typing import Any
from urllib.parse import quote

from loaders.errors import SourceError
from loaders.locks import LockedFile, Record
from loaders.publishers import others
from loaders.publishers.asking import Asking, Listing, checksum, size, text, texts, year

HOST = "zenodo.org"
API = f"https://{HOST}/api/records"


def ask(name: str, asking: Asking) -> Listing:
    """What a DOI of Zenodo holds; a landing page that does not name the record has a DOI that does."""
    landing = others.landing_page(name, asking)
    number = re.search(r"/records?/(\d+)", landing) or re.search(r"zenodo\.(\d+)$", name)
    if not number:
        raise asking.unclear(f"{name} leads to {landing}, which names no record of Zenodo")
    stated = asking.json(f"{API}/{number.group(1)}", f"record {number.group(1)} of Zenodo")
    try:
        return Listing(_record(stated), _files(stated, asking))
    except (LookupError, TypeError, AttributeError) as error:
        raise asking.unclear(f"record {number.group(1)} of Zenodo lacks {error}") from error


def address(record: Record, file: LockedFile) -> str:
    """A file by its record and its key."""
    return f"{API}/{record.id}/files/{quote(file.remote, safe='')}/content"


def _record(stated: dict[str, Any]) -> Record:
    """From the form that Zenodo has had since 2023, or the older one that it still answers with by default."""
    said = stated["metadata"]
    rights = said.get("rights") or [said.get("license") or {}]
    return Record(
        repository="zenodo",
        id=str(stated["id"]),
        doi=stated.get("doi") or stated["pids"]["doi"]["identifier"],
        title=text(said.get("title")),
        creators=texts(creator.get("person_or_org", creator).get("name") for creator in said.get("creators", [])),
        year=year(said.get("publication_date")),
        version=text(said.get("version")),
        licence=text(rights[0].get("id")),
        url=f"https://{HOST}/records/{stated['id']}",
    )


def _files(stated: dict[str, Any], asking: Asking) -> tuple[LockedFile, ...]:
    """As datahugger lists them; but it knows the older form only, and wants a checksum of each."""
    listed = stated.get("files") or []
    entries = listed if isinstance(listed, list) else list(listed.get("entries", {}).values())
    if not entries:
        raise SourceError(
            f"{asking.key}: record {stated['id']} of Zenodo shows no files (access: {_access(stated)}). Ask its "
            f"authors, or name another record in datasets.{asking.key}.source.doi in params.yaml."
        )
    if isinstance(listed, list) and all(file.get("checksum") for file in entries):
        return others.files(f"https://{HOST}/records/{stated['id']}", asking, by_link=False)
    return tuple(
        LockedFile(
            name=file["key"],
            bytes=size(file.get("size")),
            checksum=checksum(*(file.get("checksum") or ":").split(":", 1)),
            remote=file["key"],
        )
        for file in entries
    )


def _access(stated: dict[str, Any]) -> str:
    """Who may see the files, as the record says."""
    said = stated["metadata"].get("access_right") or (stated.get("access") or {}).get("files")
    return text(said) or "not stated"
