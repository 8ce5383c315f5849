"""Escaping of untrusted text for each language that it is written into: HTML, Markdown, SQL, YAML, LaTeX, the terminal.

Publishers, settings and files may hold any character. Each function here takes plain text and returns its spelling in
one language; it is applied once, where that language is written.
"""

import glob
import html as stdlib_html
import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

_JOINERS = frozenset("\u200c\u200d")  # invisible, but part of how Persian, Indic scripts and emoji are written
_CONTROL_CATEGORIES = frozenset(
    {"Cc", "Cf", "Cs", "Zl", "Zp"}
)  # Unicode categories: controls, formats, surrogates, line ends
_TERMINAL_SAFE = _JOINERS | {"\n", "\t"}
_ADDRESS_SAFE = ":/?#@!$&'*+,;=%~-._"
_DOI_SAFE = "/:;()"

# braces are commands, since BibTeX also counts escaped ones
_LATEX = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_"}
    | {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"}
)
_MARKDOWN = str.maketrans(
    {character: f"\\{character}" for character in "*[]~$"}
    | {character: f"&#{ord(character)};" for character in "\\`|{}"}  # braces: site generators render templates
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
)
_EMPHASIS_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")  # within a word it is no emphasis
_CODE = re.compile(r"`([^`{}<>|]+)`")
_SCRIPT_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
_NOT_IN_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # compiled with its first use: 5 ms
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 (spreadsheets accept full-width signs, too)
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*([eE][+-]?\d+)?")


class Template(str):
    """Trusted Jinja in a document for dbt, to be rendered by dbt."""

    __slots__ = ()


class _DbtDumper(yaml.SafeDumper):
    """Writes YAML whose texts survive Jinja, with which dbt renders each of them once."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if text.isprintable() else '"'  # else YAML would fold line breaks
    return dumper.represent_scalar("tag:yaml.org,2002:str", encodable(text).replace("{", "{{ '{' }}"), style=style)


def _represent_template(dumper: yaml.SafeDumper, text: Template) -> yaml.ScalarNode:
    return dumper.represent_str(str(text))


_DbtDumper.add_representer(str, _represent_text)
_DbtDumper.add_representer(Template, _represent_template)


def one_line(text: str | None) -> str:
    """Text on one line, without control characters and those that reorder text."""
    text = text or ""
    if not text.isprintable():
        text = "".join(character if character.isprintable() or character in _JOINERS else " " for character in text)
    return " ".join(text.split())


def encodable(text: str) -> str:
    """Text without lone surrogates, which UTF-8 cannot encode."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def terminal(text: str) -> str:
    r"""Text for a terminal: control characters and those that reorder text are spelt out, say as `\x1b`."""
    if text.isprintable():
        return text
    return "".join(
        character if _is_harmless(character) else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _is_harmless(character: str) -> bool:
    return unicodedata.category(character) not in _CONTROL_CATEGORIES or character in _TERMINAL_SAFE


def dbt_yaml(document: Mapping[str, Any]) -> str:
    """A document for dbt, as YAML; only text marked as `Template` is rendered."""
    yaml_text = yaml.dump(document, Dumper=_DbtDumper, sort_keys=False, allow_unicode=True, width=120)
    return _escape_unprintable(yaml_text, lambda character: f"\\U{ord(character):08x}")


def json_text(document: object) -> str:
    """A document as sorted JSON; unprintable characters are escaped, so that `git diff` and editors show them."""
    serialized = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
    return _escape_unprintable(encodable(serialized), lambda character: json.dumps(character)[1:-1]) + "\n"


def _escape_unprintable(serialized: str, escape: Callable[[str], str]) -> str:
    """Escape unprintable characters in JSON or YAML, where they occur between double quotes only."""
    if serialized.replace("\n", "").isprintable():
        return serialized
    return "".join(
        character if character.isprintable() or character == "\n" else escape(character) for character in serialized
    )


def html(text: str | None) -> str:
    """Text for HTML, also between quotes; Jinja2's templates escape by themselves."""
    return stdlib_html.escape(one_line(text), quote=True)


def xml(text: str) -> str:
    """Text for XML, also between quotes, with its line breaks; what XML cannot hold is replaced."""
    return stdlib_html.escape(re.sub(_NOT_IN_XML, "\N{REPLACEMENT CHARACTER}", text), quote=True)


def graphviz_label(text: str | None) -> str:
    r"""Text for an HTML-like label of Graphviz, where `\N` would be the name of the node."""
    return html(text).replace("\\", "\\\\")


def script_json(text: str) -> str:
    """JSON for a script in HTML, which it cannot end."""
    return text.translate(_SCRIPT_ESCAPES)


def markdown(text: str | None) -> str:
    """Text for a line of Markdown, also in a cell of a table."""
    return _escape_markdown(one_line(text))


def markdown_prose(text: str) -> str:
    """A sentence for Markdown; text between backticks is code."""
    parts = _CODE.split(one_line(text))
    return "".join(f"`{part}`" if index % 2 else _escape_markdown(part) for index, part in enumerate(parts))


def _escape_markdown(text: str) -> str:
    return _EMPHASIS_UNDERSCORE.sub(r"\_", text.translate(_MARKDOWN))


def markdown_link(text: str, url: str | None) -> str:
    """A link in Markdown; plain text without an address."""
    if not url:
        return markdown(text)
    target = url.replace("(", "%28").replace(")", "%29").replace("&", "&amp;")
    return f"[{markdown(text)}]({target})"


def latex(text: str | None) -> str:
    """Text for a field of BibTeX, in LaTeX."""
    return one_line(text).translate(_LATEX)


def bibtex_doi(doi: str) -> str:
    """A DOI for the field `doi` of BibTeX, which its styles print verbatim."""
    return quote(one_line(doi), safe=_ADDRESS_SAFE + "()<>", errors="replace")


def doi_address(doi: str) -> str:
    """The address of a DOI."""
    return f"https://doi.org/{quote(one_line(doi), safe=_DOI_SAFE, errors='replace')}"


def web_address(url: str | None) -> str | None:
    """A percent-encoded address that a browser may open; null for any other kind."""
    if not re.match(r"https?://[^\s/]", url or "", re.IGNORECASE):
        return None
    return quote(one_line(url), safe=_ADDRESS_SAFE, errors="replace")


def sql_text(text: str) -> str:
    """A string literal of SQL, for statements without parameters."""
    return "'" + text.replace("'", "''") + "'"


def sql_name(name: str) -> str:
    """An identifier of SQL: of a table, a column, a schema."""
    return '"' + name.replace('"', '""') + '"'


def ogr_sql_name(name: str) -> str:
    """An identifier of GDAL's SQL, which escapes quotation marks with a backslash, and cannot escape a backslash."""
    return '"' + name.replace('"', '\\"') + '"'


def sql_file(path: Path) -> str:
    """A path for DuckDB's `read_parquet`, which takes a glob pattern."""
    return glob.escape(str(path))


def sql_parquet(*paths: Path, options: str = "") -> str:
    """The rows of Parquet files of one form, for the FROM of a query.

    Args:
        paths: of the files.
        options: more of DuckDB's options, each after a comma.
    """
    listed = ", ".join(sql_text(sql_file(path)) for path in paths)
    return f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false{options})"


def sql_parquet_object(address: str) -> str:
    """The rows of a Parquet file in a bucket, for the FROM of a query."""
    return f"read_parquet({sql_text(address)}, hive_partitioning = false)"


def yaml_line(value: object) -> str:
    """A value of settings as YAML on one line, to be copied into `params.yaml`."""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=math.inf, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")


def spreadsheet_cell(text: str) -> str:
    """A cell of CSV or XLSX: formulas are disarmed with an apostrophe; numbers stay."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
