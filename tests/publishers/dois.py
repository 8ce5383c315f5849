"""doi.org and DataCite: where a DOI leads to, and what is known of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.publishers.answers import Answer, Asked, document, page, redirect
from tests.publishers.sites import routed

CREATIVE_COMMONS = "https://creativecommons.org"
LICENCES = {
    "cc-by-4.0": ("Creative Commons Attribution 4.0 International", f"{CREATIVE_COMMONS}/licenses/by/4.0/legalcode"),
    "cc-by-nc-4.0": (
        "Creative Commons Attribution Non Commercial 4.0 International",
        f"{CREATIVE_COMMONS}/licenses/by-nc/4.0/legalcode",
    ),
    "cc-by-sa-4.0": (
        "Creative Commons Attribution Share Alike 4.0 International",
        f"{CREATIVE_COMMONS}/licenses/by-sa/4.0/legalcode",
    ),
    "cc0-1.0": ("Creative Commons Zero v1.0 Universal", f"{CREATIVE_COMMONS}/publicdomain/zero/1.0/legalcode"),
}
OPEN_ACCESS = {"rights": "Open Access", "rightsUri": "info:eu-repo/semantics/openAccess"}


@dataclass(frozen=True, slots=True)
class Doi:
    """What a publisher told DataCite.

    Attributes:
        url: where it leads to.
        licence: as the publisher names it; one that is not in LICENCES has words only.
    """

    doi: str
    url: str
    title: str = "Invented"
    creators: Sequence[str] = ()
    publisher: str = "Somebody"
    year: int = 2021
    version: str | None = None
    licence: str | None = None


class Dois:
    """All DOIs; they stay when the record behind them is gone."""

    hosts = ("doi.org", "dx.doi.org", "api.datacite.org")

    def __init__(self) -> None:
        self._known: dict[str, Doi] = {}

    def publish(self, doi: Doi) -> None:
        self._known[doi.doi.lower()] = doi

    def unpublish(self, doi: str) -> None:
        self._known.pop(doi.lower(), None)

    def answer(self, asked: Asked) -> Answer:
        pages = {r"(dx\.)?doi\.org/(?P<doi>10\..+)": self._lead, r"api\.datacite\.org/dois/(?P<doi>.+)": self._tell}
        return routed(asked, pages, lambda _: page("Not found", 404))

    def _lead(self, _: Asked, doi: str) -> Answer:
        found = self._known.get(doi.lower())
        return redirect(found.url) if found else page("DOI Not Found", 404)

    def _tell(self, _: Asked, doi: str) -> Answer:
        if found := self._known.get(doi.lower()):
            attributes = _attributes(found)
            return document({"data": {"id": attributes["doi"], "type": "dois", "attributes": attributes}})
        missing = {"status": "404", "title": "The resource you are looking for doesn't exist."}
        return document({"errors": [missing]}, 404)


def _attributes(doi: Doi) -> dict[str, Any]:
    return {
        "doi": doi.doi.lower(),
        "identifiers": [],
        "creators": [_creator(name) for name in doi.creators],
        "titles": [{"title": doi.title}],
        "publisher": doi.publisher,
        "container": {},
        "publicationYear": doi.year,
        "subjects": [],
        "contributors": [],
        "dates": [{"date": str(doi.year), "dateType": "Issued"}],
        "language": None,
        "types": {"schemaOrg": "Dataset", "resourceTypeGeneral": "Dataset"},
        "relatedIdentifiers": [],
        "sizes": [],
        "formats": [],
        "version": doi.version,
        "rightsList": _rights(doi),
        "descriptions": [],
        "url": doi.url,
        "contentUrl": None,
        "isActive": True,
        "state": "findable",
    }


def _creator(name: str) -> dict[str, Any]:
    family, comma, given = name.partition(", ")
    person = {"nameType": "Personal", "givenName": given, "familyName": family} if comma else {}
    return {"name": name, **person, "affiliation": [], "nameIdentifiers": []}


def _rights(doi: Doi) -> list[dict[str, str]]:
    """Zenodo also says whether access is open, which is no licence."""
    access = [OPEN_ACCESS] if doi.publisher == "Zenodo" else []
    if doi.licence is None:
        return access
    identifier = doi.licence.lower().replace(" ", "-").replace("cc0", "cc0-1.0").replace("1.0-1.0", "1.0")
    if identifier not in LICENCES:
        return [*access, {"rights": doi.licence}]
    rights, uri = LICENCES[identifier]
    scheme = {"schemeUri": "https://spdx.org/licenses/", "rightsIdentifierScheme": "SPDX"}
    return [*access, {"rights": rights, "rightsUri": uri, "rightsIdentifier": identifier, **scheme}]
