import re
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from loaders.acquire.lock import Lock, LockedFile, Record, write_lock
from loaders.core.errors import BuildError, SourceError
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Settings
from loaders.warehouse.attribution import attribution_md, citation_bib, write_attribution
from loaders.warehouse.context_attribution import context_md
from tests.overture import keep_extract

FILES = (LockedFile("farms.geojson", 1, f"md5:{0:032}"),)
HOSTILE = {
    "a brace that is not closed": "farms { of",
    "a brace that was not opened": "farms } of",
    "braces that are escaped": r"farms \{ \} \{",
    "a backslash at the end": "farms\\",
    "a command": r"\input{secret} \end{document}",
    "another entry": "x}},\n}\n@misc{other,\n title={{y",
    "all that LaTeX knows": "& % $ # _ { } ~ ^ \\ < > |",
    "lines": "one\r\ntwo\n\n# three\u2028four",
    "pipes": "a | b || c \\| d",
    "a script": "<script>alert('x')</script>",
    "a link": "[click](javascript:alert(1)) ![image](https://a.org/b.png)",
    "code": "`a ``b",
    "an escaped bracket": "a \\] b](https://a.org)",
    "an entity": "&lt;b&gt; &amp;",
    "half a character and a bell": "farms \ud800\a of",
    "text turned round": "farms \u202egnp.exe",
    "a comment": "<!-- hidden --> %",
    "quotes": "\"farms\" ''of''",
    "other scripts": "中国光伏 Größe ñ ελ 😀",
}


def _catalog(**datasets: dict[str, Any]) -> Settings:
    return Settings.model_validate({"datasets": {key: {"key": key, **branches} for key, branches in datasets.items()}})


def _published(key: str = "farms", **stated: Any) -> Lock:
    fields = {"repository": "zenodo", "id": "7", "doi": "10.5281/zenodo.7"} | stated
    return Lock(key, "doi", {"doi": "10.5281/zenodo.6"}, FILES, Record(**fields))


FARMS = {"source": {"doi": "10.5281/zenodo.6"}, "licence": "CC-BY-4.0"}
PARKS = {"source": {"doi": "10.6084/m9.figshare.8"}, "licence": "ODbL-1.0", "cite": "10.1038/s41597-020-0469-8"}
MINE = {"source": {"path": "mine.geojson"}}
CATALOG = _catalog(farms=FARMS | {"licence_verified": True}, parks=PARKS, mine=MINE, unused=MINE)
LOCKS = {
    "farms": _published(
        title="Solar farms & 100% of_roofs",
        creators=("Gómez, Francis", "Open Climate Fix", "NASA"),
        year=2021,
        version="v1.0",
        licence="cc-by-4.0",
        url="https://zenodo.org/records/7",
    ),
    "parks": Lock(
        "parks",
        "doi",
        {"doi": "10.6084/m9.figshare.8"},
        FILES,
        Record("figshare", "8", title="Parks", creators=("Steven Paton",), licence="CC0"),
    ),
    "mine": Lock("mine", "path", {"path": "mine.geojson"}, FILES),
}
ROWS: dict[str, dict[str, int]] = {
    "mine": {"not stated": 3},
    "parks": {"ODbL-1.0": 20},
    "farms": {"CC-BY-4.0": 1000},
    "unused": {},
}
ONE = {"CC-BY-4.0": 1}
NOT_STATED = {"not stated": 1}

BIBTEX = r"""% The datasets that the published tables are made of, and their papers.

@misc{farms,
  author = {Gómez, Francis and {Open Climate Fix} and NASA},
  title = {{Solar farms \& 100\% of\_roofs}},
  year = {2021},
  howpublished = {Dataset, Zenodo},
  version = {v1.0},
  doi = {10.5281/zenodo.7},
  url = {https://zenodo.org/records/7},
  note = {Licence: CC-BY-4.0.},
}

@misc{parks,
  author = {{Steven Paton}},
  title = {{Parks}},
  howpublished = {Dataset, figshare},
  doi = {10.6084/m9.figshare.8},
  url = {https://doi.org/10.6084/m9.figshare.8},
  note = {Licence: ODbL-1.0 (not verified).},
}

@misc{parks_paper,
  doi = {10.1038/s41597-020-0469-8},
  url = {https://doi.org/10.1038/s41597-020-0469-8},
  note = {Paper of the dataset parks; its other fields come from the DOI: reference managers add them.},
}

@misc{mine,
  title = {{mine}},
  howpublished = {Dataset},
  note = {The user's own file. Licence: not stated.},
}
"""
MARKDOWN = r"""# Whose data these tables are made of

Each row of the published tables comes from one of these datasets. `CITATION.bib` beside this file cites them and their
papers. The licences are summed up here; their texts count.

| dataset | rows | version | licence | verified? | source |
| --- | ---: | --- | --- | --- | --- |
| `farms` | 1,000 | v1.0 | CC-BY-4.0 | yes | [Solar farms &amp; 100% of_roofs](https://zenodo.org/records/7) |
| `parks` | 20 | - | ODbL-1.0 | no | [Parks](https://doi.org/10.6084/m9.figshare.8) |
| `mine` | 3 | - | not stated | no | the user's own file |

## What the licences ask for

### [CC-BY-4.0: Creative Commons Attribution 4.0 International](https://creativecommons.org/licenses/by/4.0/)

Datasets: `farms`

- Credit the authors, link to the licence and say what was changed.

### [ODbL-1.0: Open Data Commons Open Database License 1.0](https://opendatacommons.org/licenses/odbl/1-0/)

Datasets: `parks`

- Credit the database, name its licence and keep its notices.
- Offer an adapted database under ODbL too, if you use it, or what is made of it, publicly.
- Keep it open: with a copy that technical measures restrict comes one without them.

### not stated

Datasets: `mine`

- Nobody states a licence: ask the authors before passing the data on.

## Licences to look at

- `parks`: the settings say ODbL-1.0, the repository says CC0-1.0.
- Not read at the source yet (`licence_verified: false`): `parks`, `mine`.

## A table merged from all of them

- Some parts have no known licence (`mine`): do not publish a merged table until they are cleared.
- Some parts are share-alike (`parks`): publish a merged table under ODbL-1.0, with what the others ask for.
"""


def _parsed(text: str) -> dict[str, dict[str, str]]:
    """The entries as BibTeX takes them apart: it counts braces, also those that are escaped."""
    entries: dict[str, dict[str, str]] = {}
    for entry in _braced(text):
        key, _, body = entry.partition(",")
        names = re.findall(r"^\s*(\w+) = \{", body, re.MULTILINE)
        entries[key] = dict(zip(names, _braced(body), strict=True))
    return entries


def _braced(text: str) -> list[str]:
    """What stands in the outermost pairs of braces."""
    found, depth, start = [], 0, 0
    for position, character in enumerate(text):
        if character == "{":
            depth += 1
            start = position + 1 if depth == 1 else start
        if character == "}":
            depth -= 1
            assert depth >= 0, f"a brace too many at {text[:position][-60:]!r}"
            if depth == 0:
                found.append(text[start:position])
    assert depth == 0, "a brace is not closed"
    return found


def _tokens(text: str) -> list[Token]:
    """All parts of a Markdown file, as a reader that lets HTML through takes it apart."""
    blocks = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    return [*blocks, *(child for block in blocks for child in block.children or [])]


def _of_farms(**stated: Any) -> tuple[Settings, dict[str, Lock], dict[str, dict[str, int]]]:
    return _catalog(farms=FARMS), {"farms": _published(**stated)}, {"farms": ONE}


def test_the_bibliography_is_written_in_full() -> None:
    assert citation_bib(CATALOG, LOCKS, ROWS) == BIBTEX


def test_the_attribution_is_written_in_full() -> None:
    assert attribution_md(CATALOG, LOCKS, ROWS) == MARKDOWN


def test_the_order_is_that_of_the_settings_and_of_nothing_else() -> None:
    locks, rows = dict(reversed(LOCKS.items())), dict(reversed(ROWS.items()))
    assert citation_bib(CATALOG, locks, rows) == BIBTEX
    assert attribution_md(CATALOG, locks, rows) == MARKDOWN


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_that_a_publisher_says_breaks_the_bibliography(title: str) -> None:
    bib = citation_bib(*_of_farms(title=title, creators=(title, "Smith, Ann"), version=title, url=title, doi=title))
    assert list(_parsed(bib)) == ["farms"]
    entry = _parsed(bib)["farms"]
    assert set(entry) == {"author", "title", "howpublished", "version", "doi", "url", "note"}
    assert not re.search(r"(?<!\\)[&%$#_~^<>|]", entry["title"] + entry["author"] + entry["version"])
    assert set(re.findall(r"\\[a-z]+", entry["title"])) <= {
        r"\textbackslash", r"\textbraceleft", r"\textbraceright", r"\textasciitilde", r"\textasciicircum",
        r"\textless", r"\textgreater", r"\textbar",
    }  # fmt: skip
    assert entry["author"].endswith(" and Smith, Ann")
    bib.encode()


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("url", [None, "https://zenodo.org/records/7"])
def test_nothing_that_a_publisher_says_breaks_the_attribution(title: str, url: str | None) -> None:
    text = attribution_md(*_of_farms(title=title, version=title, licence=title, url=url))
    tokens = _tokens(text)
    kinds = [token.type for token in tokens]
    assert not {"html_block", "html_inline", "image"} & set(kinds)
    assert (kinds.count("table_open"), kinds.count("tr_open"), kinds.count("td_open")) == (1, 2, 6)
    assert kinds.count("heading_open") == 5
    links = {token.attrs["href"] for token in tokens if token.type == "link_open"}
    assert links == {url or "https://doi.org/10.5281/zenodo.7", "https://creativecommons.org/licenses/by/4.0/"}
    text.encode()


@pytest.mark.parametrize("title", ["& % $ # _ { } ~ ^ \\ < > | `a` *b* [c] &lt;", "中国光伏 Größe ñ 😀"])
def test_what_is_escaped_reads_as_it_was_stated(title: str) -> None:
    tokens = _tokens(attribution_md(*_of_farms(title=title)))
    start = next(index for index, token in enumerate(tokens) if token.type == "link_open")
    end = next(index for index, token in enumerate(tokens) if token.type == "link_close")
    assert "".join(token.content for token in tokens[start:end]) == title


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://a.org/b", "//a.org", "https://"])
def test_only_web_addresses_become_links(url: str) -> None:
    settings = _catalog(farms={"source": {"url": "https://a.org/farms.csv"}})
    locks = {"farms": Lock("farms", "url", {}, FILES, Record("url", url, title="Farms", url=url))}
    assert "| Farms |" in attribution_md(settings, locks, {"farms": ONE})
    assert "url" not in _parsed(citation_bib(settings, locks, {"farms": ONE}))["farms"]


def test_an_address_keeps_its_meaning_but_cannot_leave_its_place() -> None:
    address = "https://a.org/b c?x=1&copy=2|(3)<4>{5}"
    encoded = "https://a.org/b%20c?x=1&copy=2%7C%283%29%3C4%3E%7B5%7D"
    assert _parsed(citation_bib(*_of_farms(url=address)))["farms"]["url"] == encoded
    links = [token.attrs.get("href") for token in _tokens(attribution_md(*_of_farms(url=address)))]
    assert encoded in links


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Gómez, Francis", "Gómez, Francis"),
        ("King, Jr, Martin", "King, Jr, Martin"),
        ("Zenodo", "Zenodo"),
        ("U.S. Geological Survey", "{U.S. Geological Survey}"),
        ("Research and Development", "{Research and Development}"),
        ("Smith and Sons, Inc.", "{Smith and Sons, Inc.}"),
        ("others", "{others}"),
        ("A, B, C, D", "{A, B, C, D}"),
        ("Smith,", "{Smith,}"),
        ("AT&T Labs", r"{AT\&T Labs}"),
    ],
)
def test_a_name_is_one_author(name: str, expected: str) -> None:
    entry = _parsed(citation_bib(*_of_farms(creators=("Roe, Jo", name))))["farms"]
    assert entry["author"] == f"Roe, Jo and {expected}"


def test_what_nobody_states_is_left_out() -> None:
    lock = Lock("farms", "github", {}, FILES, Record("github", "a/b@0", title="a/b"))
    bib = citation_bib(_catalog(farms=MINE), {"farms": lock}, {"farms": NOT_STATED})
    assert _parsed(bib)["farms"] == {
        "title": "{a/b}",
        "howpublished": "Dataset, GitHub",
        "note": "Licence: not stated.",
    }


def test_made_up_records_are_called_synthetic_in_both_files() -> None:
    settings = _catalog(farms=FARMS, parks=PARKS)
    locks = {"farms": LOCKS["farms"], "parks": Lock("parks", "sample", {"doi": "10.6084/m9.figshare.8"}, FILES)}
    entries = _parsed(citation_bib(settings, locks, ROWS | {"mine": {}}))
    assert entries["parks"]["note"] == ("SYNTHETIC twin; not the published data. Licence: ODbL-1.0 (not verified).")
    assert "SYNTHETIC" not in entries["farms"]["note"]
    text = attribution_md(settings, locks, ROWS | {"mine": {}})
    assert "\n\n**SYNTHETIC: `parks`. These rows are made up; " in text
    assert "| synthetic twin of [10.6084/m9.figshare.8](https://doi.org/10.6084/m9.figshare.8) |" in text


def test_published_records_are_not_called_synthetic() -> None:
    assert "SYNTHETIC" not in attribution_md(CATALOG, LOCKS, ROWS)


def test_a_licence_that_only_the_repository_states_counts_and_is_to_be_added() -> None:
    lock = _published(licence="CC BY-NC 4.0")
    text = attribution_md(_catalog(farms=FARMS | {"licence": None}), {"farms": lock}, {"farms": NOT_STATED})
    assert "| `farms` | 1 | - | CC-BY-NC-4.0 | no |" in text
    assert "- `farms`: the settings state no licence, the repository says CC-BY-NC-4.0; add it.\n" in text
    assert text.endswith(
        "- Some parts forbid commercial use (`farms`): a table that they are merged into is not for it either.\n"
    )


def test_a_licence_that_is_not_known_is_named_and_stops_publication() -> None:
    lock = _published(licence="see <readme>")
    text = attribution_md(_catalog(farms={"source": FARMS["source"]}), {"farms": lock}, {"farms": NOT_STATED})
    assert "\n### see &lt;readme&gt;\n\nDatasets: `farms`\n\n- This licence is not known here: read it" in text
    assert text.endswith("(`farms`): do not publish a merged table until they are cleared.\n")


def test_rows_under_several_licences_are_counted_and_attributed_under_each() -> None:
    licence = {"column": "Source", "values": {"OSM": "ODbL-1.0", "TZSAM": "CC-BY-NC-4.0"}, "otherwise": "unknown"}
    settings, lock = _catalog(farms=FARMS | {"licence": licence}), _published(licence="CC-BY-4.0")
    rows = {"farms": {"CC-BY-NC-4.0": 2, "ODbL-1.0": 1200, "not stated": 30}}
    text = attribution_md(settings, {"farms": lock}, rows)
    assert [line.split(" | ")[1:4:2] for line in text.splitlines() if line.startswith("| `farms`")] == [
        ["1,200", "ODbL-1.0"],
        ["30", "not stated"],
        ["2", "CC-BY-NC-4.0"],
    ]
    assert "- Some parts forbid commercial use (`farms`): a table that they are merged into is not for it" in text
    assert "Licences by row: ODbL-1.0, not stated, CC-BY-NC-4.0 (not verified)." in citation_bib(
        settings, {"farms": lock}, rows
    )


def test_licences_that_are_verified_and_agree_need_no_look() -> None:
    assert "Licences to look at" not in attribution_md(CATALOG, LOCKS, {"farms": ONE})


def test_without_rows_there_is_nothing_to_attribute() -> None:
    assert citation_bib(CATALOG, {}, {"farms": {}}).count("@") == 0
    assert attribution_md(CATALOG, {}, {}).endswith("\n\nNo dataset contributed a row.\n")


def test_rows_of_a_dataset_that_the_settings_do_not_know_are_refused() -> None:
    with pytest.raises(BuildError, match=r"^gone: in the published tables, but not in params\.yaml\. Run `make all`"):
        attribution_md(CATALOG, LOCKS, {"farms": ONE, "gone": ONE})


def test_both_files_are_written_from_the_locks(paths: ProjectPaths, tmp_path: Path) -> None:
    for key, lock in LOCKS.items():
        write_lock(lock, paths.lock(key))
    folder = tmp_path / "published"
    written = write_attribution(CATALOG, paths, ROWS, folder)
    assert written == [folder / "CITATION.bib", folder / "ATTRIBUTION.md"]
    assert [path.read_text(encoding="utf-8") for path in written] == [
        BIBTEX,
        f"{MARKDOWN}\n{context_md(CATALOG, paths)}",
    ]
    assert sorted(folder.iterdir()) == sorted(written)


def test_boundaries_and_irradiance_are_attributed_as_the_settings_choose_them(paths: ProjectPaths) -> None:
    bundled = context_md(CATALOG, paths)
    assert "Natural Earth" in bundled
    assert "no data of a provider" in bundled
    keep_extract(paths, "2026-09-23.1")
    irradiance = {"provider": "google_solar", "h3_resolution": 13}
    whole = CATALOG.model_dump() | {"origin": "doi", "boundaries": {"source": "overture"}, "irradiance": irradiance}
    text = context_md(Settings.model_validate(whole), paths)
    assert "release 2026-09-23.1 (ODbL-1.0)" in text
    assert "© OpenStreetMap contributors, Overture Maps Foundation" in text
    assert "**its results must not be passed on**" in text


def test_a_dataset_without_a_lock_is_refused(paths: ProjectPaths, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"farms: farms\.json is missing"):
        write_attribution(CATALOG, paths, {"farms": ONE}, tmp_path)
