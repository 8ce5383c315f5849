"""What a user calls a source, as the settings call it."""

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
class Given:
    """A source as it was given.

    Attributes:
        kind: which of `doi`, `url`, `github`, `path` it is.
        name: as the settings write it.
    """

    kind: str
    name: str

    @property
    def is_pinned(self) -> bool:
        """Whether it means the same bytes tomorrow, as far as its name tells: a branch or a tag may move."""
        return self.kind != "github" or bool(COMMIT.fullmatch(self.ref))

    @property
    def ref(self) -> str:
        """The commit, tag or branch of a place at GitHub."""
        return self.name.partition("@")[2].partition(":")[0]

    def at(self, ref: str) -> "Given":
        """The same place at another commit of the repository."""
        repository, _, rest = self.name.partition("@")
        return Given(self.kind, f"{repository}@{ref}:{rest.partition(':')[2]}")

    def source(self, include: tuple[str, ...] = ()) -> Source:
        """As the settings have it.

        Raises:
            SettingsError: they would refuse it.
        """
        try:
            return Source.model_validate({self.kind: self.name, "include": include})
        except ValidationError as error:
            problem = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise SettingsError(f"{self.name!r} cannot be a source: {problem}. {FORMS}") from error


def given(text: str, root: Path) -> Given:
    """Understand what a user calls a source.

    Args:
        text: as typed.
        root: the project's folder; paths in it are kept relative to it.

    Raises:
        SettingsError: it is none of the known forms; the message lists them.
    """
    text = text.strip()
    if found := DOI.fullmatch(text):
        return Given("doi", unquote(found[1]) if "://" in text else found[1])
    if re.match(r"https?://", text, re.IGNORECASE):
        return _address(text)
    if text and _is_there(Path(text)):
        return Given("path", _below(Path(text).expanduser(), root))
    if GITHUB.fullmatch(text):
        return Given("github", text)
    raise SettingsError(
        f"{one_line(text)!r} is no source that is known here, and no file of that name is there. {FORMS}"
    )


def _is_there(path: Path) -> bool:
    try:
        return path.expanduser().exists()
    except (OSError, RuntimeError):  # too long for a name, or no such user
        return False


def _below(path: Path, root: Path) -> str:
    absolute = path.absolute()
    for place in (absolute, path.resolve()):
        if place.is_relative_to(root):
            return place.relative_to(root).as_posix()
    return absolute.as_posix()


def _address(url: str) -> Given:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if host == "zenodo.org" and (found := ZENODO.fullmatch(parts.path)):
        return Given("doi", f"10.5281/zenodo.{found[1]}")
    if host in {"github.com", "raw.githubusercontent.com"} and (place := _at_github(host, unquote(parts.path))):
        return Given("github", place)
    return Given("url", url)


def _at_github(host: str, path: str) -> str | None:
    """A page or a file at GitHub as `owner/repository@ref:path`; null for pages that are neither file nor folder."""
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
