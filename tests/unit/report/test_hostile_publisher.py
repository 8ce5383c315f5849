"""Every field that a publisher can write, with hostile text, in everything that is made of it."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from loaders.acquire.lock import Lock, LockedFile, Record, read_lock_if_valid, write_lock
from loaders.core.escape import one_line
from loaders.core.paths import ProjectPaths
from loaders.report.docs.page import Page, as_html, entries
from loaders.report.docs.places import source_address, source_name
from loaders.report.summary import DatasetSummary
from loaders.report.summary_table import as_markdown
from loaders.settings.licences import disagreement
from loaders.settings.params import Settings
from loaders.warehouse.attribution import attribution_md, citation_bib

PIECES = (
    *("<script>document.title='PWNED'</script>", "</script>", "<img src=x onerror=\"document.title='PWNED'\">", "<!--"),
    *(
        "{{ env_var('SECRET') }}",
        "{{constructor.constructor('document.title=`PWNED`')()}}",
        "{% raw %}",
        "{#",
        "}",
        "{",
    ),
    *(
        "[a](javascript:x)",
        "](",
        "|",
        "`",
        "`{{ x }}`",
        "`<b>`",
        "\\",
        "\\input{x}",
        "},\n}\n@misc{y,",
        "&amp;",
        "\n# head",
        "\n\n- item",
    ),
    *("\x1b[2J", "\u202e", "\u2028", '"', "'", "$", "%", "_", "*", "é", "中", " and ", ","),
)
TEXT = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)
ADDRESS = TEXT | TEXT.map("https://a.org/{}".format) | TEXT.map("javascript:{}".format)
RECORDS = st.builds(
    Record,
    repository=st.just("zenodo"),
    id=TEXT,
    doi=TEXT,
    title=TEXT,
    creators=st.lists(TEXT, max_size=2).map(tuple),
    version=TEXT,
    licence=TEXT,
    url=ADDRESS,
)
FILE = LockedFile("farms.geojson", 1, f"md5:{0:032}")
quickly = settings(max_examples=30, deadline=None, derandomize=True, database=None)
FIGURES: dict[str, Any] = {
    **{"records": 1, "installations": 1, "high_confidence": 0, "area_km2": None, "datasets": {}},
    "energy": {"installations": 0, "missing": {}},
    "overrides": {"stale": [], "left_out_lines": []},
}


class _Page(HTMLParser):
    """The names of tags, their attributes, and the text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.text = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text += data


def _settings(licence: str) -> Settings:
    entry = {"key": "farms", "source": {"doi": "10.5281/zenodo.6"}, "licence": f"words of {licence}"}
    return Settings.model_validate({"origin": "doi", "datasets": {"farms": entry}})


def _lock(record: Record) -> Lock:
    return Lock("farms", "doi", {"doi": "10.5281/zenodo.6"}, (FILE,), record)


@quickly
@given(RECORDS, TEXT)
def test_the_attribution_shows_it_and_links_only_to_the_web(record: Record, licence: str) -> None:
    text = attribution_md(_settings(licence), {"farms": _lock(record)}, {"farms": {licence: 1}})
    page = _Page(MarkdownIt("commonmark").enable("table").render(text))
    known = {"h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "ul", "li", "a"}
    assert set(page.tags) <= known
    assert page.attributes <= {"href", "style"}
    assert [each for each in page.addresses if not each.startswith("https://")] == []
    assert page.tags.count("tr") == 2
    assert page.tags.count("td") == 6
    assert " ".join(one_line(record.title).split()) in " ".join(page.text.split())
    assert not re.search("[{}]", text)


@quickly
@given(RECORDS, TEXT)
def test_the_bibliography_holds_one_entry_with_balanced_braces(record: Record, licence: str) -> None:
    text = citation_bib(_settings(licence), {"farms": _lock(record)}, {"farms": {licence: 1}})
    assert len(re.findall("^@", text, re.MULTILINE)) == 1
    depth = list(_depths(text))
    assert (min(depth), depth[-1]) == (0, 0)
    assert all(re.match(r"(%.*|@misc\{farms,|  \w+ = \{.*\},|\}|)$", line) for line in text.splitlines())


def _depths(text: str) -> Iterator[int]:
    depth = 0
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        yield depth


@quickly
@given(RECORDS, TEXT)
def test_the_summary_is_a_table_of_text(record: Record, licence: str) -> None:
    row = DatasetSummary("farms", 1, 1, 0, None, None, licence, licence_doubt=disagreement(licence, record.licence))
    left = {"farms": {licence: {"records": 1, "licence_kind": "unknown"}}}
    text = as_markdown([row], {**FIGURES, "left_out": left}, "Origin")
    page = _Page(MarkdownIt("commonmark").enable("table").render(text))
    assert set(page.tags) <= {"h1", "blockquote", "p", "table", "thead", "tbody", "tr", "th", "td", "code"}
    assert page.tags.count("td") == 20
    assert page.attributes == set()
    assert not re.search("[{}]", text)


@quickly
@given(RECORDS, TEXT)
def test_the_page_shows_it_and_links_only_to_the_web(
    tmp_path_factory: pytest.TempPathFactory, record: Record, licence: str
) -> None:
    paths, catalog = ProjectPaths(tmp_path_factory.getbasetemp() / "hostile", "doi"), _settings(licence)
    write_lock(_lock(record), paths.lock("farms"))
    rows = [DatasetSummary("farms", 1, 1, 0, None, None, licence)]
    page = _Page(as_html(Page("doi", [licence], entries(rows, catalog, paths), [], frozenset())))
    quiet = _Page(
        as_html(
            Page(
                "doi",
                ["x"],
                entries(
                    [DatasetSummary("farms", 1, 1, 0, None, None, "x")],
                    _settings("x"),
                    ProjectPaths(paths.root, "sample"),
                ),
                [],
                frozenset(),
            )
        )
    )
    assert set(page.tags) - {"br", "span"} == set(quiet.tags) - {"br", "span"}
    assert page.attributes <= quiet.attributes | {"class"}
    assert [each for each in page.addresses if not re.match(r"https://|#|dbt\.html$|\.\./|data:,$", each)] == []
    assert one_line(record.title) in page.text
    assert page.text.count(one_line(licence)) >= 2


@quickly
@given(RECORDS)
def test_a_source_is_named_on_one_line_and_linked_to_the_web(record: Record) -> None:
    dataset, lock = _settings("x").datasets["farms"], _lock(record)
    assert source_name(dataset, lock) == one_line(f"DOI {record.doi}")
    assert re.fullmatch(r"https://doi\.org/[!-~]+", source_address(dataset, lock) or "")


@pytest.mark.skipif(shutil.which("chromium") is None, reason="the browser chromium is not installed")
def test_a_browser_runs_nothing_of_it(tmp_path: Path) -> None:
    paths, catalog = ProjectPaths(tmp_path, "doi"), _settings("".join(PIECES))
    everything = "".join(PIECES)
    record = Record("zenodo", everything, everything, everything, (everything,), 2020, everything, everything)
    write_lock(_lock(record), paths.lock("farms"))
    rows = [DatasetSummary("farms", 1, 1, 0, None, None, everything)]
    html = as_html(Page("doi", [everything], entries(rows, catalog, paths), [], frozenset()))
    (tmp_path / "index.html").write_text(html)
    assert read_lock_if_valid(paths.lock("farms")) == _lock(record)
    assert "<title>eo-pv" in _in_a_browser(tmp_path / "index.html")


def _in_a_browser(page: Path) -> str:
    """The page once its scripts have run."""
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000", "--dump-dom")
    command = ["chromium", *options, f"--user-data-dir={page.parent / 'browser'}", page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
