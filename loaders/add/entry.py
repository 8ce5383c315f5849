"""Put what was found about a source together as an entry of `params.yaml`."""

from collections.abc import Container
from math import ceil
from pathlib import PurePosixPath

from pydantic import TypeAdapter, ValidationError

from loaders.acquire.lock import Record
from loaders.add import guess_columns as guesses
from loaders.add import guess_technology as kinds
from loaders.add.draft import Draft, Guess
from loaders.add.find_file import Found
from loaders.add.inspection import Look
from loaders.add.names import dataset_key
from loaders.add.source import Given
from loaders.core.errors import SettingsError
from loaders.core.escape import one_line
from loaders.settings.licences import spdx
from loaders.settings.messages import EXAMPLES
from loaders.settings.params import RESERVED_KEYS, Key, Settings

RENAME = "rename the key to <place>_<maker or kind>_<year> before anything is made under it"
LONGEST_TITLE = 200


def taken_keys(settings: Settings) -> set[str]:
    """Every word that no further dataset may have as its key."""
    aliases = {dataset.alias for dataset in settings.datasets.values() if dataset.alias}
    return {*settings.datasets, *aliases, *settings.not_loaded, *RESERVED_KEYS}


def require_key(key: str, taken: Container[str]) -> str:
    """The key, if it is one and still free.

    Raises:
        SettingsError: it is not of the form of keys, or stands in `params.yaml` already.
    """
    try:
        TypeAdapter(Key).validate_python(key)
    except ValidationError as error:
        raise SettingsError(f"--key is {key!r}; expected, for example, {EXAMPLES['[key]']}.") from error
    if key in taken:
        raise SettingsError(f"{key} stands in params.yaml already, or is a name that eo-pv uses. Give another --key.")
    return key


def draft(given: Given, found: Found, look: Look, key: str | None, settings: Settings) -> Draft:
    """The entry, every guess with its reason.

    Args:
        given: the source.
        found: the file in it.
        look: what is in the file.
        key: as the user wants it; null to make one.
        settings: the settings as they are.
    """
    notes = ["guessed by `eo-pv add`: look at each line", *_record_notes(found.record)]
    if key is None:
        key = _key(found, settings)
        notes.append(RENAME)
    filter_ = kinds.where(look)
    only = guesses.wanted(look, filter_)
    columns, refused = guesses.columns(look, only)
    questions = (*look.open_questions, *guesses.warnings(look, only, filter_), *refused)
    branches: dict[str, Guess | dict[str, Guess]] = {"source": _source(given, found)}
    if look.reading:
        branches["read"] = look.reading
    if filter_:
        branches["where"] = filter_
    if columns:
        branches["columns"] = columns
    branches["expected_features"] = Guess(look.features, "as many as the file has; compare it with the paper")
    limit = Guess(ceil((found.bytes or 0) / 1e6), "the size of the file [MB], more than the others may have")
    if limit.value > settings.max_mb:
        branches["max_mb"] = limit
    if licence := _licence(found.record):
        branches["licence"] = licence
    return Draft(key, branches, (*notes, *questions), questions)


def _key(found: Found, settings: Settings) -> str:
    record = found.record
    file = PurePosixPath(found.file.published).stem
    # at GitHub, and of a bare address, the title is the repository's, or nothing
    title = record.title if record and record.title and record.repository not in {"github", "url"} else file
    return dataset_key(title, record.year if record else None, taken_keys(settings))


def _source(given: Given, found: Found) -> dict[str, Guess]:
    record = found.record
    reason, doubtful = "", False
    if record and given.kind == "github" and not given.is_pinned:
        moving, commit = given.ref, record.id.partition("@")[2]
        is_release = ":release:" in given.name
        reason = f"{one_line(moving)!r} is a tag or a branch, not a commit, and may move"
        if is_release:
            doubtful = True
        else:
            given = given.at(commit)
            reason += ": this is the commit that it means now"
    if record and given.kind == "doi" and record.doi and record.doi.lower() != given.name.lower():
        reason = f"means {one_line(record.doi)} now; the lock pins it"
    source = {given.kind: Guess(given.name, reason, doubtful)}
    if found.include:
        source["include"] = Guess(list(found.include), "the other files of the source are left out")
    return source


def _record_notes(record: Record | None) -> list[str]:
    if record is None:
        return []
    title = f"“{one_line(record.title)[:LONGEST_TITLE]}”" if record.title else ""
    version = f"version {one_line(record.version)}" if record.version else ""
    year = str(record.year) if record.year else ""
    said = ", ".join(part for part in (title, year, version) if part)
    stated = one_line(record.licence or "")
    unclear = f"the publisher's record calls the licence “{stated[:LONGEST_TITLE]}”, which is no licence known here"
    return [*([said] if said else []), *([unclear] if stated and not spdx(record.licence) else [])]


def _licence(record: Record | None) -> Guess | None:
    name = spdx(record.licence) if record else None
    return Guess(name, "as the publisher's record states; nobody has read it yet", is_doubtful=True) if name else None
