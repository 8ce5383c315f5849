"""Assembles the draft of an entry from a source, its publisher's record and the inspected file."""

from collections.abc import Container
from math import ceil
from pathlib import PurePosixPath

from pydantic import TypeAdapter, ValidationError

from loaders.acquire.lock import Record
from loaders.add.category_records import category_records
from loaders.add.draft import Draft, Guess
from loaders.add.find_file import SelectedFile
from loaders.add.guess_columns import column_settings, filter_rows, row_warnings
from loaders.add.guess_technology import technology_filter
from loaders.add.inspection import Inspection
from loaders.add.names import dataset_key
from loaders.add.source import SourceSpec
from loaders.core.errors import SettingsError
from loaders.core.escape import one_line
from loaders.settings.expected import EXAMPLES
from loaders.settings.licences import spdx
from loaders.settings.params import RESERVED_KEYS, Key, Settings

RENAME_NOTE = "rename the key to <place>_<maker or kind>_<year> before anything is made under it"
MAX_TITLE_CHARACTERS = 200


def taken_keys(settings: Settings) -> set[str]:
    """Keys that a new dataset cannot have: keys, aliases and reserved words."""
    aliases = {dataset.alias for dataset in settings.datasets.values() if dataset.alias}
    return {*settings.datasets, *aliases, *settings.not_loaded, *RESERVED_KEYS}


def require_key(key: str, existing_keys: Container[str]) -> str:
    """The key, if it is valid and free.

    Raises:
        SettingsError: it is malformed, or in `params.yaml` already.
    """
    try:
        TypeAdapter(Key).validate_python(key)
    except ValidationError as error:
        raise SettingsError(f"--key is {key!r}; expected, for example, {EXAMPLES['datasets']}.") from error
    if key in existing_keys:
        raise SettingsError(f"{key} stands in params.yaml already, or is a name that eo-pv uses. Give another --key.")
    return key


def draft_entry(
    spec: SourceSpec, selected: SelectedFile, inspection: Inspection, key: str | None, settings: Settings
) -> Draft:
    """Draft the entry; every guess carries its reason.

    Args:
        spec: the source.
        selected: the file selected from it.
        inspection: of that file.
        key: the `--key` option; null derives one from the title.
        settings: the current settings.
    """
    notes = ["guessed by `eo-pv add`: look at each line", *_record_notes(selected.record)]
    if key is None:
        key = _make_key(selected, settings)
        notes.append(RENAME_NOTE)
    records = category_records(selected.file, inspection)
    row_filter = technology_filter(records)
    selection = filter_rows(inspection, row_filter)
    kept_records = filter_rows(records, row_filter)
    columns, refusals = column_settings(inspection, selection, kept_records)
    warnings = row_warnings(inspection, selection, row_filter, kept_records)
    questions = (*inspection.open_questions, *warnings, *refusals)
    branches: dict[str, Guess | dict[str, Guess]] = {"source": _source_branch(spec, selected)}
    if inspection.reading:
        branches["read"] = inspection.reading
    if row_filter:
        branches["where"] = row_filter
    if columns:
        branches["columns"] = columns
    branches["expected_features"] = Guess(inspection.features, "as many as the file has; compare it with the paper")
    limit = Guess(ceil((selected.bytes or 0) / 1e6), "the size of the file [MB], more than the others may have")
    if limit.value > settings.max_mb:
        branches["max_mb"] = limit
    if licence := _licence_guess(selected.record):
        branches["licence"] = licence
    return Draft(key, branches, (*notes, *questions), questions)


def _make_key(selected: SelectedFile, settings: Settings) -> str:
    record = selected.record
    file = PurePosixPath(selected.file.published).stem
    # the title of a GitHub record is the repository's, and a bare URL has none
    title = record.title if record and record.title and record.repository not in {"github", "url"} else file
    return dataset_key(title, record.year if record else None, taken_keys(settings))


def _source_branch(spec: SourceSpec, selected: SelectedFile) -> dict[str, Guess]:
    record = selected.record
    reason, is_doubtful = "", False
    if record and spec.kind == "github" and not spec.is_pinned:
        ref, commit = spec.ref, record.id.partition("@")[2]
        is_release = ":release:" in spec.name
        reason = f"{one_line(ref)!r} is a tag or a branch, not a commit, and may move"
        if is_release:
            is_doubtful = True
        else:
            spec = spec.with_ref(commit)
            reason += ": this is the commit that it means now"
    if record and spec.kind == "doi" and record.doi and record.doi.lower() != spec.name.lower():
        reason = f"means {one_line(record.doi)} now; the lock pins it"
    branch = {spec.kind: Guess(spec.name, reason, is_doubtful)}
    if selected.include:
        branch["include"] = Guess(list(selected.include), "the other files of the source are left out")
    return branch


def _record_notes(record: Record | None) -> list[str]:
    if record is None:
        return []
    title = f"“{one_line(record.title)[:MAX_TITLE_CHARACTERS]}”" if record.title else ""
    version = f"version {one_line(record.version)}" if record.version else ""
    year = str(record.year) if record.year else ""
    identification = ", ".join(part for part in (title, year, version) if part)
    licence = one_line(record.licence or "")
    unknown_licence = (
        f"the publisher's record calls the licence “{licence[:MAX_TITLE_CHARACTERS]}”, which is no licence known here"
    )
    return [
        *([identification] if identification else []),
        *([unknown_licence] if licence and not spdx(record.licence) else []),
    ]


def _licence_guess(record: Record | None) -> Guess | None:
    name = spdx(record.licence) if record else None
    return Guess(name, "as the publisher's record states; not reviewed yet", is_doubtful=True) if name else None
