from pathlib import Path

import pytest
import yaml

from loaders.add.draft import Draft, Guess
from loaders.add.render_yaml import render
from loaders.add.write_params import add_entry, add_local_entry
from loaders.core.errors import SettingsError
from loaders.settings.params import read_settings
from tests.pristine import settings_text

ROOT = Path(__file__).resolve().parents[3]
SMALL = "datasets:\n  a:\n    source: {path: a.csv}   # mine\n"


def _draft(**settings: object) -> Draft:
    source = {"path": Guess("own/b.geojson", "because")}
    plain = {name: Guess(value) for name, value in settings.items()}
    return Draft("b_farms_2020", {"source": source, **plain}, ("a note",))


def _added(tmp_path: Path, text: str, draft: Draft | None = None) -> str:
    """What is new in the file; everything else must be as it was."""
    path = tmp_path / "params.yaml"
    path.write_bytes(text.encode())
    add_entry(path, draft or _draft())
    after = path.read_bytes().decode()
    place = next(
        i for i in range(len(text) + 1) if text[:i] + after[i : len(after) - len(text) + i] + text[i:] == after
    )
    while place < len(text) and text[: place + 1] == after[: place + 1]:
        place += 1
    assert read_settings(path).datasets["b_farms_2020"].source.path == "own/b.geojson"
    assert list(tmp_path.iterdir()) == [path]
    return after[place : place + len(after) - len(text)]


BLOCK = """
  # a note
  # cite: the DOI of the paper, say 10.1038/sdata.2016.106
  b_farms_2020:
    source:
      # because
      path: own/b.geojson
"""


@pytest.mark.parametrize(
    ("line", "kept"),
    [("datasets: {}\n", "datasets:"), ("datasets: {}  # mine\n", "datasets:  # mine"), ("datasets: {}", "datasets:")],
)
@pytest.mark.parametrize("rest", ["", "\n# what follows\nnot_loaded: {}\n"])
def test_the_first_entry_stands_below_datasets(tmp_path: Path, line: str, kept: str, rest: str) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(f"# top\norigin: doi\n{line}{rest if line.endswith(chr(10)) else ''}")
    assert add_entry(path, _draft()) == 7
    assert path.read_text().startswith(f"# top\norigin: doi\n{kept}\n{BLOCK}")
    assert read_settings(path).datasets["b_farms_2020"].source.path == "own/b.geojson"


def test_the_projects_own_settings_keep_every_byte(tmp_path: Path) -> None:
    before = settings_text((ROOT / "params.yaml").read_text())
    path = tmp_path / "params.yaml"
    path.write_text(before)
    add_entry(path, _draft())
    assert path.read_text() == before + BLOCK  # below `datasets:`, which stands last


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "\n# what follows\nnot_loaded: {}\n",
        "not_loaded: {}\n",
        "\n\n\norigin: doi   # here\n",
    ],
)
def test_an_entry_stands_behind_the_last_one(rest: str, tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(SMALL + rest)
    line = add_entry(path, _draft())
    assert path.read_text() == SMALL + BLOCK + rest
    assert path.read_text().splitlines()[line - 1] == "  b_farms_2020:"


def test_indented_comments_belong_to_the_entry_above(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    before = f"{SMALL}    # cite: later\n\n  # and this\n"
    path.write_text(f"{before}\n# not this\nnot_loaded: {{}}\n")
    add_entry(path, _draft())
    assert path.read_text() == f"{before}{BLOCK}\n# not this\nnot_loaded: {{}}\n"


def test_line_ends_of_windows_stay_and_are_used(tmp_path: Path) -> None:
    text = SMALL.replace("\n", "\r\n") + "\r\n# next\r\nnot_loaded: {}\r\n"
    assert _added(tmp_path, text).replace("\r\n", "\n").strip() == BLOCK.strip()
    assert b"\n" not in (tmp_path / "params.yaml").read_bytes().replace(b"\r\n", b"")


def test_a_missing_newline_at_the_end_is_no_trouble(tmp_path: Path) -> None:
    assert _added(tmp_path, SMALL.rstrip("\n")) == f"\n{BLOCK}"


def test_a_mark_at_the_beginning_and_an_indentation_of_four_stay(tmp_path: Path) -> None:
    text = "\ufeffdatasets:\n    a:\n        source: {path: a.csv}\n"
    assert _added(tmp_path, text).splitlines()[3] == "    b_farms_2020:"


@pytest.mark.parametrize(
    "last",
    [
        "    licence: |-\n      CC0\n      1.0\n\n",
        "    licence: 'it''s\n      free'\n",
        "    read: &r {crs: 'EPSG:4326'}\n  c:\n    source: {path: c.csv}\n    read: *r\n",
        "    columns:\n      source_id:\n        column:\n          - id\n          - fid   # or\n",
        "    licence: >\n      CC0\n",
        "    cite:\n",
    ],
)
def test_an_entry_stands_behind_whatever_the_last_one_ends_with(last: str, tmp_path: Path) -> None:
    before = SMALL + last
    (tmp_path / "params.yaml").write_text(f"{before}\n# next\nnot_loaded: {{}}\n")
    add_entry(tmp_path / "params.yaml", _draft())
    after = (tmp_path / "params.yaml").read_text()
    assert after.replace(BLOCK, "") == f"{before}\n# next\nnot_loaded: {{}}\n"
    assert after.index(BLOCK) < after.index("# next")


def test_settings_that_would_be_refused_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(SMALL)
    with pytest.raises(SettingsError, match="license is not a setting"):
        add_entry(path, _draft(license="CC0-1.0"))
    assert path.read_text() == SMALL
    assert list(tmp_path.iterdir()) == [path]


def test_datasets_on_one_line_are_left_to_their_owner(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("datasets: {a: {source: {path: a.csv}}}\n")
    with pytest.raises(SettingsError, match="Paste the entry yourself"):
        add_entry(path, _draft())
    assert path.read_text() == "datasets: {a: {source: {path: a.csv}}}\n"


@pytest.mark.parametrize("text", ["# mine\ndatasets: {}\n", "# mine\n", "# mine\ndatasets: {}  # none yet"])
def test_an_own_file_without_entries_keeps_its_comments_and_gets_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "params.yaml").write_text(SMALL)
    own = tmp_path / "local" / "params.yaml"
    own.parent.mkdir()
    own.write_text(text)
    assert add_local_entry(tmp_path, _draft()) == own.read_text().splitlines().index("  b_farms_2020:") + 1
    assert own.read_text() == f"# mine\ndatasets:\n{BLOCK}"


def test_a_link_to_the_settings_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text(SMALL)
    (tmp_path / "params.yaml").symlink_to("real.yaml")
    add_entry(tmp_path / "params.yaml", _draft())
    assert (tmp_path / "params.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_text() == SMALL + BLOCK


NAMES = (
    *(
        "No",
        "yes",
        "1e3",
        "12:30",
        "null",
        "a: b",
        "a #b",
        "#a",
        "x\ny: 1",
        "- a",
        "*a",
        "!t",
        "2021-99-99",
        "={}",
        "é",
    ),
    *("~", '"', "'", "a, b", "[", "%", "@x", "\u2028", "\x07", "0x1F", " a ", "\ufeffid", "\\n", "a\tb"),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_columns_name_is_text_whatever_it_looks_like(name: str, tmp_path: Path) -> None:
    draft = _draft(where={name: [name]}, columns={"area": {"column": name, "unit": "m2"}, "source_id": name})
    _added(tmp_path, SMALL, draft)
    dataset = read_settings(tmp_path / "params.yaml").datasets["b_farms_2020"]
    assert dict(dataset.where) == {name: (name,)}
    assert dataset.columns.area is not None
    assert dataset.columns.area.column == (name,)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\x85", "\x0b", "\n\n"])
def test_a_comment_from_outside_cannot_become_a_setting(end: str) -> None:
    evil = f"Farms{end}  evil: {{source: {{path: /etc}}}}{end}licence: CC0-1.0"
    draft = Draft("b_farms_2020", {"source": {"path": Guess("b.csv", evil)}, "max_mb": Guess(5, evil)}, (evil,))
    text = render(draft)
    assert yaml.safe_load(text) == {"b_farms_2020": {"source": {"path": "b.csv"}, "max_mb": 5}}
    assert [line for line in text.splitlines() if "evil" in line and not line.lstrip().startswith("#")] == []


def test_a_long_reason_is_broken_into_comment_lines_of_readable_length() -> None:
    draft = Draft("b", {"source": {"path": Guess("b.csv", "word " * 100)}})
    assert max(map(len, render(draft).splitlines())) <= 110
