"""Parses the source argument (DOI, URL, GitHub file or path) into the form of the settings."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError

from loaders.core.errors import SettingsError
from loaders.core.escape import one_line
from loaders.settings.source import Source

DOI = re.compile(r"(?:doi:\s*|https?://(?:dx\.|www\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
GITHUB = re.compile(r"[\w.-]+/[\w.-]+@[\w./-]+:(?:release:)?[^:]+")
ZENODO = re.compile(r"/records?/(\d+)/?")
COMMIT = re.compile(r"[0-9a-f]{40}")
FORMS = (
    "Expected a DOI (10.5281/zenodo.5005867, doi:… or https://doi.org/…), a file at GitHub "
    "(owner/repository@commit:folder/farms.geojson, or the address of its page), another http(s) address of a file, "
    "or a file of your own."
)


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A parsed source argument.

    Attributes:
        kind: `doi`, `url`, `github` or `path`.
        name: as in the settings.
    """

    kind: str
    name: str

    @property
    def is_pinned(self) -> bool:
        """Whether its name pins the bytes: a branch or a tag may move."""
        return self.kind != "github" or bool(COMMIT.fullmatch(self.ref))

    @property
    def ref(self) -> str:
        """The commit, tag or branch of a GitHub source."""
        return self.name.partition("@")[2].partition(":")[0]

    def with_ref(self, ref: str) -> "SourceSpec":
        """The same file at another commit of the repository."""
        repository, _, rest = self.name.partition("@")
        return SourceSpec(self.kind, f"{repository}@{ref}:{rest.partition(':')[2]}")

    def to_source(self, include: tuple[str, ...] = ()) -> Source:
        """The source as a setting.

        Raises:
            SettingsError: it is not a valid source.
        """
        try:
            return Source.model_validate({self.kind: self.name, "include": include})
        except ValidationError as error:
            problem = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise SettingsError(f"{self.name!r} cannot be a source: {problem}. {FORMS}") from error


def parse_source(text: str, root: Path) -> SourceSpec:
    """Parse the source argument.

    Args:
        text: as typed.
        root: project folder; paths inside it become relative to it.

    Raises:
        SettingsError: it has none of the known forms; the message lists them.
    """
    text = text.strip()
    if match := DOI.fullmatch(text):
        return SourceSpec("doi", unquote(match[1]) if "://" in text else match[1])
    if re.match(r"https?://", text, re.IGNORECASE):
        return _parse_address(text)
    if text and _exists(Path(text)):
        return SourceSpec("path", _relative_name(Path(text).expanduser(), root))
    if GITHUB.fullmatch(text):
        return SourceSpec("github", text)
    raise SettingsError(
        f"{one_line(text)!r} is no source that is known here, and no file of that name is there. {FORMS}"
    )


def _exists(path: Path) -> bool:
    try:
        return path.expanduser().exists()
    except (OSError, RuntimeError):  # too long for a name, or no such user
        return False


def _relative_name(path: Path, root: Path) -> str:
    absolute = path.absolute()
    for candidate in (absolute, path.resolve()):
        if candidate.is_relative_to(root):
            return candidate.relative_to(root).as_posix()
    return absolute.as_posix()


def _parse_address(url: str) -> SourceSpec:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if host == "zenodo.org" and (match := ZENODO.fullmatch(parts.path)):
        return SourceSpec("doi", f"10.5281/zenodo.{match[1]}")
    if host in {"github.com", "raw.githubusercontent.com"} and (name := _github_name(host, unquote(parts.path))):
        return SourceSpec("github", name)
    return SourceSpec("url", url)


def _github_name(host: str, path: str) -> str | None:
    """A GitHub page or file as `owner/repository@ref:path`; null for pages that are neither file nor folder."""
    owner, _, rest = path.strip("/").partition("/")
    repository, _, rest = rest.partition("/")
    kind, _, rest = ("raw", "", rest) if host.startswith("raw.") else rest.partition("/")
    if kind == "releases" and rest.startswith("download/"):
        tag, _, name = rest.removeprefix("download/").partition("/")
        return f"{owner}/{repository}@{tag}:release:{name}" if name else None
    if kind not in {"blob", "raw", "tree"}:
        return None
    ref, _, name = re.sub(r"^refs/(?:heads|tags)/", "", rest).partition("/")
    return f"{owner}/{repository}@{ref}:{name}{'/' if kind == 'tree' else ''}" if name else None
