"""Checksums from GitHub's API: Git's blob of a file in a commit, the digest of a file of a release.

The API allows 60 anonymous requests an hour; without its response, a lock states no checksum.
"""

import logging
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from loaders.acquire.lock import LockedFile
from loaders.acquire.publishers.api.session import PublisherSession, checksum, size
from loaders.core.files import GIT_BLOB

API = "https://api.github.com/repos"
TOKEN = "GITHUB_TOKEN"  # noqa: S105 (the name of a variable)
NOT_FOUND = "answered 404"
BLOB = re.compile(r"[0-9a-f]{40}")

log = logging.getLogger(__name__)


def with_blob_checksums(
    repository: str, commit: str, files: Sequence[LockedFile], session: PublisherSession
) -> Iterator[LockedFile]:
    """Files of a commit, each with Git's checksum and size."""
    tree = _query(f"{repository}/git/trees/{commit}?recursive=1", session)
    listed = {str(entry.get("path")): entry for entry in _objects(tree, "tree")}
    is_answering = isinstance(tree, dict) or NOT_FOUND in tree
    for file in files:  # the tree of a large repository is truncated
        endpoint = f"{repository}/contents/{quote(file.remote)}?ref={commit}"
        entry = listed.get(file.remote) or (_query(endpoint, session) if is_answering else tree)
        yield _with_blob(file, entry, session)


def release_digest(repository: str, tag: str, name: str, session: PublisherSession) -> str | None:
    """The checksum of a file of a release; null if none is stated, as for files from before June 2025."""
    release = _query(f"{repository}/releases/tags/{quote(tag, safe='')}", session)
    digests = [entry.get("digest") for entry in _objects(release, "assets") if entry.get("name") == name]
    digest = checksum(*str(digests[0]).partition(":")[::2]) if digests else None
    if digest is None:
        _warn(name, release if isinstance(release, str) else "GitHub states none", session)
    return digest


def _with_blob(file: LockedFile, entry: dict[str, Any] | str, session: PublisherSession) -> LockedFile:
    sha = entry.get("sha") if isinstance(entry, dict) else None
    if not isinstance(sha, str) or not BLOB.fullmatch(sha):
        _warn(file.name, entry if isinstance(entry, str) else "GitHub states none", session)
        return file
    stated_bytes = size(entry.get("size")) if isinstance(entry, dict) else None
    return replace(file, checksum=f"{GIT_BLOB}:{sha}", bytes=file.bytes if stated_bytes is None else stated_bytes)


def _query(endpoint: str, session: PublisherSession) -> dict[str, Any] | str:
    token = os.environ.get(TOKEN, "").strip()
    headers = {"Accept": "application/vnd.github+json"}
    if re.fullmatch(r"[A-Za-z0-9_]+", token):  # anything else is not a token, and an error would repeat it
        headers["Authorization"] = f"Bearer {token}"
    return session.optional_json(f"{API}/{endpoint}", headers=headers)


def _objects(document: dict[str, Any] | str, name: str) -> list[dict[str, Any]]:
    entries = document.get(name) if isinstance(document, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _warn(name: str, reason: str, session: PublisherSession) -> None:
    log.warning(
        f"{session.key}: no checksum of {name} is known ({reason}), so that the first download is accepted as it is. "
        f"Ask again later with `make update KEY={session.key}`; a {TOKEN} in the environment allows more questions."
    )
