"""Text of strangers in each language means that text, and nothing else."""

import csv
import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import jinja2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from loaders.core import escape
from loaders.core.errors import BuildError
from loaders.db.connection import connect, extension

ROOT = Path(__file__).resolve().parents[3]
PIECES = (
    *("{{ env_var('SECRET') }}", "{% raw %}", "{# ", "#}", "{", "}}", "{{ '{' }}", "${HOME}", "$(id)", "%s", "{0}"),
    *("<script>alert(1)</script>", "</script>", "<!--", "-->", "&lt;", "&", '"', "'", "''", "`", "```", "<b onx=1>"),
    *(
        "[a](javascript:alert(1))",
        "![x](y)",
        "*",
        "_",
        "|",
        "~",
        "#",
        "\\",
        "\n",
        "\r",
        "\t",
        "\0",
        "\x1b[2J",
        "\u2028",
    ),
    *("=1+1", "+", "-5", "@SUM(A1)", "\u202e", "\u200d", "\ud800", "é", "中", "😀", "'; drop table x; --", " ", "/*"),
    *(
        "[x]",
        "?",
        "%20",
        "a=3",
        "\\input{x}",
        "$x^2$",
        "10.5281/zenodo.1",
        "null",
        "1e5",
        "no",
        "\ufeff",
        "\x85",
        "\U000e0041",
    ),
)
HOSTILE = st.one_of(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join), st.text(max_size=30))
quickly = settings(max_examples=50, deadline=None, derandomize=True, database=None)


class _Reader(HTMLParser):
    """What a browser would find: tags, attributes, text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!--", {data: None}))


def _rendered(document: object) -> object:
    """A document as dbt reads it: each text rendered once, by Jinja with functions that must never be called."""
    if isinstance(document, dict):
        return {name: _rendered(part) for name, part in document.items()}
    if isinstance(document, list):
        return [_rendered(part) for part in document]
    environment = jinja2.Environment(autoescape=False, keep_trailing_newline=True, newline_sequence="\n")  # noqa: S701
    return environment.from_string(document).render(target="ours") if isinstance(document, str) else document


@quickly
@given(HOSTILE, HOSTILE)
def test_text_in_a_document_for_dbt_is_that_text_once_dbt_has_rendered_it(one: str, two: str) -> None:
    document = {"doi": one, "deep": [{"licence": two}], "database": escape.Template("{{ target }}")}
    rendered = _rendered(yaml.safe_load(escape.dbt_yaml(document)))
    expected = [re.sub("\r\n?", "\n", escape.encodable(text)) for text in (one, two)]  # as Jinja reads lines
    assert rendered == {"doi": expected[0], "deep": [{"licence": expected[1]}], "database": "ours"}


@quickly
@given(HOSTILE)
def test_files_that_git_shows_spell_out_what_is_not_shown_and_mean_the_same(text: str) -> None:
    text = text.replace("{", "(")  # which dbt's YAML writes as a template
    for written, read in ((escape.json_text, json.loads), (escape.dbt_yaml, yaml.safe_load)):
        document = written({"title": text})
        assert document.replace("\n", "").isprintable()
        assert read(document) == {"title": escape.encodable(text)}


@quickly
@given(HOSTILE)
def test_text_in_html_makes_no_tag_and_leaves_no_attribute(text: str) -> None:
    read = _Reader(f'<p title="{escape.html(text)}">{escape.html(text)}</p>')
    shown = escape.one_line(text)
    assert read.tags == [("p", {"title": shown})]
    assert read.text == shown


@quickly
@given(HOSTILE)
def test_nothing_in_json_ends_the_script_that_it_is_in(text: str) -> None:
    document = json.dumps({"title": text}, ensure_ascii=False)
    script = escape.script_json(document)
    assert not re.search("[<>&\u2028\u2029]", script)
    assert json.loads(script) == {"title": text}


@quickly
@given(HOSTILE)
@pytest.mark.parametrize("escaped", [escape.markdown, escape.markdown_prose])
def test_markdown_shows_the_text_and_makes_no_html_of_it(escaped: object, text: str) -> None:
    assert callable(escaped)
    cell = escaped(text)
    html = MarkdownIt("commonmark").enable("table").render(f"| a | b |\n| --- | --- |\n| x {cell} x | y |\n")
    read = _Reader(html)
    names = {name for name, _ in read.tags} - ({"code"} if escaped is escape.markdown_prose else set())
    assert names == {"table", "thead", "tbody", "tr", "th", "td"}
    if escaped is escape.markdown:
        assert " ".join(read.text.split()) == " ".join(f"a b x {escape.one_line(text)} x y".split())


@quickly
@given(HOSTILE)
def test_a_terminal_is_sent_nothing_that_steers_it(text: str) -> None:
    sent = escape.terminal(text)
    steering = {each for each in sent if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert steering <= set("\n\t\u200c\u200d")
    assert sent.encode("utf-8") is not None


def test_a_terminal_shows_what_was_there() -> None:
    assert escape.terminal("\x1b[31mred\u202e \ud800\r🌾\u200d km²") == "\\x1b[31mred\\u202e \\ud800\\r🌾\u200d km²"


@quickly
@given(HOSTILE.filter(lambda text: "\0" not in text and "\ud800" not in text))
def test_sql_reads_literals_and_names_as_they_were(text: str) -> None:
    with duckdb.connect() as connection:
        name = text or "x"
        table = connection.execute(f"select {escape.sql_text(text)} as {escape.sql_name(name)}").to_arrow_table()
    assert table.to_pylist() == [{name: text}]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('=HYPERLINK("http://a.org")', '\'=HYPERLINK("http://a.org")'),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1-2", "'+1-2"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("\t=1", "'\t=1"),
        ("＝1+1", "'＝1+1"),  # noqa: RUF001
        (" =1", "' =1"),
        ("-5.25", "-5.25"),
        ("-1e-5", "-1e-5"),
        ("+49", "+49"),
        ("farms:-1", "farms:-1"),
        ("", ""),
    ],
)
def test_a_spreadsheet_runs_no_cell_and_negative_numbers_stay(text: str, cell: str) -> None:
    assert escape.spreadsheet_cell(text) == cell


@quickly
@given(HOSTILE)
def test_a_line_of_csv_gives_its_cells_back(text: str) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerow([escape.spreadsheet_cell(text), "x"])
    ((cell, _),) = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    assert cell.removeprefix("'") == text.removeprefix("'")


def test_only_the_web_is_linked() -> None:
    assert escape.web_address("https://a.org/ü?x=[1]\n") == "https://a.org/%C3%BC?x=%5B1%5D"
    for address in ("javascript:alert(1)", "data:text/html,x", "https:///x", " https://a.org", "", None):
        assert escape.web_address(address) is None
    assert escape.doi_address('10.1/a"(b)#c?<>') == "https://doi.org/10.1/a%22(b)%23c%3F%3C%3E"


@pytest.mark.parametrize("folder", ["it's here", '"q"', "[x] {a,b}", "ü %20 #1", "value=3", "**", "a;b!c", "a\nb"])
def test_a_folder_may_have_any_name(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / folder
    place.mkdir()
    package = place / "extensions" / f"v{duckdb.__version__}"
    package.mkdir(parents=True)
    (package / "spatial.duckdb_extension").symlink_to(extension("spatial"))
    monkeypatch.setattr("loaders.db.connection.extension", lambda name: package / f"{name}.duckdb_extension")
    with connect(place / "x.duckdb") as connection:
        connection.execute("create table t as select st_x(st_point(1, 2)) as x")
    pq.write_table(pa.table({"b": [1]}), place / "t.parquet")
    with connect(place / "x.duckdb", read_only=True) as connection:
        assert connection.execute("select x from t").fetchall() == [(1.0,)]
        query = "select * from read_parquet(?, hive_partitioning = false)"
        assert connection.execute(query, [escape.sql_file(place / "t.parquet")]).fetchall() == [(1,)]


def test_a_folder_with_a_question_mark_is_refused_since_duckdb_would_write_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"question mark in its name\. Rename"):
        connect(tmp_path / "what?" / "x.duckdb")


def test_no_other_module_escapes_by_itself() -> None:
    own = re.compile(
        r"""replace\(\s*(["'])'\1|replace\(\s*'"'|html\.escape|escape\(str\(|markup=True|"""
        r"""SafeDumper|safe_dump|\b(LOAD|ATTACH|COPY|EXPORT|IMPORT) '\{|read_parquet\([^)]*['"]?\{"""
    )
    rendered = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted((ROOT / "loaders").rglob("*.py"))
        if path.name != "escape.py"
        for line in path.read_text().splitlines()
        if own.search(line)
    ]
    assert rendered == []


def test_xml_keeps_lines_and_replaces_what_it_cannot_hold() -> None:
    hostile = "<a b='c'>\n]]> & \"\x00\x1b\ud800\ufffe 🌞"
    assert escape.xml(hostile) == "&lt;a b=&#x27;c&#x27;&gt;\n]]&gt; &amp; &quot;\ufffd\ufffd\ufffd\ufffd 🌞"
    assert ET.fromstring(f"<t>{escape.xml(hostile)}</t>").text == "<a b='c'>\n]]> & \"\ufffd\ufffd\ufffd\ufffd 🌞"  # noqa: S314
