"""What DataCite knows of a DOI: title, creators, year, version and licence, as its publisher stated them."""

from typing import Any
from urllib.parse import quote

from loaders.json_text import parse_json
from loaders.publishers.asking import Asking, text, texts, year


def record(doi: str, asking: Asking) -> dict[str, Any]:
    """The fields of a `Record` that DataCite states; none for a DOI of another agency."""
    response = asking.get(f"https://api.datacite.org/dois/{quote(doi, safe='')}")
    if response.status_code == 404:
        return {}
    asking.found(response, f"what DataCite knows of {doi}")
    try:
        stated = parse_json(response.content)["data"]["attributes"]
        return {
            "title": text(next(iter(stated["titles"] or [{}])).get("title")),
            "creators": texts(creator.get("name") for creator in stated["creators"] or []),
            "year": year(stated.get("publicationYear")),
            "version": text(stated.get("version")),
            "licence": _licence(stated.get("rightsList") or []),
        }
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise asking.unclear(f"what DataCite says of {doi} cannot be read ({type(error).__name__}: {error})") from error


def _licence(rights: list[dict[str, Any]]) -> str | None:
    """The first entry that names a licence, rather than saying whether access is open."""
    named = [entry for entry in rights if "semantics" not in str(entry.get("rightsUri"))]
    for entry in named or rights:
        if found := text(entry.get("rightsIdentifier")) or text(entry.get("rights")) or text(entry.get("rightsUri")):
            return found
    return None
