"""What a build is made from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from loaders.core.files import sha256
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Settings
from loaders.tables import ADMIN_BOUNDARIES
from loaders.warehouse.overrides import Override


@dataclass(frozen=True, slots=True)
class BuildSources:
    """What a build is made from.

    Attributes:
        settings: with the datasets.
        paths: of the project.
        overrides: manual decisions.
        digests: of the records of each dataset.
    """

    settings: Settings
    paths: ProjectPaths
    overrides: Sequence[Override]
    digests: Mapping[str, str]

    @classmethod
    def read(cls, settings: Settings, paths: ProjectPaths, overrides: Sequence[Override]) -> Self:
        """With the digests of the files that are there now."""
        return cls(settings, paths, overrides, {key: sha256(paths.loaded(key)) for key in settings.datasets})

    @property
    def files(self) -> list[Path]:
        """The records of each dataset, in the order of the settings."""
        return [self.paths.loaded(key) for key in self.settings.datasets]

    def raw_digests(self) -> dict[str, str]:
        """The digest of what each raw table is made from."""
        files: dict[str, tuple[Path, ...]] = {ADMIN_BOUNDARIES: (self.paths.boundaries,)}
        files |= {key: (self.paths.rejected(key), self.paths.metrics(key)) for key in self.digests}
        tables = self.paths.irradiance_tables
        files |= {name: (path, self.paths.irradiance_counts) for name, path in tables.items()}
        return {name: " ".join([self.digests.get(name, ""), *_digests(of_table)]) for name, of_table in files.items()}


def _digests(files: Iterable[Path]) -> list[str]:
    """Of those that exist."""
    return [sha256(path) for path in files if path.exists()]
