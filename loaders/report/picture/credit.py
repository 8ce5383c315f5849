"""The licence line of a picture: whose data it shows, and under which licences."""

from collections.abc import Iterable

from loaders.acquire.lock import Lock
from loaders.boundaries.overture import ATTRIBUTION, LICENCE
from loaders.core.escape import one_line
from loaders.read.contributed import contributed_records
from loaders.read.published import INSTALLATIONS, Published
from loaders.read.selection import Selection
from loaders.settings.params import Dataset
from loaders.warehouse.attribution import contributing_locks, dataset_licences

NATURAL_EARTH = "Borders: Natural Earth, public domain."
OVERTURE = f"Borders: {ATTRIBUTION}, {LICENCE}."
UNVERIFIED = ", licence not verified"
NAME_CHARACTERS = 40


def licence_line(tables: Published, chosen: Selection, *, has_borders: bool) -> str:
    """The datasets of the records that the installations are made of, by licence, and the source of the borders."""
    contributed = contributed_records(tables, INSTALLATIONS, chosen)
    locks = contributing_locks(tables.settings, tables.paths, contributed)
    by_licence: dict[str, list[str]] = {}
    for key, lock in locks.items():
        dataset = tables.settings.datasets[key]
        for licence in dataset_licences(dataset, lock, contributed[key]):
            by_licence.setdefault(licence.name, []).append(citation(dataset, lock))
    parts = [f"{licence}: {'; '.join(names)}" for licence, names in sorted(by_licence.items())]
    borders = [OVERTURE if tables.settings.boundary_source == "overture" else NATURAL_EARTH] if has_borders else []
    return " ".join([f"Data: {' · '.join(parts)}.", *borders])


def citation(dataset: Dataset, lock: Lock) -> str:
    """A dataset as short as it can be cited: creators, year and DOI, as far as they are stated, else its key."""
    record, doi = lock.record, lock.doi or dataset.source.doi
    creators = _creators(record.creators) if record else ""
    year = str(record.year) if record and record.year else ""
    name = " ".join(filter(None, (creators, year))) if creators else dataset.key
    verified = "" if dataset.licence_verified else UNVERIFIED
    return f"{name}{f', doi:{one_line(doi)}' if doi else ''}{verified}"


def _creators(names: Iterable[str]) -> str:
    first, *others = [one_line(name) for name in names] or [""]
    family = first.partition(",")[0]
    short = family if len(family) <= NAME_CHARACTERS else f"{family[:NAME_CHARACTERS]}…"
    return f"{short} et al." if others else short
