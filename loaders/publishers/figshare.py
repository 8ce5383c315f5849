"""figshare. Its DOIs name the article, and the version after `.v`; without one it is the newest."""

import re
from typing import Any

from loaders.locks import LockedFile, Record
from loaders.publishers import others
from loaders.publishers.asking import Asking, Listing, text, texts, year

HOST = "figshare.com"
API = "https://api.figshare.com/v2/articles"
DOWNLOADS = "https://ndownloader.figshare.com/files"


def article(doi: str) -> re.Match[str] | None:
    """Number and version of the article that a DOI of figshare names."""
    return re.fullmatch(r"10\.6084/m9\.figshare\.(?P<number>\d+)(?:\.v(?P<version>\d+))?", doi, re.IGNORECASE)


def ask(name: str, asking: Asking) -> Listing:
    """What a DOI of figshare holds.

    The address that datahugger reads is made from the DOI: where doi.org leads to, it takes the version of an older
    address for the article.
    """
    found = article(name)
    if found is None:
        raise asking.unclear(f"{name} is no DOI of figshare")
    number, version = found["number"], found["version"]
    stated = asking.json(f"{API}/{number}{f'/versions/{version}' if version else ''}", f"{name} at figshare")
    page = f"https://{HOST}/articles/dataset/_/{number}{f'/{version}' if version else ''}"
    files = others.files(page, asking, by_link=True)
    try:
        return Listing(_record(stated), tuple(_by_number(file) for file in files))
    except (LookupError, TypeError, AttributeError) as error:
        raise asking.unclear(f"article {number} of figshare lacks {error}") from error


def address(record: Record, file: LockedFile) -> str:
    """A file by its number."""
    return f"{DOWNLOADS}/{file.remote}"


def _record(stated: dict[str, Any]) -> Record:
    return Record(
        repository="figshare",
        id=str(stated["id"]),
        doi=text(stated["doi"]),
        title=text(stated["title"]),
        creators=texts(author.get("full_name") for author in stated.get("authors", [])),
        year=year(stated.get("published_date")),
        version=text(stated.get("version")),
        licence=text((stated.get("license") or {}).get("name")),
        url=text(stated.get("figshare_url") or stated.get("url_public_html")),
    )


def _by_number(file: LockedFile) -> LockedFile:
    number = file.remote.rstrip("/").rpartition("/")[2]
    return LockedFile(file.name, file.bytes, file.checksum, remote=number)
