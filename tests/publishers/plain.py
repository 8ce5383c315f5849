"""Hosts that hold files and nothing else."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from tests.publishers.answers import Answer, Asked, data_file, page
from tests.publishers.bodies import Generated, as_content


class Plain:
    """Any hosts: they exist from the first file that is published there."""

    def __init__(self) -> None:
        self._files: dict[str, dict[str, Answer]] = {}

    @property
    def hosts(self) -> Collection[str]:
        return tuple(self._files)

    def publish(
        self,
        host: str,
        path: str,
        body: bytes | Generated,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        content_type: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Put a file at a path (not quoted), or replace it.

        Args:
            host: of the address.
            path: from the first slash, without a query, which is not looked at.
            body: the file.
            etag: with its quotes, `W/` before them if it is weak; empty for none; by default that of the bytes.
            last_modified: as in the header; empty for none; by default a date that depends on the bytes.
            content_type: by default guessed from the name.
            headers: more of them.
        """
        answer = data_file(as_content(body), PurePosixPath(path).name, content_type=content_type)
        stated = {**answer.headers, **(headers or {})}
        self._files.setdefault(host.lower(), {})[path] = replace(
            answer,
            headers=stated,
            etag=answer.etag if etag is None else etag,
            modified=answer.modified if last_modified is None else last_modified,
        )

    def unpublish(self, host: str, path: str) -> None:
        """Take a file away; the host stays."""
        self._files.get(host.lower(), {}).pop(path, None)

    def answer(self, asked: Asked) -> Answer:
        return self._files[asked.host].get(asked.path) or page("404 Not Found", 404)
