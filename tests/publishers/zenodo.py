"""zenodo.org: a version has a number of its own, and all versions one that leads to the newest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from tests.publishers.answers import Answer, Asked, data_file, document, page, redirect
from tests.publishers.bodies import Content, as_contents, digest
from tests.publishers.dois import LICENCES, Doi, Dois
from tests.publishers.sites import Files, Pages, number_of, routed

PREFIX = "10.5281/zenodo"
SITE = "https://zenodo.org"
API = f"{SITE}/api/records"
NEW_FORM = "application/vnd.inveniordm.v1+json"
Shape = Literal["legacy", "rdm"]


@dataclass(frozen=True, slots=True)
class _Record:
    number: int
    concept: int
    files: Mapping[str, Content]
    title: str
    creators: Sequence[str]
    licence: str | None
    date: str
    version: str | None
    shape: Shape


class Zenodo:
    """The records of Zenodo.

    Attributes:
        embedded: files that a record itself states at most.
        per_page: files on a page of its list of files.
    """

    hosts = ("zenodo.org",)

    def __init__(self, dois: Dois) -> None:
        self._dois = dois
        self._records: dict[int, _Record] = {}
        self.embedded = self.per_page = 10_000

    def publish(
        self,
        number: int,
        files: Files,
        *,
        concept: int | None = None,
        title: str = "Invented solar farms",
        creators: Sequence[str] = ("Doe, Jane",),
        licence: str | None = "cc-by-4.0",
        date: str = "2021-06-10",
        version: str | None = "1.0",
        shape: Shape = "legacy",
    ) -> None:
        """Make a version, or another one of the same number; `concept` is by default the number before it."""
        parent = number - 1 if concept is None else concept
        record = _Record(number, parent, as_contents(files), title, creators, licence, date, version, shape)
        self._records[number] = record
        self._register(number, f"{SITE}/records/{number}", record)
        if self._newest(parent) == number:
            self._register(parent, f"{SITE}/doi/{PREFIX}.{parent}", record)

    def unpublish(self, number: int) -> None:
        self._records.pop(number, None)

    def answer(self, asked: Asked) -> Answer:
        pages: Pages = {
            rf"zenodo\.org/doi/{PREFIX}\.(?P<number>\d+)": self._landing,
            r"zenodo\.org/records?/(?P<number>\d+)": self._landing,
            r"zenodo\.org/records/(?P<number>\d+)/files/(?P<name>.+)": self._file,
            r"zenodo\.org/api/records/(?P<number>\d+)": self._stated,
            r"zenodo\.org/api/records/(?P<number>\d+)/files": self._listed,
            r"zenodo\.org/api/records/(?P<number>\d+)/files/(?P<name>.+)/content": self._file,
        }
        return routed(asked, pages, _missing)

    def _register(self, number: int, url: str, record: _Record) -> None:
        stated = (record.title, record.creators, "Zenodo", int(record.date[:4]), record.version, record.licence)
        self._dois.publish(Doi(f"{PREFIX}.{number}", url, *stated))

    def _newest(self, concept: int) -> int | None:
        return max((number for number, record in self._records.items() if record.concept == concept), default=None)

    def _landing(self, asked: Asked, number: str) -> Answer:
        if "/doi/" not in asked.path and (record := self._records.get(int(number))):
            return page(record.title)
        newest = self._newest(int(number)) or (int(number) if int(number) in self._records else None)
        return redirect(f"{SITE}/records/{newest}") if newest else page("Not found", 404)

    def _stated(self, asked: Asked, number: str) -> Answer:
        if record := self._records.get(int(number)):
            is_new = record.shape == "rdm" or NEW_FORM in asked.headers.get("Accept", "")
            return document(self._short(_rdm(record) if is_new else _legacy(record)))
        newest = self._newest(int(number))
        return redirect(f"{API}/{newest}", 301) if newest else _missing(asked)

    def _listed(self, asked: Asked, number: str) -> Answer:
        if record := self._records.get(int(number)):
            links = {"self": f"{API}/{number}/files", "archive": f"{API}/{number}/files-archive"}
            page, entries = int(asked.query.get("page", 1)), _entries(record)
            if page * self.per_page < len(entries):
                links["next"] = f"{API}/{number}/files?page={page + 1}"
            entries = entries[(page - 1) * self.per_page : page * self.per_page]
            return document({"enabled": True, "links": links, "entries": entries, "order": []})
        return _missing(asked)

    def _short(self, stated: dict[str, Any]) -> dict[str, Any]:
        """A record with the files that it states itself."""
        if isinstance(stated["files"], list):
            return {**stated, "files": stated["files"][: self.embedded]}
        entries = dict(list(stated["files"]["entries"].items())[: self.embedded])
        return {**stated, "files": {**stated["files"], "entries": entries}}

    def _file(self, asked: Asked, number: str, name: str) -> Answer:
        record = self._records.get(int(number))
        if record is None or name not in record.files:
            return _missing(asked)
        return data_file(record.files[name], name, is_attachment=True, content_type="application/octet-stream")


def _missing(asked: Asked) -> Answer:
    if not asked.path.startswith("/api/"):
        return page("Not found", 404)
    return document({"status": 404, "message": "The persistent identifier does not exist."}, 404)


def _legacy(record: _Record) -> dict[str, Any]:
    """As Zenodo has answered since 2020, and still does by default."""
    doi, address = f"{PREFIX}.{record.number}", f"{API}/{record.number}"
    return {
        "created": f"{record.date}T12:00:00.000000+00:00",
        "updated": f"{record.date}T12:00:01.000000+00:00",
        "id": record.number,
        "recid": str(record.number),
        "conceptrecid": str(record.concept),
        "doi": doi,
        "conceptdoi": f"{PREFIX}.{record.concept}",
        "title": record.title,
        "metadata": {
            "title": record.title,
            "doi": doi,
            "publication_date": record.date,
            "access_right": "open",
            "creators": [{"name": name, "affiliation": None} for name in record.creators],
            "resource_type": {"title": "Dataset", "type": "dataset"},
            **({"version": record.version} if record.version else {}),
            **({"license": {"id": record.licence}} if record.licence else {}),
            "relations": {
                "version": [{"index": 0, "is_last": True, "parent": {"pid_type": "recid", "pid_value": record.concept}}]
            },
        },
        "links": {"self": address, "html": f"{SITE}/records/{record.number}", "doi": f"https://doi.org/{doi}"},
        "files": [
            {
                "id": str(number_of(record.number, name)),
                "key": name,
                "size": content.size,
                "checksum": f"md5:{digest(content, 'md5')}",
                "links": {"self": f"{address}/files/{quote(name)}/content"},
            }
            for name, content in record.files.items()
        ],
        "status": "published",
        "state": "done",
    }


def _rdm(record: _Record) -> dict[str, Any]:
    """As Zenodo has answered since 2023, if it is asked for that form."""
    doi, address = f"{PREFIX}.{record.number}", f"{API}/{record.number}"
    entries = _entries(record)
    return {
        "id": str(record.number),
        "created": f"{record.date}T12:00:00.000000+00:00",
        "updated": f"{record.date}T12:00:01.000000+00:00",
        "links": {"self": address, "self_html": f"{SITE}/records/{record.number}", "files": f"{address}/files"},
        "revision_id": 1,
        "parent": {"id": str(record.concept), "pids": {"doi": {"identifier": f"{PREFIX}.{record.concept}"}}},
        "versions": {"is_latest": True, "index": 1},
        "is_published": True,
        "pids": {"doi": {"identifier": doi, "provider": "datacite", "client": "datacite"}},
        "metadata": {
            "resource_type": {"id": "dataset", "title": {"en": "Dataset"}},
            "creators": [{"person_or_org": {"type": "personal", "name": name}} for name in record.creators],
            "title": record.title,
            "publisher": "Zenodo",
            "publication_date": record.date,
            **({"version": record.version} if record.version else {}),
            **({"rights": [_right(record.licence)]} if record.licence else {}),
        },
        "access": {"record": "public", "files": "public", "status": "open"},
        "files": {
            "enabled": True,
            "order": [],
            "count": len(entries),
            "total_bytes": sum(content.size for content in record.files.values()),
            "entries": {entry["key"]: entry for entry in entries},
        },
        "status": "published",
    }


def _right(licence: str) -> dict[str, Any]:
    title, url = LICENCES.get(licence, (licence, ""))
    return {"id": licence, "title": {"en": title}, "props": {"url": url, "scheme": "spdx"}}


def _entries(record: _Record) -> list[dict[str, Any]]:
    return [
        {
            "id": str(number_of(record.number, name)),
            "key": name,
            "size": content.size,
            "checksum": f"md5:{digest(content, 'md5')}",
            "ext": name.rpartition(".")[2],
            "mimetype": "application/octet-stream",
            "storage_class": "L",
            "metadata": None,
            "access": {"hidden": False},
            "links": {
                "self": f"{API}/{record.number}/files/{quote(name)}",
                "content": f"{API}/{record.number}/files/{quote(name)}/content",
            },
        }
        for name, content in record.files.items()
    ]
