"""osf.io: projects with storage at several providers, folders, and lists of ten entries a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests.publishers.answers import Answer, Asked, data_file, document, page, redirect
from tests.publishers.bodies import Content, as_contents, digest
from tests.publishers.dois import Doi, Dois
from tests.publishers.sites import Files, Pages, number_of, routed

SITE = "https://osf.io"
API = "https://api.osf.io/v2"
STORAGE = "https://files.osf.io/v1/resources"
PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class _Project:
    identifier: str
    storage: Mapping[str, Mapping[str, Content]]
    title: str
    kind: str
    parent: str | None

    @property
    def root(self) -> str:
        return f"{API}/{self.kind}/{self.identifier}"


class Osf:
    """The projects of OSF."""

    hosts = ("osf.io", "api.osf.io", "files.osf.io")

    def __init__(self, dois: Dois) -> None:
        self._dois = dois
        self._projects: dict[str, _Project] = {}

    def publish(
        self,
        identifier: str,
        files: Files,
        *,
        doi: str | None = None,
        title: str = "Invented solar farms",
        elsewhere: Mapping[str, Files] | None = None,
        is_registration: bool = False,
        parent: str | None = None,
    ) -> None:
        """Make a project, or replace it.

        Args:
            identifier: five letters or digits.
            files: in OSF's own storage, by their names, with the folders before them.
            doi: of the project; a component may have none.
            title: of the project.
            elsewhere: files that other providers keep, by provider; OSF states no checksums of them.
            is_registration: whether it is a project at one moment.
            parent: of a component.
        """
        storage = {name: as_contents(each) for name, each in {"osfstorage": files, **(elsewhere or {})}.items()}
        kind = "registrations" if is_registration else "nodes"
        self._projects[identifier] = _Project(identifier, storage, title, kind, parent)
        if doi:
            self._dois.publish(Doi(doi, f"{SITE}/{identifier}/", title, ("Doe, Jane",), "OSF"))

    def unpublish(self, identifier: str) -> None:
        self._projects.pop(identifier, None)

    def answer(self, asked: Asked) -> Answer:
        project = r"api\.osf\.io/v2/(?P<kind>nodes|registrations)/(?P<identifier>\w+)"
        pages: Pages = {
            r"osf\.io/(?P<identifier>[a-z0-9]{5})/?": self._landing,
            rf"{project}/files/": self._providers,
            rf"{project}/children/": self._components,
            rf"{project}/files/(?P<provider>\w+)/(?P<folder>.*)": self._listed,
            r"osf\.io/download/(?P<number>\d+)/?": self._download,
            r"files\.osf\.io/v1/resources/\w+/providers/\w+/(?P<number>\d+)": self._bytes,
        }
        return routed(asked, pages, lambda _: document({"errors": [{"detail": "Not found."}]}, 404))

    def _landing(self, _: Asked, identifier: str) -> Answer:
        found = self._projects.get(identifier)
        return page(f"OSF | {found.title}") if found else page("OSF | Page not found", 404)

    def _found(self, kind: str, identifier: str) -> _Project | None:
        found = self._projects.get(identifier)
        return found if found and found.kind == kind else None

    def _providers(self, asked: Asked, kind: str, identifier: str) -> Answer:
        found = self._found(kind, identifier)
        if found is None:
            return document({"errors": [{"detail": "Not found."}]}, 404)
        entries = [
            {"id": f"{identifier}:{name}", "type": "files", "attributes": {"kind": "folder", "provider": name}}
            for name in found.storage
        ]
        return _paged(asked, entries)

    def _components(self, asked: Asked, kind: str, identifier: str) -> Answer:
        found = [each for each in self._projects.values() if each.parent == identifier and each.kind == kind]
        return _paged(asked, [{"id": each.identifier, "attributes": {"title": each.title}} for each in found])

    def _listed(self, asked: Asked, kind: str, identifier: str, provider: str, folder: str) -> Answer:
        found = self._found(kind, identifier)
        if found is None or provider not in found.storage:
            return document({"errors": [{"detail": "Not found."}]}, 404)
        return _paged(asked, _entries(found, provider, folder))

    def _stored(self, number: str) -> tuple[str, str, str, Content] | None:
        for project in list(self._projects.values()):
            for provider, files in project.storage.items():
                for path, content in files.items():
                    if str(number_of(project.identifier, provider, path)) == number:
                        return project.identifier, provider, path, content
        return None

    def _download(self, _: Asked, number: str) -> Answer:
        found = self._stored(number)
        return redirect(f"{STORAGE}/{found[0]}/providers/{found[1]}/{number}") if found else page("Not found", 404)

    def _bytes(self, _: Asked, number: str) -> Answer:
        found = self._stored(number)
        if not found:
            return document({"message": "Could not retrieve file or directory"}, 404)
        return data_file(found[3], found[2].rpartition("/")[2], is_attachment=True)


def _paged(asked: Asked, entries: Sequence[Mapping[str, Any]]) -> Answer:
    number, size = int(asked.query.get("page", 1)), PER_PAGE  # whatever is asked for: a page may always be shorter
    base = f"https://{asked.host}{asked.target.partition('?')[0]}"
    following = f"{base}?page={number + 1}" if number * size < len(entries) else None
    links = {"first": None, "last": None, "prev": None, "next": following, "meta": {"total": len(entries)}}
    return document({"data": entries[(number - 1) * size : number * size], "links": links})


def _entries(project: _Project, provider: str, folder: str) -> list[dict[str, Any]]:
    """What is directly in a folder."""
    found: dict[str, dict[str, Any]] = {}
    for path, content in project.storage[provider].items():
        if not path.startswith(folder):
            continue
        name, is_deeper, _ = path.removeprefix(folder).partition("/")
        if is_deeper:
            found[name] = _folder(project, provider, f"{folder}{name}/")
        else:
            found[name] = _file(project, provider, path, content)
    return list(found.values())


def _folder(project: _Project, provider: str, path: str) -> dict[str, Any]:
    href = f"{project.root}/files/{provider}/{quote(path)}"
    return {
        "id": f"{number_of(project.identifier, provider, path)}",
        "type": "files",
        "attributes": {"name": path.split("/")[-2], "kind": "folder", "materialized_path": f"/{path}", "size": None},
        "relationships": {"files": {"links": {"related": {"href": href, "meta": {}}}}},
        "links": {"download": None},
    }


def _file(project: _Project, provider: str, path: str, content: Content) -> dict[str, Any]:
    number = number_of(project.identifier, provider, path)
    hashes = {"md5": digest(content, "md5"), "sha256": digest(content, "sha256")} if provider == "osfstorage" else {}
    link = f"{SITE}/download/{number}/" if hashes else f"{STORAGE}/{project.identifier}/providers/{provider}/{number}"
    return {
        "id": f"{number}",
        "type": "files",
        "attributes": {
            "name": path.rpartition("/")[2],
            "kind": "file",
            "materialized_path": f"/{path}",
            "provider": provider,
            "size": content.size,
            "extra": {"hashes": hashes},
        },
        "relationships": {},
        "links": {"download": link},
    }
