"""Runs `eo-pv add`: inspect the source, draft the entry, ask, write."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders.add.duplicates import require_new
from loaders.add.entry import draft_entry, require_key, taken_keys
from loaders.add.find_file import FileFinder, SelectedFile
from loaders.add.guess_technology import no_solar_warnings
from loaders.add.inspect import inspect_file
from loaders.add.messages import show_inspection, show_next_steps
from loaders.add.prompts import Prompter
from loaders.add.source import parse_source
from loaders.add.write_params import add_entry, add_local_entry
from loaders.core.errors import EoPvError
from loaders.core.paths import ProjectPaths
from loaders.core.terminal import out
from loaders.settings.documents import LOCAL_SETTINGS
from loaders.settings.params import Dataset, Settings

PLACEHOLDER_KEY = "new_dataset"  # until the dataset has a key


@dataclass(frozen=True, slots=True)
class AddOptions:
    """Options of `eo-pv add`.

    Attributes:
        key: key of the dataset.
        file: pattern of the file to use.
        layer: name of the layer to use.
        max_mb: largest download [MB].
        yes: whether to skip all prompts.
        is_local: whether to write to the file of the user's own datasets; null if it exists already.
    """

    key: str | None = None
    file: str | None = None
    layer: str | None = None
    max_mb: float | None = None
    yes: bool = False
    is_local: bool | None = None


def run(source: str, options: AddOptions, settings: Settings, paths: ProjectPaths) -> None:
    """Add a source to the settings.

    Raises:
        EoPvError: the source is malformed, unreadable or listed already; or it holds no photovoltaics, or needs a
            choice, and nobody is asked.
    """
    spec = parse_source(source, paths.root)
    key = require_key(options.key, taken_keys(settings)) if options.key is not None else None
    require_new(spec, options.file, settings, paths.root)
    dataset = Dataset(key=key or PLACEHOLDER_KEY, source=spec.to_source((options.file,) if options.file else ()))
    limited_settings = settings if options.max_mb is None else settings.with_limit(options.max_mb)
    prompter = Prompter(options.layer, yes=options.yes)
    with _scratch_folder(paths) as folder:
        selected = _find_file(dataset, limited_settings, paths, folder, prompter)
        inspection = inspect_file(selected.file, prompter.choose_layer)
        entry = draft_entry(spec, selected, inspection, key, settings)
    show_inspection(selected.file.name, inspection, entry)
    if options.yes and (doubts := no_solar_warnings(inspection)):
        raise EoPvError(f"Nothing was written: {doubts[0]}. Without --yes, you are asked.")
    is_local = (paths.root / LOCAL_SETTINGS).exists() if options.is_local is None else options.is_local
    file = str(LOCAL_SETTINGS) if is_local else "params.yaml"
    prompter.require_consent(file)
    line = add_local_entry(paths.root, entry) if is_local else add_entry(paths.root / file, entry)
    out.info(f"{file}, line {line}: {entry.key} is added.")
    show_next_steps(spec, entry, settings)


@contextmanager
def _scratch_folder(paths: ProjectPaths) -> Iterator[Path]:
    """A temporary folder; several may exist at a time."""
    parent = paths.scratch("add")
    parent.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(dir=parent) as folder:
            yield Path(folder)
    finally:
        if not any(parent.iterdir()):
            parent.rmdir()


def _find_file(
    dataset: Dataset, settings: Settings, paths: ProjectPaths, folder: Path, prompter: Prompter
) -> SelectedFile:
    """The file to inspect; errors that name settings of the entry, which does not exist yet, name options instead.

    Raises:
        EoPvError: there is none, or it cannot be downloaded.
    """
    try:
        return FileFinder(dataset, settings, paths.root, folder).find(prompter.choose_file)
    except EoPvError as error:
        if f"datasets.{dataset.key}." not in str(error):
            raise
        options = "--file (for source.include) or --max-mb (for max_mb)"
        raise type(error)(f"{error} Nothing was added to params.yaml: here, say {options}.") from error
