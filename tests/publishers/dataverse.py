"""dataverse.harvard.edu: datasets by DOI, files by number, lists of files in pages, tables in two forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.publishers.answers import Answer, Asked, data_file, document, page
from tests.publishers.bodies import Content, Whole, as_contents, digest
from tests.publishers.dois import Doi, Dois
from tests.publishers.sites import Files, Pages, number_of, routed

HOST = "dataverse.harvard.edu"
MOST = 25  # files on a page; true sites allow more


@dataclass(frozen=True, slots=True)
class _Dataset:
    """A dataset.

    Attributes:
        tables: the deposited files of tables that were taken in; what is listed is `copy` of each.
    """

    doi: str
    files: Mapping[str, Content]
    tables: Mapping[str, Content]
    title: str
    version: str
    states_totals: bool

    @property
    def listed(self) -> list[dict[str, Any]]:
        files = [_file(self, name, content) for name, content in self.files.items()]
        return files + [_table(self, name, content) for name, content in self.tables.items()]


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
        version: str = "1.0",
        tables: Files | None = None,
        states_totals: bool = True,
    ) -> None:
        """Make a dataset, or replace it.

        Args:
            doi: of the dataset.
            files: by their names, with the folders before them.
            title: of the dataset.
            creators: as DataCite knows them.
            licence: as DataCite knows it.
            year: of publication.
            version: with its minor number.
            tables: files that Dataverse has taken in, as they were deposited, with the folders before their names.
            states_totals: whether a list of files states how many there are, and comes in pages; old sites do neither.
        """
        known = (as_contents(files), as_contents(tables or {}), title, version, states_totals)
        self._datasets[f"doi:{doi}".lower()] = _Dataset(doi, *known)
        url = f"https://{HOST}/dataset.xhtml?persistentId=doi:{doi}"
        self._dois.publish(Doi(doi, url, title, creators, "Harvard Dataverse", year, version, licence))

    def unpublish(self, doi: str) -> None:
        self._datasets.pop(f"doi:{doi}".lower(), None)

    def answer(self, asked: Asked) -> Answer:
        pages: Pages = {
            r"[^/]+/dataset\.xhtml": self._landing,
            r"[^/]+/api/datasets/:persistentId/versions/[^/]+/?": self._stated,
            r"[^/]+/api/datasets/:persistentId/versions/[^/]+/files/?": self._listed,
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

    def _listed(self, asked: Asked) -> Answer:
        found = self._asked_for(asked)
        if found is None:
            return document({"status": "ERROR", "message": "Dataset with Persistent ID not found."}, 404)
        if not found.states_totals:
            return document({"status": "OK", "data": found.listed})
        start, most = int(asked.query.get("offset", 0)), min(int(asked.query.get("limit", MOST)), MOST)
        page = found.listed[start : start + most]
        return document({"status": "OK", "totalCount": len(found.listed), "data": page})

    def _file(self, asked: Asked, number: str) -> Answer:
        is_original = asked.query.get("format") == "original"
        for dataset in list(self._datasets.values()):
            for name, content in dataset.files.items():
                if str(number_of(dataset.doi, name)) == number:
                    return data_file(content, name, is_attachment=True)
            for name, content in dataset.tables.items():
                if str(number_of(dataset.doi, name)) == number:
                    listed = (content, name) if is_original else (copy(content), _listed_name(name))
                    return data_file(*listed, is_attachment=True)
        return document({"status": "ERROR", "message": f"File with ID {number} not found."}, 404)


def copy(deposited: Content) -> Content:
    """What Dataverse makes of a table: other bytes, of which no checksum is stated."""
    return Whole(b"".join(deposited.pieces()).replace(b",", b"\t"))


def _listed_name(deposited: str) -> str:
    return f"{deposited.rpartition('.')[0]}.tab"


def _stated(dataset: _Dataset) -> dict[str, Any]:
    title = {"typeName": "title", "multiple": False, "typeClass": "primitive", "value": dataset.title}
    major, _, minor = dataset.version.partition(".")
    return {
        "id": number_of(dataset.doi),
        "datasetPersistentId": f"doi:{dataset.doi}",
        "versionNumber": int(major),
        "versionMinorNumber": int(minor),
        "versionState": "RELEASED",
        "license": {"name": "CC0 1.0", "uri": "http://creativecommons.org/publicdomain/zero/1.0"},
        "metadataBlocks": {"citation": {"displayName": "Citation Metadata", "fields": [title]}},
        "files": dataset.listed[:MOST] if dataset.states_totals else dataset.listed,
    }


def _file(dataset: _Dataset, path: str, content: Content) -> dict[str, Any]:
    folder, _, name = path.rpartition("/")
    md5 = digest(content, "md5")
    stated = {
        "id": number_of(dataset.doi, path),
        "persistentId": "",
        "filename": name,
        "contentType": "application/octet-stream",
        "filesize": content.size,
        "md5": md5,
        "checksum": {"type": "MD5", "value": md5},
        "tabularData": False,
    }
    label = {"label": name, "restricted": False, "version": 1, **({"directoryLabel": folder} if folder else {})}
    return {**label, "dataFile": stated}


def _table(dataset: _Dataset, path: str, deposited: Content) -> dict[str, Any]:
    """Under the name and with the size of the copy, but with the checksum of what was deposited."""
    entry, name = _file(dataset, path, deposited), path.rpartition("/")[2]
    listed = {"filename": _listed_name(name), "filesize": copy(deposited).size, "tabularData": True}
    original = {
        "contentType": "text/tab-separated-values",
        "originalFileFormat": "text/csv",
        "originalFormatLabel": "Comma Separated Values",
        "originalFileSize": deposited.size,
        "originalFileName": name,
        "UNF": "UNF:6:invented==",
    }
    return {**entry, "label": _listed_name(name), "dataFile": {**entry["dataFile"], **listed, **original}}
