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

MOST_LISTED = 20
MOST_ASKED = 50  # children whose dates are asked for one by one
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
UNTITLED = frozenset(  # words in a title that tell a version from another, not its subject
    {"version", "versions", "ver", "v", "edition", "release", "released", "update", "updated"}
    | {"releases", "editions", "current", "latest", "newest", "most", "recent", "the", "of", "as", "and"}
    | OUTDATED
)
DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def version(title: str | None) -> str | None:
    """The version that a title states: the 2.0 of "Solar farms (ver. 2.0, August 2024)"."""
    found = VERSION.search(title or "")
    return found[1].replace("_", ".") if found else None


def newest_version(children: Sequence[Fields], whole: Callable[[Fields], Fields]) -> Fields | None:
    """The child that is the newest version; null if that cannot be told.

    Args:
        children: as the list of the parent has them, at least one.
        whole: asks for all that a child states.
    """
    current = [child for child in children if not EARLIER.search(_title(child))] or list(children)
    if len(current) > 1 and len({_subject(child) for child in current}) == 1:
        current = [child for child in current if OUTDATED.isdisjoint(_words(child))]
    elif len(current) > 1:
        return None
    titled = [child for child in current if CURRENT.search(_title(child))]
    for found in (current, titled):
        if len(found) == 1:
            return found[0]
    return (
        _highest(current, _numbers)
        or _highest(current, _day)
        or _highest(current, _month)
        or _newest_by_date(current, whole)
    )


def ambiguous_versions_error(
    children: Sequence[Fields], parent: str, source: str, page: Callable[[str], str]
) -> SourceError:
    """The error for children of which none is known to be the newest.

    Args:
        children: of the parent.
        parent: what the parent is called.
        source: the source, as the settings have it.
        page: the address of the page of a child.
    """
    session = children[0].session
    rest = f" and {len(children) - MOST_LISTED} more" if len(children) > MOST_LISTED else ""
    listed = ", ".join(
        f"{page(child.identifier('id'))} ({abbreviate(child.text('title'))})" for child in children[:MOST_LISTED]
    )
    return SourceError(
        f"{session.key}: {source} leads to {parent}, whose files are in its children; their titles and dates do not "
        f"tell which is the newest version: {listed}{rest}. Choose one, and state its address in params.yaml as "
        f"datasets.{session.key}.source.url, without `doi`."
    )


def published(child: Fields) -> tuple[int, ...] | None:
    """The date of publication, as far as it is stated: year, month, day."""
    dates = [
        tuple(int(part) for part in found.groups() if part)
        for date in child.parts("dates")
        if (date.text("type") or "").lower() in {"publication", "release"}
        and (found := DATE.match(date.text("dateString") or ""))
    ]
    return max(dates, default=None)


def _title(child: Fields) -> str:
    return child.text("title") or ""


def _words(child: Fields) -> list[str]:
    """The words of a title, without its version and dates."""
    left = _title(child)
    for stated in (VERSION, DAY, MONTH, YEAR):
        left = stated.sub(" ", left)
    return re.findall(r"[^\W_]+", left.lower())


def _subject(child: Fields) -> tuple[str, ...]:
    """What a title is about: the numbers of parts and regions belong to it."""
    return tuple(word for word in _words(child) if word not in UNTITLED)


def _numbers(child: Fields) -> tuple[int, ...] | None:
    stated = version(_title(child))
    if stated is None:
        return None
    numbers = [int(number[:18]) for number in stated.split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()  # 2.0 is 2
    return tuple(numbers)


def _day(child: Fields) -> tuple[int, ...] | None:
    found = DAY.search(_title(child))
    return (int(found[1]), int(found[3]), int(found[4])) if found else None


def _month(child: Fields) -> tuple[int, ...] | None:
    found = MONTH.search(_title(child))
    return (int(found["year"]), MONTHS.index(found["month"].lower())) if found else None


def _highest(children: Iterable[Fields], rank: Callable[[Fields], Any]) -> Fields | None:
    """The child of the highest rank, if every child has one, and no other has the same."""
    ranks = [(rank(child), child) for child in children]
    if not ranks or any(value is None for value, _ in ranks):
        return None
    best = max(value for value, _ in ranks)
    found = [child for value, child in ranks if value == best]
    return found[0] if len(found) == 1 else None


def _last_published(children: Sequence[Fields]) -> Fields | None:
    """The child that was published last; a year alone may be any day of it."""
    found = _highest(children, published)
    last = published(found) if found else None
    if last and any(
        last[: len(date)] == date for child in children if child is not found and (date := published(child))
    ):
        return None
    return found


def _newest_by_date(children: Sequence[Fields], whole: Callable[[Fields], Fields]) -> Fields | None:
    if len(children) > MOST_ASKED:
        return None
    stated = [child if {"dates", "provenance"} <= child.values.keys() else whole(child) for child in children]
    found = _last_published(stated)
    if found is None and len({_title(child).lower() for child in stated}) == 1:
        found = _highest(stated, lambda child: _moment(child, "lastUpdated"))
        created = [_moment(child, "dateCreated") or ("",) for child in stated]
        if found and (_moment(found, "dateCreated") or ("",)) < max(created):
            return None
    return found


def _moment(child: Fields, name: str) -> tuple[str] | None:
    stated = child.part("provenance").text(name)
    return (stated,) if stated and DATE.match(stated) else None
