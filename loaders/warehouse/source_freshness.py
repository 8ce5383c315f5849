"""Freshness of dbt sources: when the publisher of a table was last queried, or why there is no publisher."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from loaders.acquire.download_cache import user_cache
from loaders.acquire.last_asked import read_last_asked
from loaders.boundaries.overture.extract import kept_release
from loaders.core.escape import sql_text
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Dataset, Settings
from loaders.tables import (
    ACCOUNTING,
    ADMIN_BOUNDARIES,
    ALL_FEATURES,
    IRRADIANCE_REFUSED,
    REJECTED_RECORDS,
    SHARED_TABLES,
    SOLAR_IRRADIANCE,
)

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # dbt needs a time
SAMPLES = "synthetic samples, nothing to ask (set `origin: doi` in params.yaml for the published datasets)"
OF_ALL_DATASETS = frozenset({ALL_FEATURES, ACCOUNTING, REJECTED_RECORDS})
DATASET_LIMITS = {"warn_after": {"count": 7, "period": "day"}, "error_after": {"count": 14, "period": "day"}}
LIMITS = {
    ADMIN_BOUNDARIES: {"warn_after": {"count": 60, "period": "day"}},  # Overture publishes monthly, and keeps two
    SOLAR_IRRADIANCE: {"warn_after": {"count": 365, "period": "day"}},  # typical years change once in years
    IRRADIANCE_REFUSED: {"warn_after": {"count": 365, "period": "day"}},
}


@dataclass(frozen=True, slots=True)
class Freshness:
    """How recent a table is at its publisher.

    Attributes:
        explanation: its age, or why it has none.
        asked_at: when the publisher was last queried, or released the data (UTC); null if never.
        has_publisher: whether there is anybody to query; if not, the table counts as queried now.
    """

    explanation: str
    asked_at: datetime | None = None
    has_publisher: bool = True

    @property
    def time(self) -> datetime:
        """The time that dbt compares with its limits."""
        return (self.asked_at or NEVER) if self.has_publisher else datetime.now(UTC)


def freshness_config(table: str) -> dict[str, object]:
    """The config of a dbt source; the query reads no table, so that it works before the first run."""
    return {"freshness": LIMITS.get(table, DATASET_LIMITS), "loaded_at_query": f"select asked_at({sql_text(table)})"}


def freshness_of(table: str, settings: Settings, paths: ProjectPaths) -> Freshness:
    """The freshness of a table of the sources."""
    if dataset := settings.datasets.get(table):
        return _dataset_freshness(dataset, paths)
    if table in OF_ALL_DATASETS:
        return _oldest(settings, paths)
    if table == ADMIN_BOUNDARIES:
        return _boundaries_freshness(settings, paths)
    if table in {SOLAR_IRRADIANCE, IRRADIANCE_REFUSED}:
        return _irradiance_freshness(settings)
    if table in SHARED_TABLES:
        return Freshness("written by the run itself from the settings, nothing to ask", has_publisher=False)
    return Freshness("not in params.yaml (`dbt run-operation update_hamilton_sources` writes the sources again)")


def freshness_lines(tables: Iterable[str], settings: Settings, paths: ProjectPaths) -> list[str]:
    """A line for each explanation, with its tables; these are named `source.table`."""
    grouped: dict[str, list[str]] = {}
    for table in tables:
        explanation = freshness_of(table.rpartition(".")[2], settings, paths).explanation
        grouped.setdefault(explanation, []).append(table)
    return [f"{explanation}: {', '.join(names)}" for explanation, names in grouped.items()]


def _dataset_freshness(dataset: Dataset, paths: ProjectPaths) -> Freshness:
    if dataset.source.kind == "path":
        return Freshness("a file of your own, nothing to ask", has_publisher=False)
    if paths.origin == "sample":
        return Freshness(SAMPLES, has_publisher=False)
    asked_at = read_last_asked(dataset.key, paths)
    if asked_at is None:
        return Freshness("never asked on this machine (`make update` does)")
    return Freshness(f"its publisher was last asked {_age(asked_at)}", asked_at)


def _oldest(settings: Settings, paths: ProjectPaths) -> Freshness:
    """The freshness of the dataset whose publisher was queried least recently."""
    each = {key: _dataset_freshness(dataset, paths) for key, dataset in settings.datasets.items()}
    published = {key: freshness for key, freshness in each.items() if freshness.has_publisher}
    if not published:
        return next(iter(each.values()))
    key = min(published, key=lambda key: published[key].time)
    oldest = published[key]
    return Freshness(f"as its least recent dataset, {key}, {oldest.explanation}", oldest.asked_at)


def _boundaries_freshness(settings: Settings, paths: ProjectPaths) -> Freshness:
    """Overture Maps: the day of the release whose extract is kept, or that the settings name."""
    if settings.boundary_source == "naturalearth":
        return Freshness("Natural Earth, bundled, nothing to ask", has_publisher=False)
    release = kept_release(settings.boundaries, paths) or settings.boundaries.release
    try:
        released_at = datetime.strptime(release.partition(".")[0], "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return Freshness("no boundaries of Overture Maps are here (`make all` reads them)")
    return Freshness(f"Overture Maps {release}, released {_age(released_at)}", released_at)


def _irradiance_freshness(settings: Settings) -> Freshness:
    """The newest response in the cache of the provider; the clear-sky model needs none."""
    provider = settings.irradiance.provider
    if provider == "clearsky":
        return Freshness("clear-sky model, computed here, nothing to ask", has_publisher=False)
    fetched_at = _newest_response(user_cache().root / "irradiance" / provider)
    if fetched_at is None:
        return Freshness(f"{provider} was never asked on this machine (`eo-pv irradiance` does)")
    return Freshness(f"the newest response of {provider} was fetched {_age(fetched_at)}", fetched_at)


def _newest_response(folder: Path) -> datetime | None:
    times = [path.stat().st_mtime for pattern in ("*/*.gz", "*/*.refused") for path in folder.glob(pattern)]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _age(time: datetime) -> str:
    days = (datetime.now(UTC) - time).days
    ago = "less than a day ago" if days < 1 else f"{days} day{'s' if days > 1 else ''} ago"
    return f"{ago} ({time:%Y-%m-%d})"
