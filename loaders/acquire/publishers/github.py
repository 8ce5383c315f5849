"""GitHub, by commit or tag: a file, the parts of a shapefile, a file of a release, or a folder as one archive.

Only its API states checksums: the blob of each file in a commit, the digest of each file of a release.
"""

import re
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import PurePosixPath
from typing import Self
from urllib.parse import quote

from dulwich.errors import GitProtocolError, HangupException
from dulwich.protocol import Protocol

from loaders.acquire.lock import LockedFile, Record
from loaders.acquire.publishers.api.session import Listing, PublisherSession
from loaders.acquire.publishers.github_checksums import release_digest, with_blob_checksums
from loaders.acquire.publishers.url import fetch_headers, locked_file
from loaders.core.errors import SourceError
from loaders.core.file_formats import SHAPEFILE_PARTS

RELEASE = "release:"
COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class GithubSource:
    """`owner/repository@commit-or-tag:path`; the path of a folder ends with a slash."""

    repository: str
    ref: str
    path: str

    @classmethod
    def parse(cls, name: str) -> Self:
        """Parse a source; the settings have checked its form."""
        repository, _, rest = name.partition("@")
        ref, _, path = rest.partition(":")
        return cls(repository, ref, path)


def query(name: str, session: PublisherSession) -> Listing:
    """The files at a source in a repository; a tag is pinned to its commit."""
    source = GithubSource.parse(name)
    commit = source.ref if COMMIT.fullmatch(source.ref) else _commit(source, session)
    record = Record(
        repository="github",
        id=f"{source.repository}@{commit}",
        title=source.repository,
        version=source.ref,
        url=f"https://github.com/{source.repository}/tree/{commit}",
    )
    if source.path.endswith("/"):
        archive = f"{source.repository.rpartition('/')[2]}-{commit}.zip"
        return Listing(record, (LockedFile(archive, None, None, remote="archive"),))
    if source.path.startswith(RELEASE):
        asset = f"{RELEASE}{source.ref}/{source.path.removeprefix(RELEASE)}"
        file = _file(record, asset, session)
        digest = release_digest(source.repository, source.ref, file.name, session)
        return Listing(record, (replace(file, checksum=digest),))
    files = (_file(record, source.path, session), *_shapefile_parts(record, source.path, session))
    return Listing(record, tuple(with_blob_checksums(source.repository, commit, files, session)))


def address(record: Record, file: LockedFile) -> str:
    """The address of a file by its commit and path, or by its release."""
    repository, _, commit = record.id.partition("@")
    if file.remote == "archive":
        return f"https://codeload.github.com/{repository}/zip/{commit}"
    if file.remote.startswith(RELEASE):
        return f"https://github.com/{repository}/releases/download/{quote(file.remote.removeprefix(RELEASE))}"
    return f"https://raw.githubusercontent.com/{repository}/{commit}/{quote(file.remote)}"


def _file(record: Record, remote: str, session: PublisherSession) -> LockedFile:
    requested_file = LockedFile(PurePosixPath(remote.removeprefix(RELEASE)).name, None, None, remote=remote)
    response = fetch_headers(address(record, requested_file), session)
    session.require_found(response, f"{remote} in {record.id}")
    file = locked_file(response, requested_file.name, remote)
    # the commit identifies the content; validators of the server may change any day
    return file if remote.startswith(RELEASE) else replace(file, validator=None)


def _shapefile_parts(record: Record, path: str, session: PublisherSession) -> list[LockedFile]:
    if not path.lower().endswith(".shp"):
        return []
    names = [f"{path[:-4]}{suffix}" for suffix in sorted(SHAPEFILE_PARTS)]
    addresses = {name: address(record, LockedFile(name, None, None, remote=name)) for name in names}
    return [
        _file(record, name, session) for name in names if fetch_headers(addresses[name], session).status_code != 404
    ]


def _commit(source: GithubSource, session: PublisherSession) -> str:
    """The commit of a tag, or of a branch as it is now."""
    url = f"https://github.com/{source.repository}.git/info/refs?service=git-upload-pack"
    refs = _refs(
        session.require_found(session.get(url), f"the repository {source.repository}").content, source, session
    )
    for name in (f"refs/tags/{source.ref}^{{}}", f"refs/tags/{source.ref}", f"refs/heads/{source.ref}"):
        if name in refs:
            return refs[name]
    tags = sorted(name.removeprefix("refs/tags/") for name in refs if name.startswith("refs/tags/") and "^" not in name)
    raise SourceError(
        f"{session.key}: {source.repository} has no tag or branch {source.ref!r}. Its tags: "
        f"{', '.join(tags) or 'none'}. Name one of them, or a whole commit (40 digits), in "
        f"datasets.{session.key}.source.github in params.yaml."
    )


def _refs(answer: bytes, source: GithubSource, session: PublisherSession) -> dict[str, str]:
    """Every ref of a repository, with its commit."""
    stream = BytesIO(answer)
    protocol = Protocol(stream.read, lambda _: None)
    try:
        lines = [*protocol.read_pkt_seq(), *protocol.read_pkt_seq()]  # the service, and then the refs
    except (GitProtocolError, HangupException, AssertionError, ValueError) as error:
        raise session.unclear_answer(f"the names in {source.repository} cannot be read") from error
    pairs = [line.split(b"\0")[0].decode("utf-8", "replace").split() for line in lines]
    return {words[1]: words[0] for words in pairs if len(words) == 2 and COMMIT.fullmatch(words[0])}
