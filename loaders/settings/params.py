"""Settings: the only reader of `params.yaml` and of the user's own datasets.

Everything is checked before anything runs, and settings are immutable. Each setting is explained in `params.yaml`.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, StringConstraints, ValidationError, model_validator

from loaders.core.errors import SettingsError
from loaders.settings import messages
from loaders.settings.base import Executor, Positive, SettingsModel, Text, as_tuple
from loaders.settings.build import Boundaries, Dedup, Licences
from loaders.settings.categories import IncludedStatuses, IncludedTechnologies
from loaders.settings.column import AllowedValues
from loaders.settings.columns import ColumnMap, Extent, ReadOptions
from loaders.settings.descent import inventory_and_edition, require_valid_descent
from loaders.settings.documents import (
    DATASETS,
    LOCAL_SETTINGS,
    MACHINE,
    Document,
    merge_datasets,
    merge_machine,
    read_document,
)
from loaders.settings.download import Download
from loaders.settings.ducklake import DuckLake
from loaders.settings.irradiance import Energy, Irradiance
from loaders.settings.machine import Machine
from loaders.settings.report import Report
from loaders.settings.source import Doi, Source
from loaders.settings.stated_licence import NO_LICENCE, Licence
from loaders.tables import SHARED_TABLES

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]

# tables and DVC outputs that a dataset of that name would overwrite, or be confused with
RESERVED_KEYS = SHARED_TABLES | {"boundaries", "build", "overture"}


class Dataset(SettingsModel):
    """One published dataset: its source, how to read it, what its columns mean, its descent and its licence.

    Attributes:
        alias: a short name for the command line.
        where: row filter by the values of columns; other rows are rejected and counted.
        version_of: the dataset that this one is the next edition of.
        derived_from: datasets, or namespaces of identifiers, whose records it contains.
        expected_features: number of features that the publisher states; another number stops the load.
        max_mb: largest single file of this dataset that may be downloaded [MB], instead of the top-level `max_mb`.
        licence_verified: whether somebody has read the licence at its source.
        verified: what somebody has seen in the publisher's own bytes, and what not.
        cite: DOI of the paper.
    """

    key: str
    alias: Key | None = None
    source: Source
    read: ReadOptions = ReadOptions()
    where: dict[Text, AllowedValues] = Field(default_factory=dict)
    columns: ColumnMap = ColumnMap()
    version_of: Text | None = None
    derived_from: Annotated[tuple[Text, ...], BeforeValidator(as_tuple)] = ()
    extent: Extent | None = None
    expected_features: Annotated[int, Field(gt=0)] | None = None
    max_mb: Positive | None = None
    licence: Licence = NO_LICENCE
    licence_verified: bool = False
    verified: Text | None = None
    cite: Doi | None = None


class NotLoaded(SettingsModel):
    """A known dataset that is not loaded, with the reason.

    Attributes:
        doi: of the dataset.
        reason: why it is not loaded.
    """

    doi: Doi
    reason: Text


class Settings(SettingsModel):
    """The whole of `params.yaml`.

    Attributes:
        origin: `sample`, the bundled miniature twins, synthetic, no network; or `doi`, the published records.
        max_mb: largest single file that may be downloaded [MB]; a dataset may have its own limit.
        h3_resolution: H3 resolution of `h3_cell`, the index of records; 8 is about 0.7 km².
        include_status: statuses of installations; records with another one are in no installation.
        include_technology: technologies of installations; records with another one are in no installation.
        executor: of several datasets at a time, in `eo-pv ingest` and `run_doi_pipeline`; `dask` also of the shards of
            a large build. All make the same bytes.
        warehouse: `duckdb`, one file; or `ducklake`, for several machines, each build a snapshot.
    """

    origin: Literal["sample", "doi"] = "sample"
    max_mb: Positive = 250.0
    _limit_option: str = PrivateAttr("")
    download: Download = Download()
    h3_resolution: Annotated[int, Field(ge=0, le=15)] = 8
    dedup: Dedup = Dedup()
    licences: Licences = Licences()
    include_status: IncludedStatuses = ("operating", "unknown")
    include_technology: IncludedTechnologies = ("pv", "unknown")
    boundaries: Boundaries = Boundaries()
    irradiance: Irradiance = Irradiance()
    energy: Energy = Energy()
    executor: Executor = "threads"
    report: Report = Report()
    machine: Machine = Machine()
    warehouse: Literal["duckdb", "ducklake"] = "duckdb"
    ducklake: DuckLake = DuckLake()
    datasets: dict[Key, Dataset]
    not_loaded: dict[Key, NotLoaded] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _require_unique_names(self) -> Self:
        owners: dict[str, str] = dict.fromkeys(self.datasets, "")
        for key, dataset in self.datasets.items():
            if key in RESERVED_KEYS:
                raise ValueError(f"datasets.{key} has a name that eo-pv itself uses; give it another key")
            if key in self.not_loaded:
                raise ValueError(f"{key} stands under datasets and under not_loaded; keep one of them")
            if dataset.alias is None:
                continue
            if dataset.alias in RESERVED_KEYS:
                raise ValueError(f"alias {dataset.alias} of {key} is a name that eo-pv itself uses; give it another")
            if dataset.alias in owners or dataset.alias in self.not_loaded:
                other = owners.get(dataset.alias) or dataset.alias
                raise ValueError(f"alias {dataset.alias} of {key} is taken by {other}; give it another")
            owners[dataset.alias] = key
        return self

    @model_validator(mode="after")
    def _require_known_priority(self) -> Self:
        for key in self.dedup.priority:
            if key not in self.datasets:
                raise ValueError(
                    messages.unknown_name_message(key, self.datasets, "dataset", "dedup.priority").rstrip(".")
                )
        if len(set(self.dedup.priority)) < len(self.dedup.priority):
            raise ValueError("dedup.priority names a dataset twice; keep one of them")
        return self

    @model_validator(mode="after")
    def _require_valid_descent(self) -> Self:
        namespaces = {name for dataset in self.datasets.values() for name in dataset.columns.identifiers}
        derived_from = {key: dataset.derived_from for key, dataset in self.datasets.items()}
        require_valid_descent(self._version_of, derived_from, namespaces)
        return self

    @property
    def _version_of(self) -> dict[str, str | None]:
        return {key: dataset.version_of for key, dataset in self.datasets.items()}

    def inventory_and_edition(self, key: str) -> tuple[str, int]:
        """The first edition of the inventory of a dataset, and the number of editions before this one."""
        return inventory_and_edition(key, self._version_of)

    @property
    def by_priority(self) -> tuple[str, ...]:
        """The keys of all datasets, by their priority in entity resolution."""
        return tuple(dict.fromkeys((*self.dedup.priority, *self.datasets)))

    @property
    def boundary_source(self) -> Literal["naturalearth", "overture"]:
        """The source of boundaries; samples always use the bundled one."""
        return "naturalearth" if self.origin == "sample" else self.boundaries.source

    def limit_mb(self, dataset: Dataset) -> float:
        """The size limit of a single file of a dataset [MB]."""
        return dataset.max_mb or self.max_mb

    def limit_name(self, dataset: Dataset) -> str:
        """What to raise where a file of a dataset is over the limit: the setting, or the option that overrides it."""
        return self._limit_option or f"datasets.{dataset.key}.max_mb in params.yaml"

    def with_limit(self, max_mb: float, option: str = "--max-mb") -> Self:
        """The same settings with one size limit for all datasets.

        Args:
            max_mb: the limit [MB].
            option: its name on the command line, for messages.

        Raises:
            SettingsError: the limit is not a positive number.
        """
        if not max_mb > 0:
            raise SettingsError(f"max_mb is {max_mb!r}; expected a positive number of megabytes.")
        datasets = {key: dataset.model_copy(update={"max_mb": None}) for key, dataset in self.datasets.items()}
        limited = self.model_copy(update={"max_mb": max_mb, "datasets": datasets})
        limited._limit_option = option
        return limited

    def select_datasets(self, names: Iterable[str] | None) -> list[Dataset]:
        """The datasets with these keys or aliases, each once; all datasets without names.

        Raises:
            SettingsError: a name is unknown.
        """
        datasets = [self.dataset(name) for name in names or self.datasets]
        return list({dataset.key: dataset for dataset in datasets}.values())

    def dataset(self, name: str) -> Dataset:
        """The dataset with this key or alias.

        Raises:
            SettingsError: the name is unknown; the message suggests the nearest one.
        """
        aliases = {dataset.alias: key for key, dataset in self.datasets.items() if dataset.alias}
        key = aliases.get(name, name)
        if key in self.datasets:
            return self.datasets[key]
        if key in self.not_loaded:
            raise SettingsError(f"{key} is known but not loaded: {self.not_loaded[key].reason}")
        raise SettingsError(messages.unknown_name_message(name, [*self.datasets, *aliases], "dataset", "params.yaml"))


def read_settings(
    path: Path, own: Document | None = None, own_machine: Document | None = None, *, may_be_empty: bool = False
) -> Settings:
    """Read and check the settings.

    Args:
        path: the YAML file, by convention `params.yaml` in the project's folder.
        own: entries of the user's own datasets, from another file.
        own_machine: settings of this machine, from that file.
        may_be_empty: whether there may be no dataset yet.

    Raises:
        SettingsError: it is not YAML, or holds an invalid setting: the message names the file, the key, the value and
            the nearest valid name.
    """
    document = merge_datasets(read_document(path, path.name), own or {}, path.name)
    document = merge_machine(document, own_machine or {})
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        branches = {DATASETS: own or {}, MACHINE: own_machine or {}}
        message = messages.invalid_settings_message(error, Settings, lambda *found: _file_of(path, branches, *found))
        raise SettingsError(message) from error
    if not settings.datasets and not may_be_empty:
        raise SettingsError(f"{path.name}: there is no dataset yet. Add your file or a DOI: `eo-pv add farms.gpkg`.")
    return settings


def _file_of(path: Path, own: Mapping[str, Document], setting: messages.SettingPath, message: str) -> str:
    """The file in which a setting stands, both files where that is not known."""
    is_own = len(setting) > 1 and setting[1] in own.get(str(setting[0]), {})
    named = set() if setting else {*map(str, own[DATASETS])} & set(re.findall(r"\w+", message))
    if is_own or any(message.startswith(f"{DATASETS}.{key}") for key in named):
        return str(LOCAL_SETTINGS)
    return f"{path.name} and {LOCAL_SETTINGS}" if named else path.name
