"""github.com and the hosts behind it: refs, files by commit, assets of releases, archives, and checksums of all."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tests.publishers.answers import Answer, Asked, data_file, document, page, redirect
from tests.publishers.bodies import Content, Whole, as_contents, digest
from tests.publishers.sites import Files, Pages, number_of, routed

ASSETS = "https://release-assets.githubusercontent.com/github-production-release-asset"
CAPABILITIES = b"multi_ack side-band-64k ofs-delta shallow symref=HEAD:refs/heads/main object-format=sha1"


@dataclass(slots=True)
class _Repository:
    name: str
    head: str
    commits: dict[str, Mapping[str, Content]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    annotated: set[str] = field(default_factory=set)
    assets: dict[tuple[str, str], Content] = field(default_factory=dict)

    def commit(self, ref: str) -> str:
        """What a ref stands for; a commit for itself."""
        return {"main": self.head, "HEAD": self.head, **self.tags}.get(ref, ref)


class GitHub:
    """The repositories of GitHub."""

    hosts = (
        "api.github.com",
        "github.com",
        "raw.githubusercontent.com",
        "codeload.github.com",
        "release-assets.githubusercontent.com",
    )

    def __init__(self) -> None:
        self._repositories: dict[str, _Repository] = {}

    def publish(
        self,
        repository: str,
        files: Files,
        *,
        commit: str,
        tags: Sequence[str] = (),
        annotated_tags: Sequence[str] = (),
        releases: Mapping[str, Files] | None = None,
    ) -> None:
        """Make a commit the newest one of a repository, or replace its files; older commits, tags and assets stay.

        Args:
            repository: owner/name.
            files: all of the commit, by their paths.
            commit: 40 hexadecimal digits.
            tags: that lead to the commit.
            annotated_tags: that lead to it by way of a tag object.
            releases: assets by tag and name.
        """
        found = self._repositories.setdefault(repository.lower(), _Repository(repository, commit))
        found.head = commit
        found.commits[commit] = as_contents(files)
        found.tags |= dict.fromkeys([*tags, *annotated_tags], commit)
        found.annotated = found.annotated - set(tags) | set(annotated_tags)
        for tag, assets in (releases or {}).items():
            found.assets |= {(tag, name): content for name, content in as_contents(assets).items()}

    def unpublish(self, repository: str, commit: str | None = None) -> None:
        """Take a repository away, or the files of one commit."""
        if commit is None:
            self._repositories.pop(repository.lower(), None)
        else:
            self._repositories[repository.lower()].commits.pop(commit, None)

    def answer(self, asked: Asked) -> Answer:
        place = r"(?P<place>[^/]+/[^/]+)"
        pages: Pages = {
            rf"github\.com/{place}\.git/info/refs": self._refs,
            rf"github\.com/{place}/releases/download/(?P<tag>.+)/(?P<name>[^/]+)": self._release,
            rf"release-assets\.githubusercontent\.com/[^/]+/{place}/(?P<tag>.+)/(?P<name>[^/]+)": self._asset,
            rf"raw\.githubusercontent\.com/{place}/(?P<ref>[^/]+)/(?P<path>.+)": self._raw,
            rf"api\.github\.com/repos/{place}/git/trees/(?P<ref>[^/]+)": self._tree,
            rf"api\.github\.com/repos/{place}/contents/(?P<path>.+)": self._contents,
            rf"api\.github\.com/repos/{place}/releases/tags/(?P<tag>[^/]+)": self._assets,
            rf"codeload\.github\.com/{place}/zip/(refs/(heads|tags)/)?(?P<ref>.+)": self._archive,
        }
        return routed(asked, pages, _missing)

    def _known(self, place: str) -> _Repository:
        """The repository of a name; an empty one if there is none."""
        return self._repositories.get(place.lower(), _Repository(place, ""))

    def _refs(self, asked: Asked, place: str) -> Answer:
        repository = self._known(place)
        if not repository.head:  # GitHub does not tell what is missing from what is private
            challenge = {"WWW-Authenticate": 'Basic realm="GitHub"', "Content-Type": "text/plain"}
            return Answer(Whole(b"Repository not found."), 401, challenge)
        if asked.query.get("service") != "git-upload-pack":
            return page("Please upgrade your git client.", 403)
        kind = {"Content-Type": "application/x-git-upload-pack-advertisement", "Cache-Control": "no-cache"}
        return Answer(Whole(_advertisement(repository)), headers=kind)

    def _release(self, asked: Asked, place: str, tag: str, name: str) -> Answer:
        if (tag, name) not in self._known(place).assets:
            return _missing(asked)
        signature = f"sp=r&sv=2018-11-09&sig={number_of(place, tag, name)}"
        return redirect(f"{ASSETS}/{place}/{quote(tag)}/{quote(name)}?{signature}")

    def _asset(self, asked: Asked, place: str, tag: str, name: str) -> Answer:
        content = self._known(place).assets.get((tag, name))
        if content is None or "sig" not in asked.query:
            return _missing(asked)
        return data_file(content, name, is_attachment=True, content_type="application/octet-stream")

    def _raw(self, asked: Asked, place: str, ref: str, path: str) -> Answer:
        repository = self._known(place)
        content = repository.commits.get(repository.commit(ref), {}).get(path)
        if content is None:
            return replace(_missing(asked), content=Whole(b"404: Not Found"), headers={"Content-Type": "text/plain"})
        return data_file(content, path, content_type="application/octet-stream")

    def _tree(self, asked: Asked, place: str, ref: str) -> Answer:
        files = self._known(place).commits.get(self._known(place).commit(ref))
        if files is None:
            return document({"message": "Not Found"}, 404)
        tree = [_described(path, file) for path, file in files.items()]
        return document({"sha": ref, "tree": tree, "truncated": False})

    def _contents(self, asked: Asked, place: str, path: str) -> Answer:
        repository = self._known(place)
        file = repository.commits.get(repository.commit(asked.query.get("ref", "HEAD")), {}).get(path)
        return document(_described(path, file)) if file else document({"message": "Not Found"}, 404)

    def _assets(self, asked: Asked, place: str, tag: str) -> Answer:
        assets = {name: file for (of, name), file in self._known(place).assets.items() if of == tag}
        stated = [
            {"name": name, "size": file.size, "digest": f"sha256:{digest(file, 'sha256')}"}
            for name, file in assets.items()
        ]
        return document({"tag_name": tag, "assets": stated}, 200 if assets else 404)

    def _archive(self, asked: Asked, place: str, ref: str) -> Answer:
        repository = self._known(place)
        commit = repository.commit(ref)
        if commit not in repository.commits:
            return _missing(asked)
        name = f"{repository.name.rpartition('/')[2]}-{commit}"
        content = Whole(_zipped(repository.commits[commit], name, commit))
        answer = data_file(content, f"{name}.zip", is_attachment=True, content_type="application/zip")
        return replace(answer, modified="", takes_ranges=False, framing="chunked")


def _described(path: str, content: Content) -> dict[str, Any]:
    """What Git knows a file by."""
    found = hashlib.sha1(b"blob %d\0" % content.size, usedforsecurity=False)
    for piece in content.pieces():
        found.update(piece)
    return {"path": path, "type": "blob", "sha": found.hexdigest(), "size": content.size}


def _missing(_: Asked) -> Answer:
    return page("Page not found - GitHub", 404)


def _advertisement(repository: _Repository) -> bytes:
    """All refs, as git's smart protocol lists them: an annotated tag has an object of its own, then its commit."""
    refs = {"HEAD": repository.head, "refs/heads/main": repository.head}
    for tag, commit in sorted(repository.tags.items()):
        if tag in repository.annotated:
            tag_object = hashlib.sha1(f"{tag} {commit}".encode(), usedforsecurity=False).hexdigest()
            refs |= {f"refs/tags/{tag}": tag_object, f"refs/tags/{tag}^{{}}": commit}
        else:
            refs[f"refs/tags/{tag}"] = commit
    first, *others = [f"{commit} {name}".encode() for name, commit in refs.items()]
    lines = [_packet(first + b"\0" + CAPABILITIES), *map(_packet, others)]
    return b"".join([_packet(b"# service=git-upload-pack"), b"0000", *lines, b"0000"])


def _packet(line: bytes) -> bytes:
    """A line behind its length, which counts itself and the line's end."""
    return b"%04x%b\n" % (len(line) + 5, line)


def _zipped(files: Mapping[str, Content], folder: str, commit: str) -> bytes:
    """The same bytes for the same files; big ones are in memory here."""
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.comment = commit.encode()
        archive.writestr(ZipInfo(f"{folder}/"), b"")
        for path, content in sorted(files.items()):
            archive.writestr(ZipInfo(f"{folder}/{path}"), b"".join(content.pieces()), ZIP_DEFLATED)
    return stream.getvalue()
