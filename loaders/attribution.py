"""Whose data the published tables are made of: a bibliography, and what the licences ask for.

Titles, names and licences come from the publishers as they are; nothing that stands in them may break either file.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from loaders.catalog import Catalog, Dataset
from loaders.context_terms import context_md
from loaders.errors import BuildError
from loaders.licences import NOT_STATED, Terms, consequences, disagreement, terms
from loaders.locks import Lock, read_lock, write_text
from loaders.workspace import Workspace

BIBLIOGRAPHY, ATTRIBUTION = "CITATION.bib", "ATTRIBUTION.md"
HEADINGS = ("dataset", "rows", "version", "licence", "verified?", "source")
REPOSITORIES = {
    "dataverse": "Dataverse",
    "figshare": "figshare",
    "github": "GitHub",
    "osf": "OSF",
    "sciencebase": "ScienceBase",
    "zenodo": "Zenodo",
}
OWN = "path"  # the origin of a file on the user's disk
SYNTHETIC = "SYNTHETIC twin; not the published data."
OWN_FILE = "The user's own file."
PAPER = "Paper of the dataset {}; its other fields come from the DOI: reference managers add them."
ABOUT = """\
# Whose data these tables are made of

Each row of the published tables comes from one of these datasets. `CITATION.bib` beside this file cites them and their
papers. The licences are summed up here; their texts count."""
BANNER = (
    "**SYNTHETIC: {}. These rows are made up; they stand in for the published datasets and say nothing about them.**"
)

# braces are spelt out, since BibTeX counts those that are escaped too
_LATEX = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_"}
    | {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"}
)
_MARKDOWN = str.maketrans(
    {character: f"\\{character}" for character in "*_[]~$"}
    | {character: f"&#{ord(character)};" for character in "\\`|"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
)
_UNPRINTABLE = {"Cc", "Cs"}  # control characters, and halves of characters, which no file can hold
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # show a text in another order
_ADDRESS_SAFE = ":/?#@!$&'*+,;=%~-._"


def write_attribution(
    catalog: Catalog, workspace: Workspace, contributed: Mapping[str, int], folder: Path
) -> list[Path]:
    """Write both files.

    Args:
        catalog: the settings.
        workspace: where the locks are.
        contributed: rows in the published tables by dataset; one without rows is not named.
        folder: where to.

    Raises:
        BuildError: a dataset that contributed is not in the settings.
        SourceError: its lock is missing or damaged.
    """
    locks = {dataset.key: read_lock(workspace.lock(dataset.key)) for dataset in _contributing(catalog, contributed)}
    texts = {
        BIBLIOGRAPHY: citation_bib(catalog, locks, contributed),
        ATTRIBUTION: f"{attribution_md(catalog, locks, contributed)}\n{context_md(catalog)}",
    }
    for name, text in texts.items():
        write_text(text, folder / name)
    return [folder / name for name in texts]


def citation_bib(catalog: Catalog, locks: Mapping[str, Lock], contributed: Mapping[str, int]) -> str:
    """A BibTeX entry for each dataset, and one for its paper; what nobody states is left out.

    `doi` and `url` are addresses, which BibTeX styles take as they are; all else is escaped for LaTeX.
    """
    datasets = _contributing(catalog, contributed)
    entries = ["% The datasets that the published tables are made of, and their papers."]
    for dataset in datasets:
        entries.append(_entry(dataset.key, _dataset_fields(dataset, locks[dataset.key])))
        if dataset.cite:
            fields = {"doi": _address(dataset.cite), "url": _doi_url(dataset.cite)}
            entries.append(_entry(f"{dataset.key}_paper", fields | {"note": _latex(PAPER.format(dataset.key))}))
    return "\n\n".join(entries) + "\n"


def attribution_md(catalog: Catalog, locks: Mapping[str, Lock], contributed: Mapping[str, int]) -> str:
    """What came from where, what its licence asks for, and what follows for the merged tables."""
    datasets = _contributing(catalog, contributed)
    if not datasets:
        return f"{ABOUT}\n\nNo dataset contributed a row.\n"
    synthetic = [dataset for dataset in datasets if locks[dataset.key].is_synthetic]
    parts: dict[Terms, list[str]] = {}
    for dataset in datasets:
        parts.setdefault(terms(_licence(dataset, locks[dataset.key])), []).append(f"`{dataset.key}`")
    blocks = [ABOUT, *([BANNER.format(_keys(synthetic))] if synthetic else [])]
    rows = (_cells(dataset, locks[dataset.key], contributed[dataset.key]) for dataset in datasets)
    blocks.append("\n".join(_line(cells) for cells in (HEADINGS, ("---", "---:", *("---",) * 4), *rows)))
    blocks += ["## What the licences ask for", *_asked(parts)]
    if doubts := _doubts(datasets, locks):
        blocks += ["## Licences to look at", _list(doubts)]
    blocks += ["## A table merged from all of them", _list(consequences(parts))]
    return "\n\n".join(blocks) + "\n"


def _contributing(catalog: Catalog, contributed: Mapping[str, int]) -> list[Dataset]:
    """The datasets that have rows in the published tables, in the order of the settings."""
    unknown = sorted(key for key, rows in contributed.items() if rows > 0 and key not in catalog.datasets)
    if unknown:
        raise BuildError(f"{', '.join(unknown)}: in the published tables, but not in params.yaml. Run `make all`.")
    return [dataset for key, dataset in catalog.datasets.items() if contributed.get(key, 0) > 0]


def _licence(dataset: Dataset, lock: Lock) -> str | None:
    """What the settings say; else the repository."""
    return dataset.licence or (lock.record.licence if lock.record else None)


def _doi(dataset: Dataset, lock: Lock) -> str | None:
    return lock.doi or dataset.source.doi


def _dataset_fields(dataset: Dataset, lock: Lock) -> dict[str, str | None]:
    record, doi = lock.record, _doi(dataset, lock)
    title = _latex(record.title if record else None) or _latex(dataset.key)
    place = REPOSITORIES.get(record.repository) if record else None
    url = (_web_address(record.url) if record else None) or (_doi_url(doi) if doi else None)
    return {
        "author": " and ".join(filter(None, map(_author, record.creators))) if record else None,
        "title": f"{{{title}}}",
        "year": str(record.year) if record and record.year is not None else None,
        "howpublished": f"Dataset, {place}" if place else "Dataset",
        "version": _latex(record.version) if record else None,
        "doi": _address(doi) if doi else None,
        "url": url,
        "note": _latex(_note(dataset, lock)),
    }


def _note(dataset: Dataset, lock: Lock) -> str:
    licence = terms(_licence(dataset, lock)).name
    doubt = "" if dataset.licence_verified or licence == NOT_STATED else " (not verified)"
    said = {"sample": f"{SYNTHETIC} ", OWN: f"{OWN_FILE} "}.get(lock.origin, "")
    return f"{said}Licence: {licence}{doubt}."


def _entry(key: str, fields: Mapping[str, str | None]) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _author(name: str) -> str:
    """`Family, Given` and single words as they are; in braces what BibTeX would take apart."""
    name = _plain(name)
    person = re.fullmatch(r"[^\s,][^,]*(, ?[^\s,][^,]*){1,2}|[^\s,]+", name)
    whole = person is None or re.search(r"\b(and|others)\b", name, re.IGNORECASE)
    return f"{{{_latex(name)}}}" if name and whole else _latex(name)


def _cells(dataset: Dataset, lock: Lock, rows: int) -> tuple[str, ...]:
    version = _markdown(lock.record.version) if lock.record else ""
    licence = _markdown(terms(_licence(dataset, lock)).name)
    verified = "yes" if dataset.licence_verified else "no"
    return (f"`{dataset.key}`", f"{rows:,}", version or "-", licence, verified, _source(dataset, lock))


def _source(dataset: Dataset, lock: Lock) -> str:
    doi, record = _doi(dataset, lock), lock.record
    url = (_web_address(record.url) if record else None) or (_doi_url(doi) if doi else None)
    if lock.is_synthetic:
        return f"synthetic twin of {_link(doi, url)}" if doi else "synthetic twin"
    if lock.origin == OWN:
        return "the user's own file"
    return _link((record.title if record else None) or doi or dataset.key, url)


def _asked(parts: Mapping[Terms, list[str]]) -> Iterator[str]:
    for each, datasets in parts.items():
        known = each.name if each.kind == "unknown" else f"{each.name}: {each.title}"
        yield f"### {_link(known, each.url)}"
        yield f"Datasets: {', '.join(datasets)}"
        yield _list(each.asks)


def _doubts(datasets: list[Dataset], locks: Mapping[str, Lock]) -> list[str]:
    found = []
    for dataset in datasets:
        record = locks[dataset.key].record
        if sentence := disagreement(dataset.licence, record.licence if record else None):
            found.append(f"`{dataset.key}`: {_markdown(sentence)}.")
    if unverified := [dataset for dataset in datasets if not dataset.licence_verified]:
        found.append(f"Not read at the source yet (`licence_verified: false`): {_keys(unverified)}.")
    return found


def _keys(datasets: Iterable[Dataset]) -> str:
    return ", ".join(f"`{dataset.key}`" for dataset in datasets)


def _list(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _link(text: str, url: str | None) -> str:
    return f"[{_markdown(text)}]({url.replace('&', '&amp;')})" if url else _markdown(text)


def _plain(text: str | None) -> str:
    """On one line, and without what cannot be seen."""
    words = " ".join((text or "").split())
    return "".join(each for each in words if unicodedata.category(each) not in _UNPRINTABLE and each not in _TURNING)


def _latex(text: str | None) -> str:
    return _plain(text).translate(_LATEX)


def _markdown(text: str | None) -> str:
    return _plain(text).translate(_MARKDOWN)


def _address(text: str) -> str:
    """Percent-encoded where BibTeX or Markdown would stumble."""
    return quote(_plain(text), safe=_ADDRESS_SAFE + "();<>")


def _doi_url(doi: str) -> str:
    return f"https://doi.org/{quote(_plain(doi), safe=_ADDRESS_SAFE)}"


def _web_address(url: str | None) -> str | None:
    """An address that a browser may be sent to; none for any other kind."""
    return quote(_plain(url), safe=_ADDRESS_SAFE) if re.match(r"https?://[^\s/]", url or "", re.IGNORECASE) else None
