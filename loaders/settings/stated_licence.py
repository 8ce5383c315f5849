"""Setting `licence` of a dataset: one for all its records, or one by the values of a column."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from loaders.settings.base import SettingsModel, Text
from loaders.settings.categories import comparable
from loaders.settings.licence_expressions import alternatives, is_expression, nearest_name, spdx_name
from loaders.settings.licences import NOT_STATED, Terms, spdx, terms
from loaders.settings.messages import quoted

UNKNOWN = "unknown"  # in the settings: no licence is stated


class StatedLicence(SettingsModel):
    """The licence of the records of a dataset.

    Attributes:
        column: with the origin of each record; none where all records have the licence `otherwise`.
        values: the licence by value of that column; `unknown` where none is stated.
        otherwise: the licence of all other records, and of those without a value.
    """

    column: Text | None = None
    values: dict[str | int | float | bool, Text] = Field(default_factory=dict)
    otherwise: Text | None = None

    @model_validator(mode="after")
    def _require_column_and_values(self) -> Self:
        if bool(self.column) != bool(self.values):
            raise ValueError("give one licence, or a column and the licences of its values")
        return self

    @model_validator(mode="after")
    def _require_known_names(self) -> Self:
        for name in (*self.values.values(), *filter(None, [self.otherwise])):
            if problem := name_problem(name):
                raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _require_one_licence_of_a_value(self) -> Self:
        values: dict[str, str | int | float | bool] = {}
        for value, name in self.values.items():
            first = values.setdefault(comparable(value), value)
            if stated_name(self.values[first]) != stated_name(name):
                raise ValueError(
                    f"values {first!r} and {value!r} are the same in any case, under {self.values[first]} and {name}; "
                    "keep one"
                )
        return self

    @property
    def names(self) -> tuple[str | None, ...]:
        """The licences that its records may have, each once; null where none is stated."""
        others = () if self.otherwise is None else (self.otherwise,)
        return tuple(dict.fromkeys(map(stated_name, (*self.values.values(), *others))))

    @property
    def of_other_records(self) -> str | None:
        """The licence of the records that no value gives one; null where none is stated."""
        return stated_name(self.otherwise)

    @property
    def text(self) -> str:
        """In words, such as `ODbL-1.0`, or `by Source: ODbL-1.0, else not stated`."""
        if not self.column:
            return self.of_other_records or NOT_STATED
        licences = ", ".join(dict.fromkeys(stated_name(name) or NOT_STATED for name in self.values.values()))
        last = "" if self.otherwise is None else f", else {self.of_other_records or NOT_STATED}"
        return f"by {self.column}: {licences}{last}"


def name_problem(text: str) -> str:
    """Why a licence of the settings cannot be meant; empty if it can, as a statement in several words always can."""
    if stated_name(text) is None or spdx(text) or not is_expression(text):
        return ""
    names = [part for choice in alternatives(text) for name in choice for part in name.split(" WITH ")[:1]]
    if not names:
        return f"{text!r} is no licence expression; write names with AND, OR or WITH between them"
    unknown = next((name for name in names if not (spdx(name) or spdx_name(name))), None)
    if unknown is None:
        return ""
    nearest = nearest_name(unknown)
    hint = f"Did you mean {nearest}? " if nearest else ""
    return (
        f"{unknown!r} is no licence that SPDX lists (https://spdx.org/licenses). {hint}Write `unknown` if none is "
        f"stated, or LicenseRef-{unknown} for a licence of the publisher's own"
    )


def _as_licence(value: object) -> object:
    """The licence of all records from a bare name."""
    if isinstance(value, dict | StatedLicence):
        return value
    if value is not None and not (isinstance(value, str) and value):
        raise ValueError(
            f"it is {quoted(value)}; expected the SPDX name of a licence, or settings (column, values, otherwise)"
        )
    return {"otherwise": value or UNKNOWN}


def stated_name(name: str | None) -> str | None:
    """The SPDX name of a licence of the settings, where it has one; null for `unknown`."""
    if name == UNKNOWN:  # without the list of SPDX, which takes a tenth of a second to read
        return None
    found = terms(name).name
    return None if found.strip().casefold() in {UNKNOWN, NOT_STATED} else found


Licence = Annotated[StatedLicence, BeforeValidator(_as_licence)]
NO_LICENCE = StatedLicence(otherwise=UNKNOWN)


def licence_terms(licence: StatedLicence) -> dict[str, Terms]:
    """The terms of the licences that the records of a dataset may have, by their name in the tables."""
    return {name or NOT_STATED: terms(name) for name in licence.names}
