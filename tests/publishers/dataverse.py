"""dataverse.harvard.edu: datasets by DOI, files by number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.publishers.answers import Answer, Asked, data_file, document, page
from tests.publishers.bodies import Content, as_contents, digest
from tests.publishers.dois import Doi, Dois
from tests.publishers.sites import Files, Pages, number_of, routed

HOST = "dataverse.harvard.edu"


@dataclass(frozen=True, slots=True)
class _Dataset:
    doi: str
    files: Mapping[str, Content]
    title: str


class Dataverse:
    """The datasets of one Dataverse."""

    hosts = (HOST,)

    def __init__(self, dois: Dois) -> None:
        self._dois = dois
        self._datasets: dict[str, _Dataset] = {}

    def publish(
        self,
        doi: str,
        files: Files,
        *,
        title: str = "Invented solar farms",
        creators: Sequence[str] = ("Doe, Jane",),
        licence: str | None = "cc0-1.0",
        year: int = 2020,
        version: str | None = "1.0",
    ) -> None:
        """Make a dataset, or replace it."""
        self._datasets[f"doi:{doi}".lower()] = _Dataset(doi, as_contents(files), title)
        url = f"https://{HOST}/dataset.xhtml?persistentId=doi:{doi}"
        self._dois.publish(Doi(doi, url, title, creators, "Harvard Dataverse", year, version, licence))

    def unpublish(self, doi: str) -> None:
        self._datasets.pop(f"doi:{doi}".lower(), None)

    def answer(self, asked: Asked) -> Answer:
        pages: Pages = {
            r"[^/]+/dataset\.xhtml": self._landing,
            r"[^/]+/api/datasets/:persistentId/versions/[^/]+/?": self._stated,
            r"[^/]+/api/access/datafile/(?P<number>\d+)": self._file,
        }
        return routed(asked, pages, lambda _: page("Page Not Found", 404))

    def _asked_for(self, asked: Asked) -> _Dataset | None:
        return self._datasets.get(asked.query.get("persistentId", "").lower())

    def _landing(self, asked: Asked) -> Answer:
        found = self._asked_for(asked)
        return page(f"{found.title} - Harvard Dataverse") if found else page("Page Not Found", 404)

    def _stated(self, asked: Asked) -> Answer:
        if found := self._asked_for(asked):
            return document({"status": "OK", "data": _stated(found)})
        return document({"status": "ERROR", "message": "Dataset with Persistent ID not found."}, 404)

    def _file(self, _: Asked, number: str) -> Answer:
        for dataset in list(self._datasets.values()):
            for name, content in dataset.files.items():
                if str(number_of(dataset.doi, name)) == number:
                    return data_file(content, name, is_attachment=True)
        return document({"status": "ERROR", "message": f"File with ID {number} not found."}, 404)


def _stated(dataset: _Dataset) -> dict[str, Any]:
    title = {"typeName": "title", "multiple": False, "typeClass": "primitive", "value": dataset.title}
    return {
        "id": number_of(dataset.doi),
        "datasetPersistentId": f"doi:{dataset.doi}",
        "versionNumber": 1,
        "versionMinorNumber": 0,
        "versionState": "RELEASED",
        "license": {"name": "CC0 1.0", "uri": "http://creativecommons.org/publicdomain/zero/1.0"},
        "metadataBlocks": {"citation": {"displayName": "Citation Metadata", "fields": [title]}},
        "files": [_file(dataset, name, content) for name, content in dataset.files.items()],
    }


def _file(dataset: _Dataset, name: str, content: Content) -> dict[str, Any]:
    md5 = digest(content, "md5")
    stated = {
        "id": number_of(dataset.doi, name),
        "persistentId": "",
        "filename": name,
        "contentType": "application/octet-stream",
        "filesize": content.size,
        "md5": md5,
        "checksum": {"type": "MD5", "value": md5},
    }
    return {"label": name, "restricted": False, "version": 1, "dataFile": stated}
