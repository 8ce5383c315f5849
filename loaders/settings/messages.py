"""Messages about invalid settings: the file, the key, the value, and the nearest valid one."""

import difflib
import types
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from loaders.core.redact import redact

UNION_MEMBERS = frozenset({("str",), ("int",), ("float",), ("bool",)})
SCALAR = "scalar_type"  # problem of a value that is of none of these types
EXPECTED = {"tuple_type": "a list", "too_short": "at least 1", SCALAR: "text or a number"}  # by type of problem
EXAMPLES = {
    "doi": "10.5281/zenodo.4059881",
    "cite": "10.1038/sdata.2016.106",
    "github": "owner/repository@commit:folder/file.geojson",
    "url": "https://example.org/farms.zip",
    "release": "latest, or a name that `eo-pv releases` lists",
    "s3_endpoint": "https://s3.example.org (a host without user, password and path)",
    "typical_year": "tmy-2023",
    "pattern": "DD.MM.YYYY (of YYYY, MM, DD and separators)",
    "identifiers": "eia_plant (lower case, digits and single underscores, beginning with a letter)",
    "[key]": "deu_my_farms_2024 (lower case, digits and single underscores, beginning with a letter)",
    "alias": "myfarms (lower case, digits and single underscores, beginning with a letter)",
}


def unknown_name_message(name: str, known: Iterable[str], kind: str, file: str) -> str:
    """The message for an unknown name."""
    return f"{file}: there is no {kind} {name!r}. {_suggestion(name, sorted(known))}"


def invalid_settings_message(file: str, error: ValidationError, model: type[BaseModel]) -> str:
    """The message for all invalid settings of a file, one per line."""
    # a value that may be of several types has one error for each of them
    problems = {problem["loc"]: problem for problem in map(_without_union_member, error.errors())}
    lines = [_problem_message(problem, model) for problem in problems.values()]
    if len(lines) == 1:
        return f"{file}: {lines[0]}"
    return "\n".join([f"{file}: {len(lines)} settings cannot be used:", *(f"  {line}" for line in lines)])


def _without_union_member(problem: Any) -> dict[str, Any]:
    """The problem of a value that may be of several types, without the type that it is not."""
    if problem["loc"][-1:] not in UNION_MEMBERS:
        return dict(problem)
    return {**problem, "loc": problem["loc"][:-1], "type": SCALAR}


def yaml_error_message(error: Exception) -> str:
    """The message for invalid YAML, with the line and a mark below the error."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return " ".join(str(error).split())
    mark, context = error.problem_mark, f" {error.context}" if error.context else ""
    snippet = mark.get_snippet(indent=2) or ""
    return f"line {mark.line + 1}, column {mark.column + 1}:{context} {error.problem}\n{snippet}".rstrip()


def misplaced_entry(tree: yaml.Node | None) -> str:
    """The message for a dataset's entry below `not_loaded`; empty if there is none."""
    branches = {name.value: value for name, value in tree.value} if isinstance(tree, yaml.MappingNode) else {}
    not_loaded = branches.get("not_loaded")
    for name, entry in not_loaded.value if isinstance(not_loaded, yaml.MappingNode) else ():
        names = [setting.value for setting, _ in entry.value] if isinstance(entry, yaml.MappingNode) else []
        if "source" in names:
            line = name.start_mark.line + 1
            return f"{name.value} stands below `not_loaded:` (line {line}). Move it below `datasets:`."
    return ""


def duplicate_key(node: yaml.Node | None, path: str = "") -> str:
    """The first duplicate key of a YAML mapping, dotted; empty without one. YAML itself keeps the last value."""
    if not isinstance(node, yaml.MappingNode):
        return ""
    names: set[str] = set()
    for name, value in node.value:
        dotted_name = f"{path}.{name.value}".lstrip(".")
        if name.value in names:
            return dotted_name
        names.add(name.value)
        if nested := duplicate_key(value, dotted_name):
            return nested
    return ""


def _problem_message(problem: Any, model: type[BaseModel]) -> str:
    path = [str(part) for part in problem["loc"]]
    dotted = ".".join(part for part in path if part != "[key]")
    match problem["type"]:
        case "extra_forbidden":
            return f"{dotted} is not a setting. {_suggestion(path[-1], _setting_names(model, path[:-1]))}"
        case "literal_error":
            choices = [str(choice) for choice in _choices(model, path)]
            return f"{dotted} is {problem['input']!r}. {_suggestion(str(problem['input']), choices)}"
        case "missing":
            return f"{dotted} is missing. Add it; README.md shows a whole entry."
        case "value_error":
            return f"{dotted}: {problem['ctx']['error']}.".removeprefix(": ")
        case "string_pattern_mismatch":
            is_namespace = path[-1] == "[key]" and path[-3] == "identifiers"
            example = EXAMPLES.get("identifiers" if is_namespace else _setting_name(path), "")
            value = _quoted_value(problem["input"], is_address=_setting_name(path) == "url")
            return f"{dotted} is {value}, which is not of the expected form: for example {example}."
        case _:
            return f"{dotted} is {problem['input']!r}{_expected(problem, model, path)}."


def _quoted_value(value: str, *, is_address: bool) -> str:
    """A quoted value without credentials; the user of an address is hidden even without `https://`."""
    if is_address and "://" not in value:
        return redact(repr(f"//{value}")).replace("//", "", 1)
    return redact(repr(value))


def _suggestion(name: str, known: Sequence[str]) -> str:
    close_names = difflib.get_close_matches(name.lower(), [word.lower() for word in known], n=1, cutoff=0.5)
    nearest = next((word for word in known if close_names and word.lower() == close_names[0]), "")
    listing = ", ".join(known)
    return f"Did you mean {nearest}? Known: {listing}." if nearest else f"Known: {listing}."


def _setting_names(model: type[BaseModel], path: Sequence[str]) -> list[str]:
    annotation = _type_of(model, path)
    fields = annotation.model_fields if isinstance(annotation, type) and issubclass(annotation, BaseModel) else {}
    return [name for name in fields if name != "key"]


def _choices(model: type[BaseModel], path: Sequence[str]) -> tuple[Any, ...]:
    annotation = _type_of(model, path)
    while get_origin(annotation) is tuple:  # for a list, the type of its items
        annotation = _unwrap(get_args(annotation)[0])
    return get_args(annotation)


def _setting_name(path: Sequence[str]) -> str:
    """The name of a setting, without the position in its list."""
    return next((part for part in reversed(path) if not part.isdigit()), "")


def _expected(problem: Any, model: type[BaseModel], path: Sequence[str]) -> str:
    if problem["type"] in {"int_type", "int_from_float", "greater_than_equal", "less_than_equal"}:
        return f"; expected {_range(model, path)}"
    if expected := EXPECTED.get(problem["type"]):
        return f"; expected {expected}"
    return f": {problem['msg'][0].lower()}{problem['msg'][1:]}"


def _range(model: type[BaseModel], path: Sequence[str]) -> str:
    """The range of a numeric setting, for a message."""
    parent = _type_of(model, path[:-1])
    fields = parent.model_fields if isinstance(parent, type) and issubclass(parent, BaseModel) else {}
    field = fields.get(path[-1])
    kind = "a whole number" if field and _unwrap(field.annotation) is int else "a number"
    limits = {type(limit).__name__: limit for limit in (field.metadata if field else ())}
    least, most = (getattr(limits.get(name), name.lower(), None) for name in ("Ge", "Le"))
    if least is None or most is None:
        return f"{kind} of at least {least}" if least is not None else kind
    return f"{kind} from {least:g} to {most:g}"


def _type_of(annotation: Any, path: Sequence[str]) -> Any:
    """The type of a setting, found by walking down the models."""
    for part in path:
        annotation = _unwrap(annotation)
        if get_origin(annotation) is dict:
            annotation = get_args(annotation)[1]
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            annotation = annotation.model_fields[part].annotation
    return _unwrap(annotation)


def _unwrap(annotation: Any) -> Any:
    """A type without its `Annotated` and `None`."""
    while get_origin(annotation) in (Annotated, Union, types.UnionType):
        annotation = next(part for part in get_args(annotation) if part is not types.NoneType)
    return annotation
