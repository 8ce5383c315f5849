"""What a setting may hold, in words, read from the types of the settings."""

import types
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from loaders.settings.column import as_column

SCALAR_NAMES = {str: "text", int: "a number", float: "a number", bool: "true or false"}
BOUNDS = {"gt": "greater than", "ge": "of at least", "lt": "less than", "le": "of at most"}
EXAMPLES = {
    "doi": "10.5281/zenodo.4059881",
    "cite": "10.1038/sdata.2016.106",
    "github": "owner/repository@commit:folder/file.geojson",
    "url": "https://example.org/farms.zip",
    "release": "latest, or a name that `eo-pv releases` lists",
    "s3_endpoint": "https://s3.example.org (a host without user, password and path)",
    "endpoint": "https://s3.example.org (a host without user, password and path)",
    "host": "db.example.org (without spaces)",
    "database": "eo_pv (without spaces)",
    "user": "ada (without spaces)",
    "region": "eu-central-1 (without spaces)",
    "typical_year": "tmy-2023",
    "pattern": "DD.MM.YYYY (of YYYY, MM, DD and separators)",
    "contact": "https://example.org/contact (without accents)",
    "identifiers": "eia_plant (lower case, digits and single underscores, beginning with a letter)",
    "datasets": "deu_my_farms_2024 (lower case, digits and single underscores, beginning with a letter)",
    "not_loaded": "deu_my_masks_2024 (lower case, digits and single underscores, beginning with a letter)",
    "alias": "myfarms (lower case, digits and single underscores, beginning with a letter)",
}
KEY_MARK = "[key]"  # pydantic's, in the path of a key


class Expected:
    """A type of the settings, peeled of `Annotated` and `None`, with its constraints."""

    def __init__(self, annotation: Any, name: str = "", metadata: Sequence[Any] = ()) -> None:
        self.name = name  # of the setting, for examples
        self.annotation, self._metadata = _peel(annotation, metadata)

    @property
    def fields(self) -> dict[str, FieldInfo]:
        """The settings below this one; none for a single value."""
        is_model = isinstance(self.annotation, type) and issubclass(self.annotation, BaseModel)
        return dict(self.annotation.model_fields) if is_model else {}

    @property
    def setting_names(self) -> list[str]:
        """The names of the settings below this one."""
        return [name for name in self.fields if name != "key"]

    @property
    def choices(self) -> list[str]:
        """The words that it may be, marks in quotation marks; none if there is no such list."""
        words = map(str, get_args(self.annotation)) if self._kind is Literal else ()
        return [word if word.replace("_", "").isalnum() else repr(word) for word in words]

    @property
    def takes_text(self) -> bool:
        """Whether a text is a value of it."""
        items = get_args(self.annotation)
        if self._kind is tuple:
            return Expected(items[0]).takes_text
        return self.annotation is str or self._kind is Literal or (self._is_union and str in items)

    @property
    def _kind(self) -> Any:
        return get_origin(self.annotation)

    def below(self, part: str | int) -> "Expected":
        """The type one step down the path of a problem."""
        if part == KEY_MARK:
            return self
        if field := self.fields.get(str(part)):
            return Expected(field.annotation, str(part), field.metadata)
        arguments = get_args(self.annotation)
        if self._kind is dict:
            return Expected(arguments[1], self.name)
        if self._kind is tuple:
            return Expected(arguments[0], self.name)
        return self

    def key(self) -> "Expected":
        """The type of the keys of this mapping."""
        return Expected(get_args(self.annotation)[0], self.name) if self._kind is dict else self

    def words(self) -> str:
        """What is expected, to follow "expected"."""
        if self._kind is tuple:
            return self._list_words()
        if self._kind is dict:
            return self._mapping_words()
        return self._branch_words() if self.fields else self._value_words()

    def _value_words(self) -> str:
        if self.choices:
            return " or ".join(filter(None, [", ".join(self.choices[:-1]), self.choices[-1]]))
        if self.annotation in {int, float}:
            return self._number_words()
        if self.annotation is str:
            return self._text_words()
        members = get_args(self.annotation) if self._is_union else (self.annotation,)
        words = list(dict.fromkeys(SCALAR_NAMES[member] for member in members if member in SCALAR_NAMES))
        return (", " if bool in members else " or ").join(words)

    @property
    def _is_union(self) -> bool:
        return self._kind in {Union, types.UnionType}

    def _list_words(self) -> str:
        items = get_args(self.annotation)
        item = Expected(items[0], self.name).words()
        if items[-1] is not Ellipsis:
            return f"a list of {len(items)}, each {item}"
        return f"{item}, or a list of such{self._at_least()}"

    def _mapping_words(self) -> str:
        return f"entries `name: …`, each name being {self.key().words()}{self._at_least()}"

    def _at_least(self) -> str:
        return "; at least 1" if self._limit("min_length") else ""

    def _branch_words(self) -> str:
        names = ", ".join(self.setting_names)
        if any(isinstance(each, BeforeValidator) and each.func is as_column for each in self._metadata):
            return f"the name of a column, a list of names, or settings ({names})"
        return f"settings ({names})"

    def _number_words(self) -> str:
        kind = "a whole number" if self.annotation is int else "a number"
        limits = {name: f"{limit:,.15g}" for name in BOUNDS if (limit := self._limit(name)) is not None}
        if {"ge", "le"} <= set(limits):
            return f"{kind} from {limits['ge']} to {limits['le']}"
        return f"{kind} {' and '.join(f'{BOUNDS[name]} {limit}' for name, limit in limits.items())}".rstrip()

    def _text_words(self) -> str:
        example = f"text such as {EXAMPLES[self.name]}" if self._limit("pattern") else "text"
        longest = self._limit("max_length")
        return f"{example}, at most {longest} characters" if longest else example

    def _limit(self, name: str) -> Any:
        return next((limit for each in self._metadata if (limit := getattr(each, name, None)) is not None), None)


def _peel(annotation: Any, metadata: Sequence[Any]) -> tuple[Any, tuple[Any, ...]]:
    found = [*metadata]
    while True:
        members = [part for part in get_args(annotation) if part is not types.NoneType]
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            found += more
        elif get_origin(annotation) in {Union, types.UnionType} and len(members) == 1:
            annotation = members[0]
        else:
            return annotation, tuple(part for each in found for part in _constraints(each))


def _constraints(metadata: Any) -> list[Any]:
    return list(metadata.metadata) if isinstance(metadata, FieldInfo) else [metadata]
