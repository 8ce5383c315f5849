"""The newest version among the children of a ScienceBase item.

A DOI of the USGS may lead to a parent item without data; each child is then one version of them. The newest child is
found in this order, and only where all titles are the same but for versions and dates, so that the parts of one
publication are never taken for its versions:

1. children that are titled as previous versions are left out; a single child that remains is the newest;
2. the one child that is titled as the current version;
3. the highest version, if every title states one;
4. the latest publication date, if every child states one;
5. the latest update, unless another child was created later.

Everything else is an error that lists the children.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from loaders.errors import SourceError
from loaders.publishers.fields import Fields, shortened

MOST_LISTED = 20
VERSION = re.compile(r"(?<![a-z])(?:version|ver|v|edition|release)[\s._-]*(\d+(?:[._]\d+)*)(?![a-z\d])", re.IGNORECASE)
EARLIER = re.compile(
    r"\b(?:previous|earlier|older|prior|past|former|archived?|superseded|legacy|historical)\b.*"
    r"\b(?:versions?|releases?|editions?)\b",
    re.IGNORECASE,
)
CURRENT = re.compile(r"\b(?:current|latest|newest|most recent)\b", re.IGNORECASE)
MONTHS = "january february march april may june july august september october november december"
UNTITLED = frozenset(  # words in a title that tell a version from another, not its subject
    {*MONTHS.split(), *(month[:3] for month in MONTHS.split()), "sept"}
    | {"version", "versions", "ver", "v", "edition", "release", "released", "update", "updated"}
    | {"current", "latest", "newest", "most", "recent", "archived", "superseded", "the", "of", "as", "and"}
)
DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def version(title: str | None) -> str | None:
    """The version that a title states: the 2.0 of "Solar farms (ver. 2.0, August 2024)"."""
    found = VERSION.search(title or "")
    return found[1].replace("_", ".") if found else None


def newest(children: Sequence[Fields], whole: Callable[[Fields], Fields]) -> Fields | None:
    """The child that is the newest version; null if that cannot be told.

    Args:
        children: as the list of the parent has them, at least one.
        whole: asks for all that a child states.
    """
    current = [child for child in children if not EARLIER.search(child.text("title") or "")]
    if len(current) == 1:
        return current[0]
    if not current or len({_subject(child.text("title")) for child in current}) > 1:
        return None
    titled = [child for child in current if CURRENT.search(child.text("title") or "")]
    if len(titled) == 1:
        return titled[0]
    if found := _highest(current, _numbers):
        return found
    stated = [child if {"dates", "provenance"} <= child.values.keys() else whole(child) for child in current]
    return _highest(stated, published) or _last_updated(stated)


def unclear(children: Sequence[Fields], parent: str, source: str, page: Callable[[str], str]) -> SourceError:
    """The error for children of which none is known to be the newest.

    Args:
        children: of the parent.
        parent: what the parent is called.
        source: the source, as the settings have it.
        page: the address of the page of a child.
    """
    asking = children[0].asking
    rest = f" and {len(children) - MOST_LISTED} more" if len(children) > MOST_LISTED else ""
    listed = ", ".join(
        f"{page(child.identifier('id'))} ({shortened(child.text('title'))})" for child in children[:MOST_LISTED]
    )
    return SourceError(
        f"{asking.key}: {source} leads to {parent}, whose files are in its children; their titles and dates do not "
        f"tell which is the newest version: {listed}{rest}. Choose one, and state its address in params.yaml as "
        f"datasets.{asking.key}.source.url, without `doi`."
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


def _subject(title: str | None) -> tuple[str, ...]:
    """What a title is about: without versions, dates and punctuation."""
    words = re.findall(r"[^\W_]+", VERSION.sub(" ", title or "").lower())
    return tuple(word for word in words if word not in UNTITLED and not word.isdigit())


def _numbers(child: Fields) -> tuple[int, ...] | None:
    stated = version(child.text("title"))
    if stated is None:
        return None
    numbers = [int(number[:18]) for number in stated.split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()  # 2.0 is 2
    return tuple(numbers)


def _highest(children: Iterable[Fields], rank: Callable[[Fields], Any]) -> Fields | None:
    """The child of the highest rank, if every child has one, and no other that may be the same."""
    ranks = [(rank(child), child) for child in children]
    if any(value is None for value, _ in ranks):
        return None
    best = max(value for value, _ in ranks)
    found = [child for value, child in ranks if best[: len(value)] == value]  # a year may be any day of it
    return found[0] if len(found) == 1 else None


def _last_updated(children: Sequence[Fields]) -> Fields | None:
    found = _highest(children, lambda child: _moment(child, "lastUpdated"))
    created = [_moment(child, "dateCreated") or ("",) for child in children]
    if found and (_moment(found, "dateCreated") or ("",)) < max(created):
        return None
    return found


def _moment(child: Fields, name: str) -> tuple[str] | None:
    stated = child.part("provenance").text(name)
    return (stated,) if stated and DATE.match(stated) else None
