"""DataCite's metadata of a DOI: title, creators, year, version and licence, as stated by its publisher."""

from typing import Any
from urllib.parse import quote

from loaders.acquire.publishers.api.fields import Fields, get_object
from loaders.acquire.publishers.api.session import PublisherSession, text, year


def record(doi: str, session: PublisherSession) -> dict[str, Any]:
    """The fields of a `Record` that DataCite states; empty for a DOI of another agency."""
    url, label = f"https://api.datacite.org/dois/{quote(doi, safe='')}", f"what DataCite knows of {doi}"
    if session.get(url).status_code == 404:
        return {}
    attributes = get_object(url, label, session).required_part("data").required_part("attributes")
    names = (creator.text("name") for creator in attributes.parts("creators"))
    return {
        "title": next((title.text("title") for title in attributes.parts("titles")), None),
        "creators": tuple(name for name in names if name),
        "year": year(attributes.values.get("publicationYear")),
        "version": attributes.text("version"),
        "licence": _licence(attributes.parts("rightsList")),
    }


def _licence(rights: list[Fields]) -> str | None:
    """The first entry that names a licence, instead of an access status."""
    licence_entries = [entry for entry in rights if "semantics" not in str(entry.values.get("rightsUri"))]
    for entry in licence_entries or rights:
        for name in ("rightsIdentifier", "rights", "rightsUri"):
            if licence := text(entry.values.get(name)):
                return licence
    return None
