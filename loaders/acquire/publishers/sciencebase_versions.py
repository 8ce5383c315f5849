"""The newest version among the children of a ScienceBase item.

A DOI of the USGS may lead to a parent item without data; each child is then one version of them. The newest child is
found in this order, and only where all titles are the same but for versions and dates, so that the parts of one
publication are never taken for its versions:

1. children that are titled as previous versions, or as archived, are left out; a single one that remains is newest;
2. the one child that is titled as the current version;
3. the highest version, if every title states one;
4. the latest day, or else the latest month, if every title states one;
5. the latest publication date, if every child states one;
6. of children of one and the same title, the one updated last, unless another was created later.

Everything else is an error that lists the children.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from loaders.acquire.publishers.api.fields import Fields, abbreviate
from loaders.core.errors import SourceError

MAX_LISTED = 20
MAX_QUERIED = 50  # children whose dates are requested one by one
VERSION = re.compile(r"(?<![a-z])(?:version|ver|v|edition|release)[\s._-]*(\d+(?:[._]\d+)*)(?![a-z\d])", re.IGNORECASE)
OUTDATED = frozenset(
    {
        "previous",
        "earlier",
        "older",
        "prior",
        "past",
        "former",
        "archive",
        "archives",
        "archived",
        "superseded",
        "legacy",
    }
)
EARLIER = re.compile(rf"\b(?:{'|'.join(sorted(OUTDATED))})\b.*\b(?:versions?|releases?|editions?)\b", re.IGNORECASE)
CURRENT = re.compile(r"\b(?:current|latest|newest|most recent)\b", re.IGNORECASE)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = re.compile(
    rf"\b(?P<month>{'|'.join(MONTHS)})[a-z]*\.?(?:\s+\d{{1,2}})?,?\s+(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE
)
DAY = re.compile(r"(?<![a-z\d])((?:19|20)\d\d)(-?)(0[1-9]|1[0-2])\2([0-3]\d)(?!\d)", re.IGNORECASE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
UNTITLED = frozenset(  # words in a title about its version, not its subject
    {"version", "versions", "ver", "v", "edition", "release", "released", "update", "updated"}
    | {"releases", "editions", "current", "latest", "newest", "most", "recent", "the", "of", "as", "and"}
    | OUTDATED
)
DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def version_in_title(title: str | None) -> str | None:
    """The version in a title: 2.0 for "Solar farms (ver. 2.0, August 2024)"."""
    match = VERSION.search(title or "")
    return match[1].replace("_", ".") if match else None


def newest_version(children: Sequence[Fields], load_full: Callable[[Fields], Fields]) -> Fields | None:
    """The child with the newest version; null if it is ambiguous.

    Args:
        children: as the list of the parent has them, at least one.
        load_full: requests the whole item of a child.
    """
    candidates = [child for child in children if not EARLIER.search(_title(child))] or list(children)
    if len(candidates) > 1 and len({_subject(child) for child in candidates}) == 1:
        candidates = [child for child in candidates if OUTDATED.isdisjoint(_words(child))]
    elif len(candidates) > 1:
        return None
    titled_current = [child for child in candidates if CURRENT.search(_title(child))]
    for group in (candidates, titled_current):
        if len(group) == 1:
            return group[0]
    return (
        _highest(candidates, _version_numbers)
        or _highest(candidates, _day)
        or _highest(candidates, _month)
        or _newest_by_date(candidates, load_full)
    )


def ambiguous_versions_error(
    children: Sequence[Fields], parent: str, source: str, page: Callable[[str], str]
) -> SourceError:
    """The error for children without a clear newest version; it lists them.

    Args:
        children: of the parent.
        parent: the name of the parent.
        source: the source in the settings.
        page: returns the address of a child's page.
    """
    session = children[0].session
    rest = f" and {len(children) - MAX_LISTED} more" if len(children) > MAX_LISTED else ""
    listing = ", ".join(
        f"{page(child.identifier('id'))} ({abbreviate(child.text('title'))})" for child in children[:MAX_LISTED]
    )
    return SourceError(
        f"{session.key}: {source} leads to {parent}, whose files are in its children; their titles and dates do not "
        f"tell which is the newest version: {listing}{rest}. Choose one, and state its address in params.yaml as "
        f"datasets.{session.key}.source.url, without `doi`."
    )


def publication_date(child: Fields) -> tuple[int, ...] | None:
    """The date of publication, as far as it is stated: year, month, day."""
    dates = [
        tuple(int(part) for part in match.groups() if part)
        for date in child.parts("dates")
        if (date.text("type") or "").lower() in {"publication", "release"}
        and (match := DATE.match(date.text("dateString") or ""))
    ]
    return max(dates, default=None)


def _title(child: Fields) -> str:
    return child.text("title") or ""


def _words(child: Fields) -> list[str]:
    """The words of a title, without its version and dates."""
    text = _title(child)
    for pattern in (VERSION, DAY, MONTH, YEAR):
        text = pattern.sub(" ", text)
    return re.findall(r"[^\W_]+", text.lower())


def _subject(child: Fields) -> tuple[str, ...]:
    """The subject of a title, including the numbers of parts and regions."""
    return tuple(word for word in _words(child) if word not in UNTITLED)


def _version_numbers(child: Fields) -> tuple[int, ...] | None:
    version_text = version_in_title(_title(child))
    if version_text is None:
        return None
    numbers = [int(number[:18]) for number in version_text.split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()  # 2.0 is 2
    return tuple(numbers)


def _day(child: Fields) -> tuple[int, ...] | None:
    match = DAY.search(_title(child))
    return (int(match[1]), int(match[3]), int(match[4])) if match else None


def _month(child: Fields) -> tuple[int, ...] | None:
    match = MONTH.search(_title(child))
    return (int(match["year"]), MONTHS.index(match["month"].lower())) if match else None


def _highest(children: Iterable[Fields], rank: Callable[[Fields], Any]) -> Fields | None:
    """The child with the unique highest rank, if every child has a rank."""
    ranks = [(rank(child), child) for child in children]
    if not ranks or any(value is None for value, _ in ranks):
        return None
    highest_rank = max(value for value, _ in ranks)
    highest = [child for value, child in ranks if value == highest_rank]
    return highest[0] if len(highest) == 1 else None


def _last_published(children: Sequence[Fields]) -> Fields | None:
    """The child that was published last; a year alone can be any day of it."""
    latest = _highest(children, publication_date)
    latest_date = publication_date(latest) if latest else None
    if latest_date and any(
        latest_date[: len(date)] == date
        for child in children
        if child is not latest and (date := publication_date(child))
    ):
        return None
    return latest


def _newest_by_date(children: Sequence[Fields], load_full: Callable[[Fields], Fields]) -> Fields | None:
    if len(children) > MAX_QUERIED:
        return None
    full_children = [
        child if {"dates", "provenance"} <= child.values.keys() else load_full(child) for child in children
    ]
    latest = _last_published(full_children)
    if latest is None and len({_title(child).lower() for child in full_children}) == 1:
        latest = _highest(full_children, lambda child: _timestamp(child, "lastUpdated"))
        creation_times = [_timestamp(child, "dateCreated") or ("",) for child in full_children]
        if latest and (_timestamp(latest, "dateCreated") or ("",)) < max(creation_times):
            return None
    return latest


def _timestamp(child: Fields, name: str) -> tuple[str] | None:
    value = child.part("provenance").text(name)
    return (value,) if value and DATE.match(value) else None
