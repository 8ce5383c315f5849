"""The page that tells the way from a DOI to a curated table: static, and nothing in it comes from elsewhere."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from rich.filesize import decimal

from loaders.acquire.lock import Lock, read_lock_if_valid
from loaders.core.escape import html, one_line
from loaders.core.paths import ProjectPaths
from loaders.pipelines import GRAPHS
from loaders.report.docs.lineage import PAGE, Model
from loaders.report.docs.page_style import CSS
from loaders.report.docs.pictures import OVERVIEW, dataset_file
from loaders.report.docs.places import source_address, source_name
from loaders.report.docs.style import LAYERS
from loaders.report.summary import Row
from loaders.settings.params import Settings

BANNER = "Synthetic: these are the bundled samples. No record here is a real installation."
SYNTHETIC = "SYNTHETIC"  # how the note begins that the banner stands for
SAMPLE = "sample"
HEADINGS = ("dataset", "source", "version", "licence", "lock", "read", "kept", "rejected", "installations")
COUNTS = HEADINGS[-4:]
ABOUT_LAYERS = {
    "raw_data": "what the loaders write, and dbt reads",
    "staging": "select, name, type",
    "prepared": "join, deduplicate, measure",
    "curated": "published, under contracts",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A dataset on the page; what it says of itself comes from outside.

    Attributes:
        row: its counts, as the report has them.
        source: its DOI, or where else it is.
        address: of the page of its source, if it has one.
        title: as its publisher states it.
        version: as its publisher states it.
        locked: what the lock holds, in words.
    """

    row: Row
    source: str
    address: str | None = None
    title: str | None = None
    version: str | None = None
    locked: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What the page is made from.

    Attributes:
        notes: sentences on the whole.
        pictures: those that are drawn, by their place beside the page.
        missing: why there are none, if so.
    """

    origin: str
    notes: Sequence[str]
    entries: Sequence[Entry]
    models: Sequence[Model]
    pictures: frozenset[str]
    missing: str = ""


def entries(rows: Iterable[Row], settings: Settings, paths: ProjectPaths) -> list[Entry]:
    """The datasets, in the order of the settings."""
    return [_entry(row, settings, read_lock_if_valid(paths.lock(row.name))) for row in rows]


def as_html(page: Page) -> str:
    """The page as HTML 5, with its style inside; `page.html.j2` escapes every value."""
    is_sample = page.origin == SAMPLE
    return TEMPLATES.get_template("page.html.j2").render(
        page=page,
        css=CSS,
        banner=BANNER if is_sample else "",
        notes=[note for note in page.notes if not (is_sample and note.startswith(SYNTHETIC))],
        headings=HEADINGS,
        counts=COUNTS,
        pipelines=[(name, GRAPHS[name].about) for name in GRAPHS if f"hamilton/{name}.svg" in page.pictures],
        layers=_layers(page.models),
        dbt_page=PAGE,
        overview=OVERVIEW,
        dataset_file=dataset_file,
    )


def _layers(models: Sequence[Model]) -> list[tuple[str, str, str, list[Model]]]:
    """The layers that have models: name, colour, what they are for, and the models."""
    names = [*LAYERS, *sorted({model.layer for model in models} - LAYERS.keys())]
    grouped = ((name, [model for model in models if model.layer == name]) for name in names)
    return [(name, LAYERS.get(name, "none"), ABOUT_LAYERS.get(name, ""), each) for name, each in grouped if each]


def _prose(text: str) -> Markup:
    """A sentence in which names stand between backticks."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", html(text)))  # noqa: S704 (escaped just here)


def _shown(value: object) -> object:
    """A text without what is not shown; what is HTML already stays."""
    return one_line(value) if type(value) is str else value


def _templates() -> Environment:
    """The templates next to this module: every value is escaped, and on one line; one that is missing is an error."""
    place = FileSystemLoader(Path(__file__).parent)
    made = Environment(autoescape=True, undefined=StrictUndefined, loader=place, finalize=_shown)
    made.trim_blocks = made.lstrip_blocks = True
    made.filters["prose"] = _prose
    return made


TEMPLATES = _templates()


def _entry(row: Row, settings: Settings, lock: Lock | None) -> Entry:
    dataset = settings.datasets[row.name]
    record = lock.record if lock else None
    return Entry(
        row=row,
        source=source_name(dataset, lock),
        address=source_address(dataset, lock),
        title=record.title if record else None,
        version=record.version if record else None,
        locked=_locked(lock) if lock else None,
    )


def _locked(lock: Lock) -> str:
    """How many files the lock names, and their sizes as far as they are stated."""
    sizes = [file.bytes for file in lock.files if file.bytes is not None]
    files = f"{len(lock.files)} file{'s' if len(lock.files) > 1 else ''}"
    return f"{files}, {decimal(sum(sizes))}" if len(sizes) == len(lock.files) else files
