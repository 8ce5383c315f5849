"""List of Overture Maps releases, of which only the newest are kept.

Source: https://docs.overturemaps.org/gettingstarted/, the STAC catalogue.
"""

import re
from typing import NoReturn

from loaders.core.errors import SourceError
from loaders.core.json_text import parse_json
from loaders.http.client import HttpClient

CATALOGUE = "https://stac.overturemaps.org/catalog.json"
RELEASE = re.compile(r"\d{4}-\d{2}-\d{2}\.\d{1,9}(?!\d)", re.ASCII)
VERSION = re.compile(r"[\w.+-]{1,40}", re.ASCII)
RELEASE_CATALOGUE = "https://stac.overturemaps.org/{release}/catalog.json"
ALTERNATIVE = "write `boundaries: {source: naturalearth}` in params.yaml, whose boundaries are bundled and coarse"


def live_releases(web: HttpClient) -> list[str]:
    """The available releases, newest first.

    Raises:
        SourceError: the catalogue cannot be read, or names no release.
    """
    response = web.get(CATALOGUE)
    if response.status_code != 200:
        raise SourceError(f"{CATALOGUE} answered {response.status_code}; try again later.")
    try:
        links = parse_json(response.content)["links"]
        texts = [f"{link.get('href')} {link.get('title')}" for link in links if link.get("rel") == "child"]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SourceError(f"{CATALOGUE} is no catalogue of releases; try again later.") from error
    releases = {match.group() for text in texts for match in RELEASE.finditer(text)}
    if not releases:
        raise SourceError(f"{CATALOGUE} names no release; look at https://docs.overturemaps.org/release-calendar/.")
    return sorted(releases, key=_by_date_and_number, reverse=True)


def schema_version(release: str, web: HttpClient) -> str | None:
    """The version of a release's schema, by its own catalogue; null if that does not state it."""
    try:
        response = web.without_retries().get(RELEASE_CATALOGUE.format(release=release))
        version = parse_json(response.content)["schema:version"] if response.status_code == 200 else None
    except (SourceError, KeyError, TypeError, ValueError):
        return None
    return version if isinstance(version, str) and VERSION.fullmatch(version) else None


def refuse_deleted_release(release: str, address: str, web: HttpClient) -> NoReturn:
    """Report that a release has been deleted, with the available ones.

    Args:
        release: deleted one.
        address: of the bucket.
        web: reads the catalogue.

    Raises:
        SourceError: always.
    """
    problem = f"{address} holds no release {release} of Overture Maps, which keeps only its newest ones"
    try:
        live = live_releases(web)
    except SourceError as error:
        raise SourceError(f"{problem}. Which there are could not be asked: {error} Or {ALTERNATIVE}.") from error
    if release in live:
        raise SourceError(
            f"{problem}; but {CATALOGUE} names it. Check boundaries.s3_endpoint in params.yaml, and what is between "
            f"here and there: a proxy may answer in its place. Or {ALTERNATIVE}."
        )
    raise SourceError(
        f"{problem}. There are: {', '.join(live)}. For the newest one, say `release: latest` under boundaries in "
        f"params.yaml and run `make update KEY=overture`; or {ALTERNATIVE}."
    )


def _by_date_and_number(release: str) -> tuple[str, int]:
    day, _, number = release.partition(".")
    return day, int(number)
