"""The site that `make docs` makes of the pages: complete, linked with the index page, and silent on the network."""

import re
import shutil
from pathlib import Path

import pytest

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.report.docs.site import has_site, write_site
from tests.docs.pages import ROOT

FETCHED = re.compile(r"""<(?:script|img|iframe)[^>]*\bsrc="(https?:[^"]*)|<link[^>]*\bhref="(https?:[^"]*)""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    return write_site(ProjectPaths(ROOT, "sample"), folder).parent


def test_the_site_has_every_page(site: Path) -> None:
    pages = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    assert pages - {path.relative_to(site) for path in site.rglob("*.html")} == set()


def test_no_page_fetches_anything_from_the_network(site: Path) -> None:
    fetched = {path.name: FETCHED.findall(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    assert {name: addresses for name, addresses in fetched.items() if addresses} == {}


def test_the_first_page_leads_back_to_the_pictures(site: Path) -> None:
    assert '<a href="../index.html">' in (site / "index.html").read_text(encoding="utf-8")


def test_a_link_that_leads_nowhere_fails_the_site(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    shutil.copy2(ROOT / "mkdocs.yml", tmp_path)
    (tmp_path / "docs" / "index.md").write_text("# Pages\n\n[more](more.md)\n", encoding="utf-8")
    with pytest.raises(BuildError, match=r"The pages in docs/ cannot be made a site(.|\n)*index\.md"):
        write_site(ProjectPaths(tmp_path, "sample"), tmp_path)


def test_a_project_of_own_files_has_no_pages(tmp_path: Path) -> None:
    assert not has_site(ProjectPaths(tmp_path, "sample"))
