"""Attribution of the published tables: a bibliography, and the terms of the licences.

Titles, names and licences are the publishers' text, and are escaped for either file.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from loaders.acquire.lock import Lock, read_lock
from loaders.core.errors import BuildError
from loaders.core.escape import bibtex_doi, doi_address, latex, markdown, markdown_link, one_line, web_address
from loaders.core.files import write_text
from loaders.core.paths import ProjectPaths
from loaders.settings.licences import NOT_STATED, Terms, disagreement, terms
from loaders.settings.merged_licences import consequences
from loaders.settings.params import Dataset, Settings
from loaders.warehouse.context_attribution import context_md

BIBLIOGRAPHY, ATTRIBUTION = "CITATION.bib", "ATTRIBUTION.md"
Contributed = Mapping[str, Mapping[str, int]]  # rows in the published tables by dataset and licence
HEADINGS = ("dataset", "rows", "version", "licence", "verified?", "source")
REPOSITORIES = {
    "dataverse": "Dataverse",
    "figshare": "figshare",
    "github": "GitHub",
    "osf": "OSF",
    "sciencebase": "ScienceBase",
    "zenodo": "Zenodo",
}
OWN_ORIGIN = "path"  # the origin of a file on the user's disk
SYNTHETIC = "SYNTHETIC twin; not the published data."
OWN_FILE = "The user's own file."
PAPER = "Paper of the dataset {}; its other fields come from the DOI: reference managers add them."
INTRODUCTION = """\
# Whose data these tables are made of

Each row of the published tables comes from one of these datasets. `CITATION.bib` beside this file cites them and their
papers. The licences are summed up here; their texts count."""
BANNER = (
    "**SYNTHETIC: {}. These rows are made up; they stand in for the published datasets and say nothing about them.**"
)


def write_attribution(settings: Settings, paths: ProjectPaths, contributed: Contributed, folder: Path) -> list[Path]:
    """Write CITATION.bib and ATTRIBUTION.md.

    Args:
        settings: the settings.
        paths: where the locks are.
        contributed: rows in the published tables by dataset and licence; datasets without rows are left out.
        folder: to write to.

    Raises:
        BuildError: a dataset that contributed is not in the settings.
        SourceError: its lock is missing or damaged.
    """
    locks = contributing_locks(settings, paths, contributed)
    texts = {
        BIBLIOGRAPHY: citation_bib(settings, locks, contributed),
        ATTRIBUTION: f"{attribution_md(settings, locks, contributed)}\n{context_md(settings, paths)}",
    }
    for name, text in texts.items():
        write_text(text, folder / name)
    return [folder / name for name in texts]


def contributing_locks(settings: Settings, paths: ProjectPaths, contributed: Contributed) -> dict[str, Lock]:
    """The locks of the datasets that have rows in the tables; errors as for `write_attribution`."""
    return {dataset.key: read_lock(paths.lock(dataset.key)) for dataset in _contributing(settings, contributed)}


def citation_bib(settings: Settings, locks: Mapping[str, Lock], contributed: Contributed) -> str:
    """A BibTeX entry for each dataset, and one for its paper; fields that are not stated are left out.

    BibTeX styles take `doi` and `url` verbatim; all other fields are escaped for LaTeX.
    """
    datasets = _contributing(settings, contributed)
    entries = ["% The datasets that the published tables are made of, and their papers."]
    for dataset in datasets:
        fields = _dataset_fields(dataset, locks[dataset.key], contributed[dataset.key])
        entries.append(_entry(dataset.key, fields))
        if dataset.cite:
            fields = {"doi": bibtex_doi(dataset.cite), "url": doi_address(dataset.cite)}
            entries.append(_entry(f"{dataset.key}_paper", fields | {"note": latex(PAPER.format(dataset.key))}))
    return "\n\n".join(entries) + "\n"


def attribution_md(
    settings: Settings, locks: Mapping[str, Lock], contributed: Contributed, introduction: str = INTRODUCTION
) -> str:
    """Sources of the tables, terms of their licences, and consequences for the merged tables, in Markdown."""
    datasets = _contributing(settings, contributed)
    if not datasets:
        return f"{introduction}\n\nNo dataset contributed a row.\n"
    synthetic = [dataset for dataset in datasets if locks[dataset.key].is_synthetic]
    rows_by_licence = {
        dataset.key: dataset_licences(dataset, locks[dataset.key], contributed[dataset.key]) for dataset in datasets
    }
    keys_by_licence: dict[Terms, list[str]] = {}
    for key, licences in rows_by_licence.items():
        for licence in licences:
            keys_by_licence.setdefault(licence, []).append(f"`{key}`")
    blocks = [introduction, *([BANNER.format(_keys(synthetic))] if synthetic else [])]
    rows = (
        _cells(dataset, locks[dataset.key], licence, rows)
        for dataset in datasets
        for licence, rows in rows_by_licence[dataset.key].items()
    )
    blocks.append("\n".join(_line(cells) for cells in (HEADINGS, ("---", "---:", *("---",) * 4), *rows)))
    blocks += ["## What the licences ask for", *_licence_sections(keys_by_licence)]
    if warnings := _licence_warnings(datasets, locks):
        blocks += ["## Licences to look at", _list(warnings)]
    blocks += ["## A table merged from all of them", _list(consequences(keys_by_licence))]
    return "\n\n".join(blocks) + "\n"


def _contributing(settings: Settings, contributed: Contributed) -> list[Dataset]:
    """The datasets that have rows in the published tables, in the order of the settings."""
    unknown = sorted(key for key, rows in contributed.items() if rows and key not in settings.datasets)
    if unknown:
        raise BuildError(f"{', '.join(unknown)}: in the published tables, but not in params.yaml. Run `make all`.")
    return [dataset for key, dataset in settings.datasets.items() if contributed.get(key)]


def dataset_licences(dataset: Dataset, lock: Lock, rows_by_licence: Mapping[str, int]) -> dict[Terms, int]:
    """The terms of the rows of a dataset, with their number: by the settings, else by the repository."""
    stated = lock.record.licence if lock.record and dataset.licence.column is None else None
    licences = {terms(stated if name == NOT_STATED else name): rows for name, rows in rows_by_licence.items()}
    return dict(sorted(licences.items(), key=lambda item: (-item[1], item[0].name)))


def _doi(dataset: Dataset, lock: Lock) -> str | None:
    return lock.doi or dataset.source.doi


def _dataset_fields(dataset: Dataset, lock: Lock, rows_by_licence: Mapping[str, int]) -> dict[str, str | None]:
    record, doi = lock.record, _doi(dataset, lock)
    title = latex(record.title if record else None) or latex(dataset.key)
    repository = REPOSITORIES.get(record.repository) if record else None
    url = (web_address(record.url) if record else None) or (doi_address(doi) if doi else None)
    return {
        "author": " and ".join(filter(None, map(_author, record.creators))) if record else None,
        "title": f"{{{title}}}",
        "year": str(record.year) if record and record.year is not None else None,
        "howpublished": f"Dataset, {repository}" if repository else "Dataset",
        "version": latex(record.version) if record else None,
        "doi": bibtex_doi(doi) if doi else None,
        "url": url,
        "note": latex(_note(dataset, lock, rows_by_licence)),
    }


def _note(dataset: Dataset, lock: Lock, rows_by_licence: Mapping[str, int]) -> str:
    names = [licence.name for licence in dataset_licences(dataset, lock, rows_by_licence)]
    suffix = "" if dataset.licence_verified or names == [NOT_STATED] else " (not verified)"
    prefix = {"sample": f"{SYNTHETIC} ", OWN_ORIGIN: f"{OWN_FILE} "}.get(lock.origin, "")
    return f"{prefix}{'Licence' if len(names) == 1 else 'Licences by row'}: {', '.join(names)}{suffix}."


def _entry(key: str, fields: Mapping[str, str | None]) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _author(name: str) -> str:
    """`Family, Given` and single words unchanged; other names in braces, so that BibTeX does not split them."""
    name = one_line(name)
    person = re.fullmatch(r"[^\s,][^,]*(, ?[^\s,][^,]*){1,2}|[^\s,]+", name)
    is_indivisible = person is None or re.search(r"\b(and|others)\b", name, re.IGNORECASE)
    return f"{{{latex(name)}}}" if name and is_indivisible else latex(name)


def _cells(dataset: Dataset, lock: Lock, licence: Terms, rows: int) -> tuple[str, ...]:
    version = markdown(lock.record.version) if lock.record else ""
    verified = "yes" if dataset.licence_verified else "no"
    return (f"`{dataset.key}`", f"{rows:,}", version or "-", markdown(licence.name), verified, _source(dataset, lock))


def _source(dataset: Dataset, lock: Lock) -> str:
    doi, record = _doi(dataset, lock), lock.record
    url = (web_address(record.url) if record else None) or (doi_address(doi) if doi else None)
    if lock.is_synthetic:
        return f"synthetic twin of {markdown_link(doi, url)}" if doi else "synthetic twin"
    if lock.origin == OWN_ORIGIN:
        return "the user's own file"
    return markdown_link((record.title if record else None) or doi or dataset.key, url)


def _licence_sections(keys_by_licence: Mapping[Terms, list[str]]) -> Iterator[str]:
    for licence, datasets in keys_by_licence.items():
        title = licence.name if licence.kind == "unknown" else f"{licence.name}: {licence.title}"
        yield f"### {markdown_link(title, licence.url)}"
        yield f"Datasets: {', '.join(datasets)}"
        yield _list(licence.obligations)


def _licence_warnings(datasets: list[Dataset], locks: Mapping[str, Lock]) -> list[str]:
    warnings = []
    for dataset in datasets:
        record = locks[dataset.key].record
        if sentence := disagreement(dataset.licence.of_other_records, record.licence if record else None):
            warnings.append(f"`{dataset.key}`: {markdown(sentence)}.")
    if unverified := [dataset for dataset in datasets if not dataset.licence_verified]:
        warnings.append(f"Not read at the source yet (`licence_verified: false`): {_keys(unverified)}.")
    return warnings


def _keys(datasets: Iterable[Dataset]) -> str:
    return ", ".join(f"`{dataset.key}`" for dataset in datasets)


def _list(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
