"""The page of settings, from the models that read `params.yaml`."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from loaders.report.reference.docstrings import meanings, summary
from loaders.report.reference.markdown import header, sentence, table
from loaders.settings.base import SettingsModel
from loaders.settings.params import Dataset, NotLoaded, Settings

Schema = dict[str, Any]

HEADINGS = ("setting", "values", "default", "meaning")
INTRODUCTION = """
Every choice is in `params.yaml`, with comments. An unknown key is refused with the nearest known one, and
`eo-pv check` finds mistakes. A setting with a default may be left out. Your own datasets may be in `local/params.yaml`
instead, below `datasets:`. A key of `datasets` is `<place>_<maker or kind>_<year>`, lower case.
"""
BRANCHES = {Dataset: "datasets.<key>", NotLoaded: "not_loaded.<key>"}
HIDDEN = {(Dataset, "key")}
SIMPLE = {"string": "text", "number": "number", "integer": "whole number", "boolean": "`true`, `false`", "null": "null"}


def settings_page() -> str:
    """Every setting with its values, its default and its meaning."""
    places: dict[type[SettingsModel], list[str]] = {}
    for place, model in branches():
        places.setdefault(model, []).append(place)
    sections = (_section(names, model) for model, names in places.items())
    return header("Settings", "the models in `loaders/settings`") + INTRODUCTION + "".join(sections)


def branches() -> Iterator[tuple[str, type[SettingsModel]]]:
    """The branches of the settings with their dotted names, the top level first."""
    yield "", Settings
    yield from _below("", Settings)


def _below(prefix: str, model: type[SettingsModel]) -> Iterator[tuple[str, type[SettingsModel]]]:
    for name, field in model.model_fields.items():
        for child in _models(field.annotation):
            place = BRANCHES.get(child) or ".".join(filter(None, [prefix, name]))
            yield place, child
            yield from _below(place, child)


def _models(annotation: Any) -> list[type[SettingsModel]]:
    """The models in a type, those in lists, mappings and unions included."""
    if isinstance(annotation, type) and issubclass(annotation, SettingsModel):
        return [annotation]
    parts = getattr(annotation, "__args__", ())
    return list(dict.fromkeys(model for part in parts for model in _models(part)))


def _section(names: list[str], model: type[SettingsModel]) -> str:
    """The table of a model, below the names of all branches that it describes."""
    title = ", ".join(f"`{name}`" for name in dict.fromkeys(names))
    heading = f"\n## {title}\n\n{summary(model)}\n" if names[0] else "\n## Top level\n"
    rows = [_row(model, setting) for setting in model.model_fields if (model, setting) not in HIDDEN]
    return f"{heading}\n{table(HEADINGS, rows)}"


def _row(model: type[BaseModel], name: str) -> tuple[str, str, str, str]:
    schema = model.model_json_schema(by_alias=False)
    entry = schema["properties"][name]
    is_required = name in schema.get("required", ())
    default = "required" if is_required else _value(entry.get("default"))
    meaning = meanings(model).get(name) or _meaning_of_branch(model, name)
    return f"`{name}`", _type(entry, schema.get("$defs", {})), default, sentence(meaning)


def _meaning_of_branch(model: type[BaseModel], name: str) -> str:
    return next(map(summary, _models(model.model_fields[name].annotation)), "")


def _value(value: Any) -> str:
    """A default as YAML writes it; a branch has the defaults of its own section."""
    if isinstance(value, dict) or value is None:
        return "-"
    if isinstance(value, list):
        return f"`[{', '.join(map(str, value))}]`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _type(entry: Schema, definitions: dict[str, Schema]) -> str:
    """The values of a setting, in words."""
    if "$ref" in entry:
        return _type(definitions[entry["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in entry:
        kinds = (_type(each, definitions) for each in entry["anyOf"] if each.get("type") != "null")
        return ", ".join(dict.fromkeys(kinds))
    if "enum" in entry or "const" in entry:
        return ", ".join(f"`{choice!s}`" for choice in entry.get("enum", [entry.get("const")]))
    if "properties" in entry:
        return "a branch, below"
    return _simple(entry, definitions)


def _simple(entry: Schema, definitions: dict[str, Schema]) -> str:
    kind = entry.get("type")
    if kind == "array":
        items = entry.get("items") or (entry.get("prefixItems") or [{}])[0]
        return f"list of: {_type(items, definitions)}"
    if kind == "object":
        patterns: dict[str, Schema] = entry.get("patternProperties", {})
        values: Any = entry.get("additionalProperties") or next(iter(patterns.values()), {})
        return f"mapping to: {_type(values, definitions)}" if isinstance(values, dict) and values else "mapping"
    return f"{SIMPLE.get(str(kind), 'text')}{_bounds(entry)}"


def _bounds(entry: Schema) -> str:
    words = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    limits = [f"{sign} {entry[name]:,g}" for name, sign in words.items() if name in entry]
    return f", {' and '.join(limits)}" if limits else ""
