"""What strangers write, in names of columns, values and titles, reads back from params.yaml as the very same text."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.add.draft import Draft, Guess
from loaders.add.render_yaml import render
from loaders.add.write_params import add_entry
from loaders.core.errors import SettingsError
from loaders.settings.params import read_settings

SPECIAL = [
    "no",
    "null",
    "1e3",
    "~",
    "{{ env_var('X') }}",
    "${item}",
    "a: b",
    "#",
    "- x",
    "'",
    '"',
    "\n",
    "\r\n",
    "\x85",
    "!!x",
]
TEXT = st.text(min_size=1, max_size=30) | st.sampled_from(SPECIAL)
NAMES = st.lists(TEXT, min_size=1, max_size=4, unique=True)
BEFORE = "datasets:\n  a:\n    source: {path: a.csv}   # mine\n\n# what follows\nnot_loaded: {}\n"

hostile = settings(max_examples=40, deadline=None, derandomize=True, database=None)


def _draft(name: str, values: list[str], reason: str) -> Draft:
    settings: dict[str, Guess | dict[str, Guess]] = {
        "source": {"path": Guess("b.csv", reason), "include": Guess(values, reason)},
        "read": {"longitude": Guess(name, reason), "latitude": Guess(values[0])},
        "where": Guess({name: values}, reason, is_doubtful=True),
        "columns": {
            "source_id": Guess(name, reason),
            "area": Guess({"column": name, "unit": "m2", "null_values": [-9999, *values]}, reason),
            "installed": Guess({"after": name, "before": values[0]}, reason),
        },
        "licence": Guess(f"words of {name}", reason),
    }
    return Draft("b_farms_2020", settings, (reason, name), (reason,))


@hostile
@given(name=TEXT, values=NAMES, reason=st.text(max_size=200) | TEXT)
def test_an_entry_reads_back_as_what_was_meant_whatever_strangers_wrote(
    name: str, values: list[str], reason: str
) -> None:
    draft = _draft(name, values, reason)
    text = render(draft)
    assert yaml.safe_load(text) == {"b_farms_2020": draft.entry}
    assert all(character.isprintable() or character == "\n" for character in text)


@hostile
@given(name=TEXT, values=NAMES, reason=TEXT)
def test_an_entry_changes_no_byte_and_no_meaning_of_the_others(
    tmp_path_factory: pytest.TempPathFactory, name: str, values: list[str], reason: str
) -> None:
    path = tmp_path_factory.mktemp("settings") / "params.yaml"
    path.write_text(BEFORE)
    line = add_entry(path, _draft(name, values, reason))
    after = path.read_bytes().decode()
    head, tail = BEFORE.split("\n# what follows")
    assert after.startswith(f"{head}\n")
    assert after.endswith(f"\n# what follows{tail}")
    assert after.split("\n")[line - 1] == "  b_farms_2020:"
    catalog = read_settings(path)
    assert list(catalog.datasets) == ["a", "b_farms_2020"]
    assert dict(catalog.datasets["b_farms_2020"].where) == {name: tuple(values)}


@pytest.mark.parametrize("name", ["x" * 5_000, "x y: " * 500, "\n" * 2_000])
def test_a_name_may_be_longer_than_yaml_allows_a_simple_key_to_be(name: str, tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(BEFORE)
    add_entry(path, _draft(name, [name], "long"))
    assert dict(read_settings(path).datasets["b_farms_2020"].where) == {name: (name,)}


def test_a_name_that_no_file_can_hold_is_an_error_that_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(BEFORE)
    with pytest.raises(SettingsError, match="b_farms_2020: its entry cannot be written as YAML"):
        add_entry(path, _draft("\ud800", ["x"], "half a character"))
    assert path.read_text() == BEFORE
