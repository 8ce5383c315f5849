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
ALTERNATIVE = "or write `source: naturalearth`, which is bundled and coarse"


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


def refuse_missing_release(web: HttpClient) -> NoReturn:
    """Report that the settings name no release, with the available ones.

    Raises:
        SourceError: always.
    """
    _refuse("boundaries.release in params.yaml names no release of Overture Maps", web)


def refuse_deleted_release(release: str, address: str, web: HttpClient) -> NoReturn:
    """Report that a release has been deleted, with the available ones.

    Args:
        release: deleted one.
        address: of the bucket.
        web: reads the catalogue.

    Raises:
        SourceError: always.
    """
    _refuse(f"{address} holds no release {release} of Overture Maps, which keeps only its newest ones", web, release)


def _refuse(what: str, web: HttpClient, release: str = "") -> NoReturn:
    try:
        live = live_releases(web)
    except SourceError as error:
        raise SourceError(f"{what}. Which there are could not be asked: {error}") from error
    if release in live:
        raise SourceError(
            f"{what}; but {CATALOGUE} names it. Check boundaries.s3_endpoint in params.yaml, and what is between here "
            "and there: a proxy may answer in its place."
        )
    advice = f"write `release: {live[0]}` under boundaries in params.yaml, {ALTERNATIVE}"
    raise SourceError(f"{what}. There are: {', '.join(live)}. To use one, {advice}.")


def _by_date_and_number(release: str) -> tuple[str, int]:
    day, _, number = release.partition(".")
    return day, int(number)
