"""figshare.com: articles with versions, files in pages, and their bytes behind a redirect to a signed address."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests.publishers.answers import Answer, Asked, data_file, document, page, redirect
from tests.publishers.bodies import Content, as_contents, digest
from tests.publishers.dois import Doi, Dois
from tests.publishers.sites import Files, Pages, number_of, routed

API = "https://api.figshare.com/v2/articles"
DOWNLOADS = "https://ndownloader.figshare.com/files"
STORE = "https://s3-eu-west-1.amazonaws.com/pfigshare-u-files"
EMBEDDED = 10  # files that an article itself states at most
SIGNATURE = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=10&X-Amz-Signature=5ecre7"
LICENCES = {
    "CC BY 4.0": (1, "https://creativecommons.org/licenses/by/4.0/"),
    "CC0": (2, "https://creativecommons.org/publicdomain/zero/1.0/"),
}


@dataclass(frozen=True, slots=True)
class _Article:
    number: int
    version: int
    files: Mapping[str, Content]
    title: str
    authors: Sequence[str]
    licence: str
    prefix: str
    date: str

    @property
    def doi(self) -> str:
        return f"{self.prefix}.{self.number}.v{self.version}"

    @property
    def page(self) -> str:
        name = re.sub(r"\W+", "_", self.title)
        return f"https://figshare.com/articles/dataset/{name}/{self.number}/{self.version}"

    def file_number(self, name: str) -> int:
        return number_of(self.number, self.version, name)


class Figshare:
    """The articles of figshare.

    Attributes:
        most_per_page: files that are listed at once, whatever is asked for.
    """

    hosts = ("figshare.com", "api.figshare.com", "ndownloader.figshare.com", "s3-eu-west-1.amazonaws.com")

    def __init__(self, dois: Dois) -> None:
        self._dois = dois
        self._articles: dict[tuple[int, int], _Article] = {}
        self.most_per_page = 1000
        self._collections: dict[int, Sequence[int]] = {}

    def publish(
        self,
        number: int,
        files: Files,
        *,
        version: int = 1,
        title: str = "Invented solar farms",
        authors: Sequence[str] = ("Jane Doe",),
        licence: str = "CC BY 4.0",
        prefix: str = "10.6084/m9.figshare",
        date: str = "2016-05-20",
    ) -> None:
        """Make a version, or replace it; older versions stay."""
        article = _Article(number, version, as_contents(files), title, authors, licence, prefix, date)
        self._articles[number, version] = article
        self._register(article, article.doi)
        self._register_newest(number)

    def unpublish(self, number: int, version: int | None = None) -> None:
        """Take a version away, or all."""
        for known in [key for key in self._articles if key[0] == number and version in {None, key[1]}]:
            del self._articles[known]
        self._register_newest(number)

    def collect(self, number: int, articles: Sequence[int]) -> None:
        """Make a collection of articles, which has a DOI of its own."""
        self._collections[number] = articles

    def answer(self, asked: Asked) -> Answer:
        pages: Pages = {
            r"figshare\.com/articles/[^/]+/[^/]+/(?P<number>\d+)(/(?P<version>\d+))?": self._landing,
            r"api\.figshare\.com/v2/articles/(?P<number>\d+)(/versions/(?P<version>\d+))?": self._stated,
            r"api\.figshare\.com/v2/articles/(?P<number>\d+)(/versions/(?P<version>\d+))?/files": self._listed,
            r"api\.figshare\.com/v2/collections/(?P<number>\d+)/articles": self._collected,
            r"ndownloader\.figshare\.com/files/(?P<file>\d+)": self._download,
            r"s3-eu-west-1\.amazonaws\.com/pfigshare-u-files/(?P<file>\d+)/(?P<name>.+)": self._bytes,
        }
        return routed(asked, pages, lambda _: page("Not found", 404))

    def _register(self, article: _Article, doi: str) -> None:
        year, version = int(article.date[:4]), str(article.version)
        stated = (article.title, article.authors, "figshare", year, version, article.licence)
        self._dois.publish(Doi(doi, article.page, *stated))

    def _register_newest(self, number: int) -> None:
        if newest := self._find(number, None):
            self._register(newest, f"{newest.prefix}.{number}")

    def _find(self, number: int, version: int | None) -> _Article | None:
        found = [key for key in self._articles if key[0] == number and version in {None, key[1]}]
        return self._articles[max(found)] if found else None

    def _landing(self, _: Asked, number: str, version: str | None) -> Answer:
        found = self._find(int(number), int(version) if version else None)
        return page(found.title) if found else page("Not found", 404)

    def _stated(self, _: Asked, number: str, version: str | None) -> Answer:
        found = self._find(int(number), int(version) if version else None)
        return document(
            _stated(found) if found else {"message": "Entity not found: article", "code": 404}, _code(found)
        )

    def _listed(self, asked: Asked, number: str, version: str | None) -> Answer:
        """By pages of ten unless asked otherwise, as the documentation has it."""
        found = self._find(int(number), int(version) if version else None)
        if not found:
            return document({"message": "Entity not found: article", "code": 404}, 404)
        page, size = int(asked.query.get("page", 1)), min(int(asked.query.get("page_size", 10)), self.most_per_page)
        return document(_files(found)[(page - 1) * size : page * size])

    def _collected(self, _: Asked, number: str) -> Answer:
        if int(number) not in self._collections:
            return document({"message": "Entity not found: collection", "code": 404}, 404)
        found = [self._find(article, None) for article in self._collections[int(number)]]
        return document([{"id": each.number, "doi": each.doi, "title": each.title} for each in found if each])

    def _named(self, file: str) -> tuple[str, Content] | None:
        for article in list(self._articles.values()):
            for path, content in article.files.items():
                if str(article.file_number(path)) == file:
                    return path.rpartition("/")[2], content
        return None

    def _download(self, _: Asked, file: str) -> Answer:
        found = self._named(file)
        if not found:
            return document({"message": "Entity not found: file", "code": 404}, 404)
        return redirect(f"{STORE}/{file}/{quote(found[0])}?{SIGNATURE}")

    def _bytes(self, asked: Asked, file: str, name: str) -> Answer:
        found = self._named(file)
        if not found or "X-Amz-Signature" not in asked.query:
            return page("AccessDenied", 403)
        return data_file(found[1], name)


def _code(found: _Article | None) -> int:
    return 200 if found else 404


def _stated(article: _Article) -> dict[str, Any]:
    value, url = LICENCES.get(article.licence, (99, "https://example.org/licence"))
    when = f"{article.date}T12:00:00Z"
    return {
        "files": _files(article)[:EMBEDDED],
        "folder_structure": {
            f"{article.file_number(path)}": path.rpartition("/")[0] for path in article.files if "/" in path
        },
        "custom_fields": [],
        "authors": [{"id": number_of(name), "full_name": name, "is_active": True} for name in article.authors],
        "figshare_url": article.page.rpartition("/")[0],
        "download_disabled": False,
        "version": article.version,
        "status": "public",
        "size": sum(content.size for content in article.files.values()),
        "created_date": when,
        "modified_date": when,
        "published_date": when,
        "is_public": True,
        "license": {"value": value, "name": article.licence, "url": url},
        "tags": [],
        "categories": [],
        "id": article.number,
        "title": article.title,
        "doi": article.doi,
        "handle": "",
        "url": f"{API}/{article.number}",
        "url_public_api": f"{API}/{article.number}",
        "url_public_html": article.page.rpartition("/")[0],
        "defined_type": 3,
        "defined_type_name": "dataset",
    }


def _files(article: _Article) -> list[dict[str, Any]]:
    return [_file(article, path, content) for path, content in article.files.items()]


def _file(article: _Article, path: str, content: Content) -> dict[str, Any]:
    number, md5, name = article.file_number(path), digest(content, "md5"), path.rpartition("/")[2]
    return {
        "id": number,
        "name": name,
        "size": content.size,
        "is_link_only": False,
        "download_url": f"{DOWNLOADS}/{number}",
        "supplied_md5": md5,
        "computed_md5": md5,
        "mimetype": "application/octet-stream",
    }
