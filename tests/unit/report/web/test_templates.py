from pathlib import Path

import pytest
from jinja2 import UndefinedError

from loaders.report.web.templates import prose, templates


def _render(tmp_path: Path, template: str, **values: object) -> str:
    (tmp_path / "x.html.j2").write_text(template, encoding="utf-8")
    return templates(tmp_path).get_template("x.html.j2").render(**values)


def test_values_are_escaped_and_on_one_line(tmp_path: Path) -> None:
    assert _render(tmp_path, "<p>{{ name }}</p>", name="<b>\n&\x00") == "<p>&lt;b&gt; &amp;</p>"


def test_an_undefined_value_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError, match="nothing"):
        _render(tmp_path, "{{ nothing }}")


def test_a_page_begins_with_the_policy_and_marks_where_it_is(tmp_path: Path) -> None:
    page = _render(tmp_path, '{% extends "page.html.j2" %}', policy="default-src 'none'", home="../", here="Map")
    head = page.partition("<head>\n")[2]
    assert head.startswith('<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;">')
    assert '<a href="../map.html" aria-current="page">Map</a>' in page
    assert '<a href="../index.html">Report</a>' in page


def test_prose_shows_names_between_backticks_as_code() -> None:
    assert prose("Run `make all` & <wait>.") == "Run <code>make all</code> &amp; &lt;wait&gt;."
