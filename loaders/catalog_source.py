"""The settings of acquisition: where a dataset is published, and how files are brought from there."""

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from loaders.redact import credential_in

Doi = Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")]
GithubFile = Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+@[\w./-]+:(release:)?[^:]+$")]
HttpUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+/\S+$")]
Text = Annotated[str, StringConstraints(min_length=1)]
Positive = Annotated[float, Field(gt=0)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Count = Annotated[int, Field(ge=1, le=32)]

SOURCE_KINDS = ("doi", "url", "github", "path")


class Setting(BaseModel):
    """A branch of the settings: unknown keys are refused, nothing can be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def as_tuple(value: object) -> object:
    """One name stands for a list of one; YAML's lists become tuples, which stay as they are."""
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str) else value


Patterns = Annotated[tuple[Text, ...], BeforeValidator(as_tuple)]


class Source(Setting):
    """Where a dataset is published: exactly one of `doi`, `url`, `github`, `path`."""

    doi: Doi | None = None
    url: HttpUrl | None = None
    github: GithubFile | None = None
    path: Text | None = None
    include: Patterns = ()
    exclude: Patterns = ()

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if len(self._given()) != 1:
            found = " and ".join(self._given()) or "none of them"
            raise ValueError(f"a source is exactly one of {', '.join(SOURCE_KINDS)}; found {found}")
        return self

    @model_validator(mode="after")
    def _no_secrets(self) -> Self:
        for kind in ("url", "doi", "github"):
            if what := credential_in(getattr(self, kind) or ""):
                raise ValueError(
                    f"the {kind} holds a secret ({what}), which would end up in the lock and in Git, and may expire. "
                    f"Give the address without it; a user name and password are read from ~/.netrc. Or download the "
                    f"file yourself, and use `path:` instead"
                )
        return self

    @property
    def kind(self) -> str:
        """Which of the four it is."""
        return self._given()[0]

    @property
    def as_stated(self) -> dict[str, object]:
        """As a lock repeats it."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def _given(self) -> list[str]:
        return [kind for kind in SOURCE_KINDS if getattr(self, kind) is not None]


class Download(Setting):
    """How files are brought: nothing here changes what they are."""

    datasets_at_once: Count = 4
    connections_per_host: Count = 2
    attempts: Count = 5
    timeout_s: Seconds = 30.0
    backoff_s: Annotated[float, Field(ge=0, le=3600)] = 1.0
    longest_wait_s: Seconds = 120.0
    slowest_bytes_per_s: Annotated[float, Field(ge=0, le=1e12)] = 1000.0
    max_unpacked_mb: Annotated[float, Field(gt=0, le=1e9)] = 10_000.0
    max_ratio: Annotated[float, Field(gt=1, le=1e6)] = 200.0
    contact: Annotated[str, StringConstraints(pattern=r"^[!-~ ]+$")] | None = None
