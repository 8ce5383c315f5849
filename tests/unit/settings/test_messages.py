"""Every wrong value of every setting: its message names the setting, quotes the value, and says what is expected."""

import types
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError

from loaders.core.errors import SettingsError
from loaders.settings.messages import invalid_settings_message, quoted
from loaders.settings.params import Settings, read_settings
from tests.unit.settings.test_params import FARMS

INTERNALS = (
    *("typing.", "Literal[", "pydantic", "input should", "Input should", "Ellipsis", "NoneType", "None"),
    *("_type]", "<class", "[key]", "dictionary", "datetime", "such as .", "such as ;", "expected .", "Known: ."),
    "True",
)
WRONG_VALUES: tuple[Any, ...] = (
    *(None, "", "mispelt words", "x" * 300, -7, 10**15, 2.5, -1e18, True, date(2024, 5, 1)),
    *([], ["mispelt", 5.5], [[1]], [None], {}, {"mispelt": 1}, {"mispelt": {"nested": [1]}}),
)
NAMES = {"datasets": "farms", "not_loaded": "masks", "identifiers": "repd", "where": "kind", "values": "a"}
# what a branch needs next to the setting that is wrong
NEEDED: dict[str, dict[str, Any]] = {
    "Settings": {"datasets": {"farms": {"key": "farms", "source": {"path": "a"}}}},
    "Dataset": {"key": "farms", "source": {"path": "a"}},
    "NotLoaded": {"doi": "10.5281/zenodo.1", "reason": "masks"},
    "StatedLicence": {"column": "a", "values": {"b": "MIT"}},
    "AreaColumn": {"column": "a", "unit": "m2"},
    "CapacityColumn": {"column": "a", "unit": "MW"},
    "Position": {"longitude": "x", "latitude": "y"},
    "TileServer": {"url": "https://tiles.example.org/{z}/{x}/{y}.png", "attribution": "a"},
    "Extent": {"west": 0, "south": 0, "east": 1, "north": 1},
}
SettingPath = tuple[str, ...]


def _unwrapped(annotation: Any) -> Any:
    """A type without `Annotated` and `None`."""
    while get_origin(annotation) in {Annotated, Union, types.UnionType}:
        annotation = next(each for each in get_args(annotation) if each is not types.NoneType)
    return annotation


def _settings(model: type[BaseModel], above: SettingPath = ()) -> Iterator[tuple[SettingPath, str]]:
    """The path of every setting, and of one entry in every mapping; each with the branch that it is in."""
    for name, field in model.model_fields.items():
        if name == "key":
            continue
        path, annotation = (*above, name), _unwrapped(field.annotation)
        yield path, model.__name__
        if get_origin(annotation) is dict:
            path, annotation = (*path, NAMES[name]), _unwrapped(get_args(annotation)[1])
            yield path, ""
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from _settings(annotation, path)


BRANCHES = dict(_settings(Settings))
PATHS = sorted(BRANCHES)


def _document(path: SettingPath, value: Any) -> dict[str, Any]:
    """Settings in which one is wrong."""
    document: dict[str, Any] = {}
    branch = document
    for step, name in enumerate(path, start=1):
        kind = BRANCHES[path[:step]]
        branch |= NEEDED.get(kind, {"column": "a"} if kind.endswith("Column") else {})
        branch[name] = value if step == len(path) else {}
        branch = branch[name]
    return document


def test_the_walk_meets_the_settings_of_every_kind() -> None:
    dotted = {".".join(path) for path in PATHS}
    assert {
        "h3_resolution",
        "dedup.near_m",
        "irradiance.pvgis.years",
        "datasets.farms.columns.capacity.unit",
        "datasets.farms.columns.identifiers.repd.where.kind",
        "datasets.farms.licence.values.a",
        "not_loaded.masks.doi",
    } <= dotted
    assert len(dotted) > 150


def _message(path: SettingPath, value: Any) -> tuple[str, list[Any]]:
    try:
        Settings.model_validate(_document(path, value))
    except ValidationError as error:
        return invalid_settings_message(error, Settings, lambda *_: "params.yaml"), list(error.errors())
    return "", []


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_a_wrong_value_is_told_by_path_value_and_what_is_expected(path: SettingPath) -> None:
    messages = {repr(value): (value, *_message(path, value)) for value in WRONG_VALUES}
    refused = {name: case for name, case in messages.items() if case[1]}
    for value, text, problems in refused.values():
        assert [word for word in INTERNALS if word in text] == [], (value, text)
        assert ".".join(path[:-1]) in text, (value, text)
        if any(problem["type"] == "value_error" for problem in problems):
            continue  # a sentence of our own validators
        assert ".".join(path) in text, (value, text)
        assert "; expected " in text or "Known: " in text or "is not a setting" in text, (value, text)
        if all(problem["loc"] == path for problem in problems):
            assert quoted(value) in text, (value, text)
    assert len(refused) >= 3, messages


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("h3_resolution: eight", "h3_resolution is 'eight'; expected a whole number from 0 to 15."),
        ("h3_resolution: '8'", "h3_resolution is '8'; expected a whole number from 0 to 15, without quotation marks."),
        ("h3_resolution: 8.5", "h3_resolution is 8.5; expected a whole number from 0 to 15."),
        ("max_mb: -1", "max_mb is -1; expected a number greater than 0."),
        ("max_mb:", "max_mb is empty; expected a number greater than 0."),
        ("dedup: {largest_spread: 1}", "dedup.largest_spread is 1; expected a number greater than 1."),
        (
            "dedup: {identical_iou: 1.5}",
            "dedup.identical_iou is 1.5; expected a number greater than 0 and of at most 1.",
        ),
        ("licences: open", "licences is 'open'; expected settings (allow)."),
        (
            "licences: {allow: [permisive]}",
            "licences.allow.0 is 'permisive'. Did you mean permissive? Known: no_derivatives, "
            "non_commercial, unknown, share_alike, permissive.",
        ),
        ("executor: [threads]", "executor is [threads]; expected threads, processes or dask."),
        (
            "irradiance: {pvgis: {years: [1999]}}",
            "irradiance.pvgis.years.1 is missing; expected a whole number from 1,980 to 2,100.",
        ),
        ("max mb: 3", "'max mb' is not a setting. Did you mean max_mb? Known: "),
    ],
)
def test_the_message_of_a_wrong_setting(line: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text(f"{FARMS}{line}\n")
    with pytest.raises(SettingsError) as refused:
        read_settings(tmp_path / "params.yaml")
    assert str(refused.value).startswith(f"params.yaml: {message}")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("read: {decimal: ';'}", "read.decimal is ';'. Known: '.', ','."),
        ("version_of: old", "version_of: there is no dataset 'old'. There is no other."),
        (
            "licence: 4",
            "licence: it is 4; expected the SPDX name of a licence, or settings (column, values, otherwise).",
        ),
        (
            "columns: {name: {null_values: [x]}}",
            "columns.name: give either a column or a constant; found {null_values: [x]}.",
        ),
        (
            "extent: {west: 9, south: 1, east: 3, north: 2}",
            "extent: it goes from 9 to 3 and from 1 to 2; expected west to be less than east, and south less than "
            "north.",
        ),
        ("read: {quotes: maybe}", "read.quotes is 'maybe'; expected true or false."),
        ("read: {header_line: 0}", "read.header_line is 0; expected a whole number from 1 to 100,000."),
        (
            "columns: {name: 5}",
            "columns.name is 5; expected the name of a column, a list of names, or settings (column, constant, "
            "null_values, required).",
        ),
        (
            "columns: {source_id: {column: a, null_values: [no]}}",
            "columns.source_id.null_values.0 is false; expected text or a number. YAML takes a bare yes, no, on or "
            "off for true or false: put it in quotation marks.",
        ),
        (
            "verified: 2024-05-01",
            "verified is 2024-05-01; expected text. YAML takes it for a date: put it in quotation marks.",
        ),
        ("columns: {area: {column: a}}", "columns.area.unit is missing; expected m2, ha or km2."),
    ],
)
def test_the_message_of_a_wrong_entry(line: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text(f"{FARMS}    {line}\n")
    with pytest.raises(SettingsError) as refused:
        read_settings(tmp_path / "params.yaml")
    assert str(refused.value) == f"params.yaml: datasets.farms.{message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: 1\nb: 2\ndatasets:\n  farms: {source: [x\n",
            "line 5, column 1: a list in [ ] is not closed, or a comma is missing.\n"
            "  datasets:\n    farms: {source: [x\n  \n  ^",
        ),
        (
            "a: {b: 1\nc: 2\n",
            "line 2, column 2: a list in { } is not closed, or a comma is missing.\n  a: {b: 1\n  c: 2\n   ^",
        ),
        ("a: b: c\n", "line 1, column 5: a colon that YAML does not allow here. Put the text in quotation marks, or"),
        ("a: 'b\nc: 1\n", "line 3, column 1: a quotation mark is never closed."),
        ("a:\n\tb: 1\n", "line 2, column 1: a tab, or a mark such as @ or `, that YAML does not allow here."),
        ("a: 1\n b: 2\n", "line 2, column 3: a colon that YAML does not allow here."),
        ("a:\n  b: 1\n c: 2\n", "line 3, column 2: the indentation does not fit the lines above"),
        ("a: 1\nbcd\n", "line 3, column 1: a name without its colon."),
        ("a: *x\n", "line 1, column 4: an alias (`*name`) without its `&name`."),
        ("a: 1\n---\nb: 2\n", "line 2, column 1: a line `---` that begins another document. Remove it."),
        ("a: 'b\x00'\n", "line 1 holds the character U+0000, which no text has. Remove it."),
        ("a: !!python/name:os.system x\n", "line 1, column 4: a tag (`!name`) that settings cannot have.\n"),
        ("a: " + "[" * 3000, "it is nested too deep"),
    ],
)
def test_what_is_not_yaml_is_shown_with_the_place(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_settings(tmp_path / "params.yaml")
    assert str(refused.value).startswith(f"params.yaml is not YAML: {message}")
