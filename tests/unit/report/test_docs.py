"""The pictures of Hamilton's graphs and of dbt's models, and the page around them; dbt itself is not run."""

import html
import json
import posixpath
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hamilton.graph_types import HamiltonNode
from typer.testing import CliRunner

from loaders.acquire.lock import Lock, LockedFile, Record
from loaders.cli import docs as docs_commands
from loaders.cli.console import app
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.pipelines import GRAPHS
from loaders.report.docs import dbt_docs, docs, first_page
from loaders.report.docs.dataset_path import dataset_picture, overridden_nodes
from loaders.report.docs.first_page import published_tables, write_first_page
from loaders.report.docs.flow import flow
from loaders.report.docs.graphs import graph_driver, graph_nodes, pipeline_picture
from loaders.report.docs.lineage import lineage_picture, read_models
from loaders.report.docs.overview import overview
from loaders.report.docs.page import BANNER, LAYER_DESCRIPTIONS, Entry, Page, as_html
from loaders.report.docs.places import source_address
from loaders.report.docs.style import BRANCHES, DARK, INK, INPUT, LAYERS, LINE, PALE, STAGES, UNKNOWN
from loaders.report.docs.svg import as_svg, with_dark_mode
from loaders.report.docs.workflow import IMAGES
from loaders.report.summary import DatasetSummary
from loaders.report.web.security import content_security_policy
from loaders.settings.params import Dataset, Settings, read_settings
from loaders.tables import META_SCHEMA, RAW_SCHEMA

assert docs_commands  # its import registers the commands

DOI = "10.5281/zenodo.5005867"
HOSTILE = '<script>alert("1")</script>'
VOID = {"meta", "img", "br", "link"}
CHAIN = (
    *("dataset_metadata", "target_datasets", "dataset_download_path", "dataset_geospatial_files"),
    *("dataset_processed_gdf", "dataset_arrow_table", "collected_arrow_tables", "store_individual_datasets"),
)
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="the program dot of Graphviz is not installed")


def model(name: str, layer: str, message: str) -> dict[str, Any]:
    key = f"model.eo_pv.{name}"
    config = {"materialized": "view" if layer == "staging" else "table"}
    folders = {"fqn": ["eo_pv", layer, name], "schema": layer}
    return {
        "unique_id": key,
        "name": name,
        "resource_type": "model",
        "description": message,
        "config": config,
        **folders,
    }


def manifest() -> dict[str, Any]:
    source = {"unique_id": "source.eo_pv.raw_data.features", "name": "features", "resource_type": "source"}
    models = [
        model("curated_farms", "curated", "One row per farm."),
        model("stg_farms", "staging", f"One row per record. It is {HOSTILE}."),
    ]
    return {
        "nodes": {each["unique_id"]: each for each in models} | {"test.t": {"resource_type": "test"}},
        "sources": {source["unique_id"]: source | {"schema": "raw_data", "description": "", "fqn": []}},
        "parent_map": {
            "model.eo_pv.stg_farms": ["source.eo_pv.raw_data.features"],
            "model.eo_pv.curated_farms": ["model.eo_pv.stg_farms"],
            "test.t": ["model.eo_pv.stg_farms"],
        },
    }


def page(*entries: Entry, **content: Any) -> str:
    always = {
        "origin": "sample",
        "notes": (),
        "models": read_models(manifest()),
        "pictures": frozenset(),
    }
    return as_html(Page(**always | {"entries": entries} | content))


def row(name: str) -> DatasetSummary:
    return DatasetSummary(name, read=1203, kept=1200, rejected=3, area_km2=None, capacity_mw=None, licence="CC0-1.0 ?")


class Tags(HTMLParser):
    """Whether what is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@needs_dot
@pytest.mark.parametrize("name", list(GRAPHS))
def test_every_node_and_input_of_a_pipeline_is_in_its_picture(name: str) -> None:
    picture = as_svg(pipeline_picture(name))
    assert [node.name for node in graph_nodes(graph_driver(name)) if f">{node.name}<" not in picture] == []


@needs_dot
@pytest.mark.parametrize("name", list(GRAPHS))
def test_every_node_of_a_pipeline_has_its_tags_in_its_picture(name: str) -> None:
    titles = {html.unescape(text) for text in re.findall(r'xlink:title="([^"]*)"', as_svg(pipeline_picture(name)))}
    tagged = [node for node in graph_nodes(graph_driver(name)) if "description" in node.tags]
    missing = [node.name for node in tagged if _title(node) not in titles]
    assert (len(tagged) > 0, missing) == (True, [])


def _title(node: HamiltonNode) -> str:
    tags = ("data_source", "processing_stage", "data_type", "hamilton_node_type", "io_operation")
    return " · ".join([node.tags["description"], *(f"{name}: {node.tags[name]}" for name in tags)])


def test_a_node_has_the_colour_of_its_processing_stage() -> None:
    lines = {line.split()[0]: line for line in pipeline_picture("doi_datasets").body if "fillcolor" in line}
    colours = {"dataset_metadata": "metadata", "dataset_download_path": "fetch", "store_individual_datasets": "store"}
    assert [name for name, stage in colours.items() if STAGES[stage] not in lines[name]] == []


@needs_dot
def test_the_overview_holds_every_node_of_every_pipeline() -> None:
    picture = as_svg(overview())
    every = [(name, node) for name in GRAPHS for node in graph_nodes(graph_driver(name)) if not node.is_external_input]
    assert [f"{name}.{node.name}" for name, node in every if f">{node.name}<" not in picture] == []
    assert [
        place for place in ("DOI, GitHub, URL, file", "raw_data.&lt;key&gt;", "curated") if place not in picture
    ] == []


def test_the_boundaries_go_on_and_not_their_counts() -> None:
    lines = overview().source
    assert '"overture_maps.boundaries" -> "raw_data.admin_boundaries"' in lines
    assert '"overture_maps.boundary_counts" -> "raw_data.admin_boundaries"' not in lines


@needs_dot
def test_the_same_graph_is_the_same_bytes() -> None:
    assert as_svg(pipeline_picture("doi_datasets")) == as_svg(pipeline_picture("doi_datasets"))
    assert as_svg(overview()) == as_svg(overview())


def test_statements_are_in_an_order_that_no_set_decides() -> None:
    picture = [line for line in pipeline_picture("clustering").body if "[label=<<b>" in line and "dashed" not in line]
    names = [line.split()[0] for line in picture]
    assert names == sorted(names)
    assert names[0] == "cluster"


@needs_dot
def test_the_path_of_a_dataset_names_its_source_its_nodes_and_its_tables(dataset: Callable[..., Dataset]) -> None:
    picture = as_svg(dataset_picture(dataset(source={"doi": DOI}, alias="f")))
    wanted = (*CHAIN, f"DOI {DOI}", "datasets.farms", "alias f", "raw_data.farms", "loaded/farms.parquet")
    assert [each for each in wanted if f">{each}<" not in picture] == []
    assert f'xlink:href="https://doi.org/{DOI}"' in picture


def test_the_path_of_a_dataset_with_code_of_its_own_names_what_it_overrides(dataset: Callable[..., Dataset]) -> None:
    lines = dataset_picture(dataset(key="chn_med_res_pv_2024")).source
    assert overridden_nodes("chn_med_res_pv_2024") == ["installed"]
    assert "loaders/datasets/chn_med_res_pv_2024.py" in lines
    assert "overrides installed" in lines


def test_the_path_of_a_dataset_without_code_of_its_own_says_so(dataset: Callable[..., Dataset]) -> None:
    assert overridden_nodes("farms") == []
    assert "no code of its own" in dataset_picture(dataset()).source


@needs_dot
def test_a_hostile_title_cannot_leave_the_label_of_a_picture(dataset: Callable[..., Dataset]) -> None:
    record = Record("zenodo", "1", doi=f"10.1/<{HOSTILE}>", title=f"<{HOSTILE}\x00]> \\N \\G")
    lock = Lock("farms", "doi", {}, (LockedFile("a"),), record)
    picture = as_svg(dataset_picture(dataset(source={"doi": "10.1234/a"}), lock))
    assert "<script" not in picture
    assert "&lt;script&gt;" in picture
    assert r"\N \G" in picture


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ({"doi": "10.1002/(SICI)1<2::A>3"}, "https://doi.org/10.1002/(SICI)1%3C2::A%3E3"),
        ({"github": "a/b@v1:f/x y.geojson"}, "https://github.com/a/b/tree/v1/f/x%20y.geojson"),
        ({"github": "a/b@v1:release:x.zip"}, "https://github.com/a/b/releases/tag/v1"),
        ({"url": "https://x.org/f.zip"}, "https://x.org/f.zip"),
        ({"path": "data/own.gpkg"}, None),
    ],
)
def test_a_source_is_a_link_where_it_has_a_page(
    dataset: Callable[..., Dataset], source: dict[str, str], address: str | None
) -> None:
    assert source_address(dataset(source=source)) == address


def test_an_address_that_is_not_of_the_web_is_no_link(dataset: Callable[..., Dataset]) -> None:
    lock = Lock("farms", "path", {}, (LockedFile("a"),), Record("others", "1", url="javascript:alert(1)"))
    assert source_address(dataset(), lock) is None


def test_models_are_read_by_layer_with_their_grain_and_no_tests() -> None:
    models = read_models(manifest())
    assert [(each.layer, each.name, each.grain) for each in models] == [
        ("raw_data", "features", ""),
        ("staging", "stg_farms", "One row per record."),
        ("curated", "curated_farms", "One row per farm."),
    ]
    assert models[1].parents == ("source.eo_pv.raw_data.features",)


def test_both_schemas_of_the_loaders_have_a_colour_and_a_description() -> None:
    assert list(LAYERS)[:2] == [RAW_SCHEMA, META_SCHEMA]
    assert LAYERS.keys() == LAYER_DESCRIPTIONS.keys()


@needs_dot
def test_the_lineage_holds_every_model_as_a_link_to_its_documentation() -> None:
    picture = as_svg(lineage_picture(read_models(manifest())))
    assert [name for name in ("features", "stg_farms", "curated_farms") if f">{name}<" not in picture] == []
    assert 'xlink:href="dbt.html#!/model/model.eo_pv.stg_farms"' in picture
    assert picture.count('class="edge"') == 2


def test_the_page_holds_each_dataset_each_model_and_only_pictures_that_are_drawn() -> None:
    pictures = frozenset({"hamilton/overview.svg", "hamilton/dataset_a.svg", "lineage.svg"})
    entries = (
        Entry(row("a"), f"DOI {DOI}", "https://doi.org/x", "Farms", "v1", "1 file, 3 kB"),
        Entry(row("b"), "own"),
    )
    text = page(*entries, pictures=pictures)
    assert [
        each for each in ("a", "b", f"DOI {DOI}", "Farms", "v1", "1,203", "CC0-1.0 ?") if f">{each}<" not in text
    ] == []
    assert [each for each in ("stg_farms", "curated_farms", "One row per farm.") if each not in text] == []
    images = [each for each in Tags(text).addresses if each.endswith(".svg")]
    assert set(images) == pictures


def test_the_page_is_well_formed_and_requests_no_other_address() -> None:
    tags = Tags(page(Entry(row("a"), "own"), missing_pictures="`dot` is missing"))
    assert tags.open == []
    assert not tags.seen & {"script", "style", "iframe", "object"}
    assert [each for each in tags.addresses if "://" in each] == []
    assert {each for each in tags.addresses if each.endswith(".css")} == {"../assets/base.css", "../assets/docs.css"}


def test_the_page_has_the_policy_of_the_report_and_no_inline_style() -> None:
    text = page(Entry(row("a"), "own"))
    assert text.index("Content-Security-Policy") < text.index("<title>")
    assert html.escape(content_security_policy()) in text.replace("&#39;", "&#x27;")
    assert re.findall(r"<[^>]+ (?:style|on\w+)=", text) == []
    links = ('href="../index.html">Report', 'href="../map.html">Map', 'href="../docs/index.html" aria-current="page"')
    assert [each for each in links if each not in text] == []


def test_every_link_of_the_page_stays_in_the_folder_of_the_report() -> None:
    entry = Entry(row("a"), f"DOI {DOI}", "https://doi.org/x", lock_summary="1 file, 3 kB")
    addresses = Tags(page(entry, has_site=True)).addresses
    local = [each for each in addresses if not each.startswith(("https://doi.org/", "#", "data:"))]
    places = {posixpath.normpath(posixpath.join("report/docs", each.partition("#")[0])) for each in local}
    assert {each for each in places if not each.startswith("report/")} == set()


def test_the_page_begins_with_the_data_flow_then_the_columns_then_the_graphs() -> None:
    rows = [row("a"), row("b")]
    text = page(
        Entry(row("a"), "own"),
        flow=flow(rows, {"installations": 1}),
        tables=published_tables(),
        pictures=frozenset({"hamilton/overview.svg"}),
    )
    assert re.findall(r'<span class="count">([^<]+)</span>', text) == [
        *("2 datasets", "2,406 records", "2,400 records kept", "1 installation"),
    ]
    assert "6 records rejected, each with its reason" in text
    places = [text.index(each) for each in ('class="flow"', 'id="columns"', 'id="datasets"', "hamilton/overview.svg")]
    assert places == sorted(places)


def test_the_column_tables_hold_every_column_with_its_unit() -> None:
    tables = published_tables()
    text = page(Entry(row("a"), "own"), tables=tables)
    assert [table.name for table in tables[:2]] == ["curated_pv_installations", "curated_pv_records"]
    names = [column.name for table in tables for column in table.columns]
    assert re.findall(r'<tr><th scope="row" class="name">(\w+)</th><td>\w', text) == names
    row_text = text[text.index(">capacity_mw</th>") :].partition("</tr>")[0]
    assert row_text.startswith(">capacity_mw</th><td>number</td><td>MW</td><td>Nameplate capacity, AC or DC")


def test_every_colour_of_a_picture_has_one_for_dark_mode() -> None:
    fixed = (INK, PALE, LINE, INPUT, UNKNOWN, *STAGES.values(), *BRANCHES.values(), *LAYERS.values())
    assert [colour for colour in fixed if colour not in DARK] == []
    svg = with_dark_mode('<?xml version="1.0"?>\n<svg width="1pt">\n<text>a</text></svg>')
    assert svg.startswith('<?xml version="1.0"?>\n<svg width="1pt">\n<style>@media (prefers-color-scheme:dark){')
    assert '[fill="#1f2933"]{fill:#e6eaee}' in svg


def test_the_swatches_of_the_layers_have_the_colours_of_the_picture() -> None:
    css = (Path(docs.__file__).parent / "docs.css").read_text()
    light, _, dark = css.partition(".swatch-raw_data")[2].partition("@media")
    for layer, colour in LAYERS.items():
        assert f"{layer} {{ background: {colour}; }}" in f"raw_data{light}" if layer == "raw_data" else light
        assert f".swatch-{layer} {{ background: {DARK[colour]}; }}" in dark


def test_the_drawing_of_the_workflow_is_narrow_enough_for_a_phone_and_has_a_dark_mode() -> None:
    svg = (IMAGES / "workflow.svg").read_text()
    width = int(re.findall(r'<svg width="(\d+)pt"', svg)[0])
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)]
    assert 400 / (width * 96 / 72) * min(sizes) * 96 / 72 >= 11
    assert "prefers-color-scheme:dark" in svg
    titles = re.findall(r'class="node">\n<title>(\w+)</title>', svg)
    nodes = re.findall(r"^  (\w+) \[label", (IMAGES / "workflow.dot").read_text(), re.MULTILINE)
    assert sorted(titles) == sorted(nodes)


def test_values_from_outside_are_escaped_on_the_page() -> None:
    text = page(Entry(row("a"), HOSTILE, title=HOSTILE, version=HOSTILE, lock_summary=HOSTILE), notes=(HOSTILE,))
    assert "<script" not in text
    assert text.count("&lt;script&gt;") == 6  # five here, and one in the description of a model


def test_the_banner_follows_the_records_and_never_the_origin() -> None:
    twin = Entry(DatasetSummary("twin", 1, 1, 0, None, None, is_synthetic=True), "10.5281/zenodo.1")
    own = Entry(DatasetSummary("own", 1, 1, 0, None, None), "farms.gpkg")
    note = "SYNTHETIC, bundled samples: twin."
    assert (BANNER in page(twin, notes=[note], origin="doi"), note in page(twin, notes=[note])) == (True, False)
    assert (BANNER in page(twin, own, notes=[note]), note in page(twin, own, notes=[note])) == (False, True)
    assert BANNER not in page(own)


def test_without_dot_the_command_says_how_to_get_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", "")
    error = CliRunner().invoke(app, ["dag"]).exception
    assert isinstance(error, BuildError)
    commands = ("sudo apt-get install graphviz", "brew install graphviz", "conda install graphviz")
    assert [command for command in commands if command not in str(error)] == []


@needs_dot
def test_a_dataset_is_drawn_by_its_alias_into_the_folder_asked_for(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert CliRunner().invoke(app, ["dag", "north", "--output", "pictures"]).exit_code == 0
    assert [path.name for path in (project / "pictures").iterdir()] == ["dataset_a_north_2020.svg"]
    assert "north.geojson" in (project / "pictures" / "dataset_a_north_2020.svg").read_text()


def test_docs_without_a_database_say_what_to_run(paths: ProjectPaths) -> None:
    with pytest.raises(BuildError, match=r"eo_pv_data\.duckdb is missing.*Run `make all`"):
        dbt_docs.generate(paths)


def test_a_failure_of_dbt_ends_with_its_last_lines() -> None:
    message = dbt_docs.failure_message("\n".join(f"line {number}" for number in range(40)), 1, Path())
    assert "line 39" in message
    assert "line 24\n" not in message


@pytest.mark.parametrize(
    ("output", "code", "message"),
    [
        ("OSError: [Errno 28] No space left on device: 'a' -> 'b'", 1, "The disk that holds "),
        ('IO Error: Could not set lock on file "x.duckdb": held in PID 7', 1, "x.duckdb is open in process 7."),
        ("", -9, "A process was killed (Killed), as happens when memory runs out"),
    ],
)
def test_what_the_world_does_while_dbt_describes_its_models_is_one_sentence(
    output: str, code: int, message: str, tmp_path: Path
) -> None:
    assert dbt_docs.failure_message(f"Traceback\n  File\n{output}", code, tmp_path).startswith(message)


def test_without_dot_the_pages_are_written_and_say_so(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings, paths = _pretend(project, monkeypatch, tmp_path / "target")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BuildError, match=r"written without them: .*index\.html"):
        docs.write_docs(settings, paths)
    folder = paths.home / "report" / "docs"
    scripts = re.findall("<script>a=(.*?)</script>", (folder / "dbt.html").read_text())
    assert [json.loads(each) for each in scripts] == [{"title": f"</script>{HOSTILE}<!--\u2028"}] * 2
    assert "<!--" not in (folder / "dbt.html").read_text()
    assert "sudo apt-get install graphviz" in (folder / "index.html").read_text()
    assert ".svg" not in (folder / "index.html").read_text()


def test_before_make_docs_the_link_leads_to_flow_columns_and_datasets(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings, paths = _pretend(project, monkeypatch, tmp_path / "target")
    page = write_first_page(settings, paths)
    assert page == paths.report_folder / "docs" / "index.html"
    text = page.read_text()
    assert "type <code>make docs</code>" in text
    assert [each for each in ('class="flow"', "curated_pv_installations", "a_north_2020") if each not in text] == []
    assert [each for each in ("dbt.html", "#pipelines", 'id="models"') if each in text] == []


def test_the_whole_documentation_is_not_replaced_by_the_first_page(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings, paths = _pretend(project, monkeypatch, tmp_path / "target")
    folder = paths.report_folder / "docs"
    folder.mkdir(parents=True)
    for name in ("index.html", "dbt.html"):
        (folder / name).write_text("whole")
    assert write_first_page(settings, paths) is None
    assert (folder / "index.html").read_text() == "whole"


@needs_dot
def test_docs_are_the_page_dbt_and_every_picture(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings, paths = _pretend(project, monkeypatch, tmp_path / "target")
    stale = paths.home / "report" / "docs" / "hamilton" / "dataset_gone.svg"
    stale.parent.mkdir(parents=True)
    stale.touch()
    files = docs.write_docs(settings, paths)
    assert [path.name for path in files[:3]] == ["index.html", "dbt.html", "lineage.svg"]
    assert {path.stem for path in files[3:]} == {"overview", *GRAPHS, "dataset_a_north_2020", "dataset_b_south_2021"}
    assert not stale.exists()
    shown = [each for each in Tags(files[0].read_text()).addresses if each.endswith(".svg")]
    assert {(files[0].parent / each).is_file() for each in shown} == {True}


def _pretend(project: Path, monkeypatch: pytest.MonkeyPatch, target: Path) -> tuple[Settings, ProjectPaths]:
    """A project that is built, and a dbt that has described it."""
    settings, paths = read_settings(project / "params.yaml"), ProjectPaths(project, "sample")
    target.mkdir()
    (target / "index.html").write_text(
        "".join(f"<script>a={place}</script>" for place in dbt_docs.PLACEHOLDERS.values())
    )
    for name in dbt_docs.PLACEHOLDERS:
        (target / name).write_text(json.dumps({"title": f"</script>{HOSTILE}<!--\u2028"}, ensure_ascii=False))
    monkeypatch.setattr(docs, "generate", lambda _: target)
    monkeypatch.setattr(docs, "read_manifest", lambda _: manifest())
    monkeypatch.setattr(first_page, "summarise", lambda settings, _: [row(key) for key in settings.datasets])
    monkeypatch.setattr(first_page, "read_figures", lambda _: {})
    monkeypatch.setattr(first_page, "sentences", lambda *_: [])
    return settings, paths
