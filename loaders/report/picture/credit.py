"""The licence line of a picture: whose data it shows, and under which licences."""

from loaders.acquire.lock import Lock
from loaders.boundaries.overture import ATTRIBUTION, LICENCE
from loaders.core.escape import one_line
from loaders.read.contributed import contributed_records
from loaders.read.published import INSTALLATIONS, Published
from loaders.read.selection import Selection
from loaders.report.creators import short_creators
from loaders.settings.params import Dataset
from loaders.warehouse.attribution import contributing_locks, dataset_licences

NATURAL_EARTH = "Borders: Natural Earth, public domain."
OVERTURE = f"Borders: {ATTRIBUTION}, {LICENCE}."
MARK, DOUBT = "*", "* Licence not verified at its source."
DOI_CHARACTERS = 60


def licence_line(tables: Published, chosen: Selection, *, has_borders: bool) -> str:
    """The datasets of the records that the installations are made of, by licence, and the source of the borders."""
    contributed = contributed_records(tables, INSTALLATIONS, chosen)
    datasets_by_licence: dict[str, list[str]] = {}
    cited: set[str] = set()
    locks = contributing_locks(tables.settings, tables.paths, contributed)
    for key, lock in locks.items():
        dataset = tables.settings.datasets[key]
        for licence in dataset_licences(dataset, lock, contributed[key]):
            text = _name(dataset, lock) if key in cited else citation(dataset, lock)
            datasets_by_licence.setdefault(licence.name, []).append(text)
            cited.add(key)
    parts = [f"{licence}: {', '.join(names)}" for licence, names in sorted(datasets_by_licence.items())]
    doubts = [DOUBT] if any(not tables.settings.datasets[key].licence_verified for key in locks) else []
    borders = [OVERTURE if tables.settings.boundary_source == "overture" else NATURAL_EARTH] if has_borders else []
    return " ".join([f"Data: {'; '.join(parts)}.", *doubts, *borders])


def citation(dataset: Dataset, lock: Lock) -> str:
    """A dataset as short as it can be cited: creators and year, else its key, and its DOI."""
    doi = lock.doi or dataset.source.doi
    return f"{_name(dataset, lock)}{f' (doi:{one_line(doi)[:DOI_CHARACTERS]})' if doi else ''}"


def _name(dataset: Dataset, lock: Lock) -> str:
    """Creators and year, as far as they are stated, else the key; with a mark where the licence is not verified."""
    record = lock.record
    creators = short_creators(record.creators) if record else ""
    year = f" {record.year}" if record and record.year else ""
    return f"{f'{creators}{year}' if creators else dataset.key}{'' if dataset.licence_verified else MARK}"
