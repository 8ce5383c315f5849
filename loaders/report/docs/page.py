"""The index page of `make docs`, with the styles of the report's pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.filesize import decimal

from loaders.acquire.lock import Lock, read_lock_if_valid
from loaders.core.paths import ProjectPaths
from loaders.pipelines import GRAPHS
from loaders.report.docs.flow import Step
from loaders.report.docs.lineage import Model
from loaders.report.docs.names import DBT_PAGE, OVERVIEW, dataset_file
from loaders.report.docs.places import source_address, source_name
from loaders.report.docs.site import SITE
from loaders.report.docs.style import LAYERS
from loaders.report.summary import DatasetSummary
from loaders.report.web.security import content_security_policy
from loaders.report.web.templates import templates
from loaders.settings.params import Settings
from loaders.warehouse.data_dictionary import TableEntry

BANNER = "Synthetic: these are the bundled samples. No record here is a real installation."
SYNTHETIC = "SYNTHETIC"  # prefix of the note that the banner replaces
HEADINGS = ("dataset", "source", "version", "licence", "lock", "read", "kept", "rejected", "installations")
COUNTS = HEADINGS[-4:]
LAYER_DESCRIPTIONS = {
    "raw_data": "what the loaders write, and dbt reads",
    "raw_meta": "settings, row accounting, rejects and runs of the loaders",
    "staging": "select, name, type",
    "prepared": "join, deduplicate, measure",
    "curated": "published, under contracts",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A dataset on the page; its text is the publisher's.

    Attributes:
        row: its counts, as in the report.
        source: its DOI, URL, GitHub file or path.
        address: URL of its source; null for a local file.
        title: as the publisher states it.
        version: as the publisher states it.
        lock_summary: number and size of the locked files.
    """

    row: DatasetSummary
    source: str
    address: str | None = None
    title: str | None = None
    version: str | None = None
    lock_summary: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The content of the page.

    Attributes:
        notes: sentences about all datasets.
        pictures: paths of the pictures, relative to the page.
        missing_pictures: why there are no pictures; empty otherwise.
        has_site: whether the pages of `docs/` are a site next to it.
        flow: the steps of the data flow.
        tables: the published tables with their columns.
    """

    origin: str
    notes: Sequence[str]
    entries: Sequence[Entry]
    models: Sequence[Model]
    pictures: frozenset[str]
    missing_pictures: str = ""
    has_site: bool = False
    flow: Sequence[Step] = ()
    tables: Sequence[TableEntry] = ()


def entries(rows: Iterable[DatasetSummary], settings: Settings, paths: ProjectPaths) -> list[Entry]:
    """The datasets, in the order of the settings."""
    return [_entry(row, settings, read_lock_if_valid(paths.lock(row.name))) for row in rows]


def as_html(page: Page) -> str:
    """The page as HTML 5; `docs.html.j2` escapes every value."""
    is_sample = bool(page.entries) and all(entry.row.is_synthetic for entry in page.entries)
    return TEMPLATES.get_template("docs.html.j2").render(
        page=page,
        policy=content_security_policy(),
        home="../",
        here="Documentation",
        banner=BANNER if is_sample else "",
        notes=[note for note in page.notes if not (is_sample and note.startswith(SYNTHETIC))],
        headings=HEADINGS,
        counts=COUNTS,
        pipelines=[(name, GRAPHS[name].about) for name in GRAPHS if f"hamilton/{name}.svg" in page.pictures],
        layers=_layers(page.models),
        dbt_page=DBT_PAGE,
        guide=f"{SITE}/index.html" if page.has_site else "",
        overview=OVERVIEW,
        dataset_file=dataset_file,
    )


def _layers(models: Sequence[Model]) -> list[tuple[str, str, str, list[Model]]]:
    """The layers that have models: name, class of the swatch, description and models."""
    names = [*LAYERS, *sorted({model.layer for model in models} - LAYERS.keys())]
    grouped = ((name, [model for model in models if model.layer == name]) for name in names)
    return [
        (name, f"swatch-{name}" if name in LAYERS else "", LAYER_DESCRIPTIONS.get(name, ""), layer_models)
        for name, layer_models in grouped
        if layer_models
    ]


TEMPLATES = templates(Path(__file__).parent)


def _entry(row: DatasetSummary, settings: Settings, lock: Lock | None) -> Entry:
    dataset = settings.datasets[row.name]
    record = lock.record if lock else None
    return Entry(
        row=row,
        source=source_name(dataset, lock),
        address=source_address(dataset, lock),
        title=record.title if record else None,
        version=record.version if record else None,
        lock_summary=_lock_summary(lock) if lock else None,
    )


def _lock_summary(lock: Lock) -> str:
    """Number of files in the lock, with their total size if every size is stated."""
    sizes = [file.bytes for file in lock.files if file.bytes is not None]
    files = f"{len(lock.files)} file{'s' if len(lock.files) > 1 else ''}"
    return f"{files}, {decimal(sum(sizes))}" if len(sizes) == len(lock.files) else files
