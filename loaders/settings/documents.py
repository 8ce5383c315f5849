"""YAML documents of the settings: `params.yaml`, and next to it a file with the user's own datasets."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from loaders.core.errors import SettingsError
from loaders.core.paths import LOCAL_FOLDER
from loaders.core.yaml_loader import compose, construct
from loaders.settings import messages
from loaders.settings.yaml_errors import decode, yaml_problem

# DVC reads the datasets of local/dvc.yaml from here, and from no other name: any other file must exist
LOCAL_SETTINGS = Path(LOCAL_FOLDER, "params.yaml")
OTHER_NAME = "params.local.yaml"
DATASETS, MACHINE = "datasets", "machine"

Document = Mapping[str, Any]


def read_document(path: Path, name: str) -> object:
    """The content of a YAML file with settings.

    Args:
        path: of the file.
        name: of the file, for messages.

    Raises:
        SettingsError: it is not YAML, or a key stands twice in it, or an entry of a dataset in the wrong place.
    """
    text = _read_text(path, name)
    try:
        tree = compose(text)
        document = construct(tree)
        duplicate = messages.duplicate_key(tree)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # an impossible date, a recursive branch
        raise SettingsError(f"{name} is not YAML: {yaml_problem(error, text)}") from error
    if duplicate:
        raise SettingsError(f"{name}: {duplicate} stands there twice; keep one of them.")
    if misplaced := messages.misplaced_entry(tree):
        raise SettingsError(f"{name}: {misplaced}")
    return _with_keys(document, name)


def _read_text(path: Path, name: str) -> str:
    try:
        return decode(path.read_bytes())
    except OSError as error:
        place = path if isinstance(error, FileNotFoundError) else name
        raise SettingsError(f"{place}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise SettingsError(f"{name} {error}.") from error


def read_own_datasets(root: Path) -> Document:
    """The user's own datasets of a project by key, as YAML gives them; empty without such a file.

    Raises:
        SettingsError: the file has another name, is not YAML, or holds other settings.
    """
    if (root / OTHER_NAME).exists():
        raise SettingsError(
            f"{OTHER_NAME} is not read: your own datasets belong in {LOCAL_SETTINGS}, where DVC finds them. Run "
            f"`mv {OTHER_NAME} {LOCAL_SETTINGS}`."
        )
    path = root / LOCAL_SETTINGS
    return own_datasets(path) if path.exists() else {}


def own_datasets(path: Path) -> Document:
    """The datasets of the user's own file, by key, as YAML gives them.

    Raises:
        SettingsError: it is not YAML, or holds other settings.
    """
    datasets = _own_document(path).get(DATASETS, {})
    if not isinstance(datasets, dict):  # DVC reads this file too, and merges mappings only
        found = "nothing" if datasets is None else messages.quoted(datasets)
        raise SettingsError(
            f"{LOCAL_SETTINGS}: expected one entry for each dataset below `{DATASETS}:`, found {found}. Without "
            f"datasets, write `{DATASETS}: {{}}`, or delete the file."
        )
    return datasets


def read_own_machine(root: Path) -> Document:
    """The settings of this machine in the user's own file, as YAML gives them; empty without any.

    Raises:
        SettingsError: it is not YAML, or holds other settings.
    """
    path = root / LOCAL_SETTINGS
    machine = _own_document(path).get(MACHINE) if path.exists() else None
    if machine is not None and not isinstance(machine, dict):
        raise SettingsError(f"{LOCAL_SETTINGS}: {MACHINE} is {messages.quoted(machine)}; expected settings below it.")
    return machine or {}


def _own_document(path: Path) -> Document:
    document = read_document(path, str(LOCAL_SETTINGS)) or {}
    if not isinstance(document, dict) or set(document) - {DATASETS, MACHINE}:
        others = [*document] if isinstance(document, dict) else []
        found = ", ".join(str(name) for name in others if name not in {DATASETS, MACHINE}) or messages.quoted(document)
        raise SettingsError(
            f"{LOCAL_SETTINGS}: expected `{DATASETS}:` with one entry for each dataset, and `{MACHINE}:`, alone; found "
            f"{found}. All other settings belong in params.yaml."
        )
    return document


def merge_machine(document: object, own: Document) -> object:
    """Settings with those of this machine; the user's own file takes precedence."""
    if not own or not isinstance(document, dict):
        return document
    shared = document.get(MACHINE)
    return {**document, MACHINE: {**(shared if isinstance(shared, dict) else {}), **own}}


def merge_datasets(document: object, own: Document, name: str) -> object:
    """Settings with the user's own datasets among theirs.

    Raises:
        SettingsError: both have a dataset with the same key.
    """
    datasets = document.get(DATASETS) if isinstance(document, dict) else None
    if not own or not isinstance(document, dict) or not isinstance(datasets, dict):
        return document
    if twice := [str(key) for key in own if key in datasets]:
        raise SettingsError(
            f"{', '.join(twice)} stands under `{DATASETS}:` in {name} and in {LOCAL_SETTINGS}. Give the one in "
            f"{LOCAL_SETTINGS} another name, or remove it."
        )
    return {**document, DATASETS: {**datasets, **own}}


def _with_keys(document: object, file: str) -> object:
    """Add its own key to each dataset."""
    datasets = document.get(DATASETS) if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(datasets, dict):
        return document
    return {**document, DATASETS: {key: _with_key(key, entry, file) for key, entry in datasets.items()}}


def _with_key(key: object, entry: object, file: str) -> object:
    if not isinstance(entry, dict):
        return entry
    if "key" in entry:
        raise SettingsError(f"{file}: datasets.{key}.key is not a setting: the entry's own name is its key.")
    return {"key": key, **entry}
