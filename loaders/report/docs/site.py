"""The pages of `docs/` as a site below the index page of `make docs`; needs no network, to build or to read."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths

CONFIGURATION, PAGES, SITE = "mkdocs.yml", "docs", "guide"
HOME = "index.md"
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#:\s]+)(#[^)\s]*)?\)")
REPORT_LINK = (
    '\n<p>Of this build: <a href="../../index.html">report</a> · <a href="../../map.html">map</a> · '
    '<a href="../index.html">columns, datasets, pipelines and models</a></p>\n'
)


def has_site(paths: ProjectPaths) -> bool:
    """Whether the project holds pages; a project for one's own files does not."""
    return (paths.root / CONFIGURATION).exists() and (paths.root / PAGES).is_dir()


def write_site(paths: ProjectPaths, folder: Path) -> Path:
    """Write the site into a folder of its own, in the place of an earlier one.

    Args:
        paths: of the project with the pages.
        folder: the folder of the index page.

    Returns:
        The first page of the site.

    Raises:
        BuildError: a link of a page leads nowhere, or a page cannot be read.
    """
    with TemporaryDirectory(prefix="eo-pv-docs-") as name:
        work = Path(name).resolve()
        shutil.copy2(paths.root / CONFIGURATION, work)
        shutil.copytree(paths.root / PAGES, work / PAGES)
        for page in sorted((work / PAGES).rglob("*.md")):
            page.write_text(_page(page, work / PAGES), encoding="utf-8")
        _build(work)
        target = folder / SITE
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(work / "site", target)
    return target / "index.html"


def _page(page: Path, pages: Path) -> str:
    """A page without links to files that are not part of the site; the first page gets a link to the index page."""

    def without_outside_link(link: re.Match[str]) -> str:
        target = (page.parent / link[2]).resolve()
        return link[0] if target.is_relative_to(pages) else link[1]

    text = LINK.sub(without_outside_link, page.read_text(encoding="utf-8"))
    return text + REPORT_LINK if page == pages / HOME else text


def _build(work: Path) -> None:
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", CONFIGURATION]
    done = subprocess.run(
        command,
        cwd=work,
        env=os.environ | {"NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        problems = done.stdout.partition("Traceback")[0].strip()
        raise BuildError(f"The pages in {PAGES}/ cannot be made a site. Fix what is found there:\n{problems}")
