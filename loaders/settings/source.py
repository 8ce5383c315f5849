"""Settings of acquisition: the source of a dataset, and the selection of its files."""

from typing import Annotated, Self

from pydantic import BeforeValidator, StringConstraints, model_validator

from loaders.core.redact import credential_in
from loaders.settings.base import SettingsModel, Text, as_tuple

Doi = Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")]
GithubFile = Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+@[\w./-]+:(release:)?[^:]+$")]
HttpUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+/\S+$")]

SOURCE_KINDS = ("doi", "url", "github", "path")


Patterns = Annotated[tuple[Text, ...], BeforeValidator(as_tuple)]


class Source(SettingsModel):
    """The source of a dataset: exactly one of `doi`, `url`, `github`, `path`.

    Attributes:
        doi: of a record at Zenodo, figshare, ScienceBase, Dataverse, OSF, Dryad or another repository of datahugger.
        url: address of a file, or of the page of a record, which selects one version.
        github: `owner/repo@commit-or-tag:path` of a file or folder (ends in /); `…@tag:release:file` of a release.
        path: your own file or folder, relative to the project's folder.
        include: patterns of the files to load; each must match.
        include_first: alternatives, the best first: the first pattern that matches counts, the others are left out.
        exclude: patterns of files to leave out.
    """

    doi: Doi | None = None
    url: HttpUrl | None = None
    github: GithubFile | None = None
    path: Text | None = None
    include: Patterns = ()
    include_first: Patterns = ()
    exclude: Patterns = ()

    @model_validator(mode="after")
    def _require_one_kind(self) -> Self:
        if len(self._stated_kinds()) != 1:
            kinds = " and ".join(self._stated_kinds()) or "none of them"
            raise ValueError(f"a source is exactly one of {', '.join(SOURCE_KINDS)}; found {kinds}")
        return self

    @model_validator(mode="after")
    def _require_one_selection(self) -> Self:
        if self.include and self.include_first:
            raise ValueError("give either include (each pattern must match), or include_first (the first match counts)")
        return self

    @model_validator(mode="after")
    def _refuse_secrets(self) -> Self:
        for kind in ("url", "doi", "github"):
            if credential := credential_in(getattr(self, kind) or ""):
                raise ValueError(
                    f"the {kind} holds a secret ({credential}), which would end up in the lock and in Git, and may "
                    "expire. Give the address without it; a user name and password are read from ~/.netrc. Or "
                    "download the file yourself, and use `path:` instead"
                )
        return self

    @property
    def kind(self) -> str:
        """The kind of source: one of the four."""
        return self._stated_kinds()[0]

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns of `include` or `include_first`."""
        return self.include or self.include_first

    @property
    def patterns_setting(self) -> str:
        """The name of the setting that has, or may have, these patterns."""
        return "include_first" if self.include_first else "include"

    @property
    def as_stated(self) -> dict[str, object]:
        """The source as a lock repeats it."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def _stated_kinds(self) -> list[str]:
        return [kind for kind in SOURCE_KINDS if getattr(self, kind) is not None]
