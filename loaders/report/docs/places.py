"""The source of a dataset as text and as a link."""

import re
from urllib.parse import quote

from loaders.acquire.lock import Lock
from loaders.core.escape import doi_address, one_line, web_address
from loaders.settings.params import Dataset

GITHUB = re.compile(r"^([\w.-]+/[\w.-]+)@([\w./-]+):(release:)?(.*)$")


def source_name(dataset: Dataset, lock: Lock | None = None) -> str:
    """The DOI of the locked version; else the source as in the settings."""
    source = dataset.source
    if doi := (lock.doi if lock else None) or source.doi:
        return one_line(f"DOI {doi}")
    return one_line({"url": source.url, "github": f"GitHub {source.github}", "path": source.path}[source.kind] or "")


def source_address(dataset: Dataset, lock: Lock | None = None) -> str | None:
    """The URL of the source; null for a local file."""
    source = dataset.source
    if doi := (lock.doi if lock else None) or source.doi:
        return doi_address(doi)
    if match := GITHUB.match(source.github or ""):
        repository, version, is_release, path = match.groups()
        return f"https://github.com/{repository}/{'releases/tag' if is_release else 'tree'}/" + quote(
            version if is_release else f"{version}/{path}"
        )
    address = (lock.record.url if lock and lock.record else None) or source.url
    return web_address(address)
