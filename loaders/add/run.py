"""From a source to an entry, step by step, with the questions in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders.add.duplicates import require_new
from loaders.add.entry import draft, require_key, taken_keys
from loaders.add.find_file import Found, Place
from loaders.add.inspect import look
from loaders.add.messages import next_steps, show
from loaders.add.prompts import Asker
from loaders.add.source import given
from loaders.add.write_params import add_entry
from loaders.core.errors import EoPvError
from loaders.core.paths import ProjectPaths
from loaders.core.terminal import out
from loaders.settings.params import Dataset, Settings

UNNAMED = "new_dataset"  # in messages, until the dataset has a key


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user said beside the source.

    Attributes:
        key: the name of the dataset.
        file: a pattern of the wanted file.
        layer: the wanted layer.
        max_mb: how large the file may be [MB].
        yes: whether not to ask anything.
    """

    key: str | None = None
    file: str | None = None
    layer: str | None = None
    max_mb: float | None = None
    yes: bool = False


def run(source: str, wishes: Wishes, settings: Settings, paths: ProjectPaths) -> None:
    """Add a source to the settings.

    Raises:
        EoPvError: the source cannot be understood or read or is listed already, or nobody can be asked what is meant.
    """
    what = given(source, paths.root)
    key = require_key(wishes.key, taken_keys(settings)) if wishes.key is not None else None
    require_new(what, wishes.file, settings, paths.root)
    dataset = Dataset(key=key or UNNAMED, source=what.source((wishes.file,) if wishes.file else ()))
    limited = settings if wishes.max_mb is None else settings.with_limit(wishes.max_mb)
    asker = Asker(wishes.layer, yes=wishes.yes)
    with _scratch(paths) as folder:
        found = _found(dataset, limited, paths, folder, asker)
        looked = look(found.file, asker.layer)
        entry = draft(what, found, looked, key, settings)
    show(found.file.name, looked, entry)
    asker.require_consent()
    line = add_entry(paths.root / "params.yaml", entry)
    out.print(f"params.yaml, line {line}: {entry.key} is added.")
    next_steps(what, entry, settings)


@contextmanager
def _scratch(paths: ProjectPaths) -> Iterator[Path]:
    """A folder that is gone afterwards; several of them may be there at a time."""
    place = paths.scratch("add")
    place.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(dir=place) as folder:
            yield Path(folder)
    finally:
        if not any(place.iterdir()):
            place.rmdir()


def _found(dataset: Dataset, settings: Settings, paths: ProjectPaths, folder: Path, asker: Asker) -> Found:
    """The file to look into; errors that name settings of an entry, which is not there yet, say what takes their place.

    Raises:
        EoPvError: there is none, or it cannot be brought.
    """
    try:
        return Place(dataset, settings, paths.root, folder).find(asker.file)
    except EoPvError as error:
        if f"datasets.{dataset.key}." not in str(error):
            raise
        options = "--file (for source.include) or --max-mb (for max_mb)"
        raise type(error)(f"{error} Nothing was added to params.yaml: here, say {options}.") from error
