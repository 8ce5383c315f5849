"""The page that tells the way from a DOI to a curated table: static, and nothing in it comes from elsewhere."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.filesize import decimal

from loaders.catalog import Catalog
from loaders.drawing.graphs import PIPELINES
from loaders.drawing.lineage import PAGE, Model
from loaders.drawing.page_style import CSS
from loaders.drawing.pictures import OVERVIEW, dataset_file
from loaders.drawing.places import source_address, source_name
from loaders.drawing.style import LAYERS, escaped
from loaders.locks import Lock, last_lock
from loaders.summary import Row
from loaders.workspace import Workspace

BANNER = "Synthetic: these are the bundled samples. No record here is a real installation."
SYNTHETIC = "SYNTHETIC"  # how the note begins that the banner stands for
NONE = "-"
HEADINGS = ("dataset", "source", "version", "licence", "lock", "read", "kept", "rejected", "installations")
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


def entries(rows: Iterable[Row], catalog: Catalog, workspace: Workspace) -> list[Entry]:
    """The datasets, in the order of the settings."""
    return [_entry(row, catalog, last_lock(workspace.lock(row.name))) for row in rows]


def as_html(page: Page) -> str:
    """The page as HTML 5, with its style inside."""
    parts = (_top(page), _datasets(page), _pipelines(page), _models(page))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>eo-pv: from a DOI to the tables</title>\n<style>\n{CSS}</style>\n</head>\n"
        f"<body>\n{''.join(parts)}</body>\n</html>\n"
    )


def _entry(row: Row, catalog: Catalog, lock: Lock | None) -> Entry:
    dataset = catalog.datasets[row.name]
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


def _top(page: Page) -> str:
    banner = f'<p class="banner"><strong>{escaped(BANNER)}</strong></p>\n' if page.origin == "sample" else ""
    missing = f'<p class="banner">{_prose(page.missing)}</p>\n' if page.missing else ""
    said = "".join(f"<li>{escaped(note)}</li>\n" for note in page.notes if not (banner and note.startswith(SYNTHETIC)))
    return (
        f"<header>\n<h1>eo-pv: from a DOI to the tables</h1>\n"
        f'<p class="lead">{len(page.entries)} published datasets of solar installations in, one documented table out. '
        f"Origin of these data: <code>{escaped(page.origin)}</code>.</p>\n"
        f'<nav><a href="#datasets">Datasets</a><a href="#pipelines">Pipelines</a><a href="#models">Models</a>'
        f'<a href="{PAGE}">dbt: every column and its tests</a></nav>\n</header>\n<main>\n{banner}{missing}'
        f"{f'<ul>{said}</ul>' if said else ''}\n{_figure(page, f'hamilton/{OVERVIEW}.svg', 'All pipelines', fits=True)}"
    )


def _datasets(page: Page) -> str:
    heads = "".join(f"<th{_numeric(each)}>{each}</th>" for each in HEADINGS)
    rows = "".join(_dataset(entry, page) for entry in page.entries)
    return (
        f'<h2 id="datasets">Datasets</h2>\n<p>Each is an entry in <code>params.yaml</code>. Its lock says which files '
        f"its publisher states; a licence with a question mark has not been read at its source yet.</p>\n"
        f'<div class="wide"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n'
    )


def _dataset(entry: Entry, page: Page) -> str:
    row, picture = entry.row, f"hamilton/{dataset_file(entry.row.name)}"
    name = _link(row.name, picture if picture in page.pictures else None)
    title = f'<br><span class="pale">{escaped(entry.title)}</span>' if entry.title else ""
    locked = _link(entry.locked, f"../../locks/{row.name}.json") if entry.locked else NONE
    counts = (row.read, row.kept, row.rejected, row.installations)
    numbers = "".join(f'<td class="number">{NONE if count is None else f"{count:,}"}</td>' for count in counts)
    return (
        f'<tr><td class="name">{name}</td><td class="source">{_link(entry.source, entry.address)}{title}</td>'
        f"<td>{escaped(entry.version or NONE)}</td><td>{escaped(row.licence)}</td><td>{locked}</td>{numbers}</tr>\n"
    )


def _pipelines(page: Page) -> str:
    drawn = [name for name in PIPELINES if f"hamilton/{name}.svg" in page.pictures]
    shown = "".join(
        f"<details{' open' if name == drawn[0] else ''}><summary><strong>{name}</strong> "
        f'<span class="pale">{escaped(PIPELINES[name].about)}</span></summary>\n'
        f"{_figure(page, f'hamilton/{name}.svg', f'Hamilton: {name}')}</details>\n"
        for name in drawn
    )
    return (
        f'<h2 id="pipelines">Pipelines</h2>\n<p>Hamilton runs them: a box is a function of this project, an arrow says '
        f"that one needs what another returns. Open a picture to read what a function does.</p>\n{shown}"
    )


def _models(page: Page) -> str:
    known = [*LAYERS, *sorted({model.layer for model in page.models} - LAYERS.keys())]
    shown = "".join(_layer(layer, [model for model in page.models if model.layer == layer]) for layer in known)
    return (
        f'<h2 id="models">Models</h2>\n<p>dbt builds them in DuckDB. In the picture, each is a link to its columns and '
        f"tests.</p>\n{_figure(page, 'lineage.svg', 'What is made from what')}{shown}"
        f'<p><a href="../../curated/ATTRIBUTION.md">What the licences ask for</a></p>\n</main>\n'
    )


def _layer(layer: str, models: list[Model]) -> str:
    if not models:
        return ""
    rows = "".join(
        f'<tr><td class="name">{_link(model.name, model.address)}</td><td>{escaped(model.kind)}</td>'
        f"<td>{_prose(model.grain) or NONE} {_prose(model.more)}</td></tr>\n"
        for model in models
    )
    swatch = f'<span class="swatch" style="background: {LAYERS.get(layer, "none")}"></span>'
    return (
        f'<h3>{swatch}{escaped(layer)} <span class="pale">{ABOUT_LAYERS.get(layer, "")}</span></h3>\n'
        f'<div class="wide"><table>\n<thead><tr><th>name</th><th>kind</th><th>grain</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>\n"
    )


def _figure(page: Page, picture: str, said: str, *, fits: bool = False) -> str:
    if picture not in page.pictures:
        return ""
    look = ' class="fit"' if fits else ""
    return (
        f'<figure{look}><div><a href="{picture}"><img src="{picture}" alt="{escaped(said)}"></a></div>'
        f"<figcaption>{escaped(said)}</figcaption></figure>\n"
    )


def _link(text: str, address: str | None) -> str:
    return f'<a href="{escaped(address)}">{escaped(text)}</a>' if address else escaped(text)


def _numeric(heading: str) -> str:
    return ' class="number"' if heading in {"read", "kept", "rejected", "installations"} else ""


def _prose(text: str) -> str:
    """A sentence in which names stand between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped(text))
