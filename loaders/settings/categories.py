"""Settings of categories: the published values that mean each of our words, such as an operating status."""

from typing import Annotated, Literal, Self, get_args

from pydantic import BeforeValidator, Field, model_validator

from loaders.settings.base import as_tuple
from loaders.settings.column import Column, Scalar, as_scalars

UNKNOWN = "unknown"
Status = Literal["operating", "construction", "planned", "retired", "rejected", "unknown"]
Technology = Literal["pv", "csp", "unknown"]
Mounting = Literal["ground", "roof", "water", "other", "unknown"]
STATUSES: tuple[str, ...] = get_args(Status)
TECHNOLOGIES: tuple[str, ...] = get_args(Technology)
MOUNTINGS: tuple[str, ...] = get_args(Mounting)
IncludedStatuses = Annotated[tuple[Status, ...], BeforeValidator(as_tuple), Field(min_length=1)]
IncludedTechnologies = Annotated[tuple[Technology, ...], BeforeValidator(as_tuple), Field(min_length=1)]
PublishedValues = Annotated[tuple[Scalar | bool, ...], BeforeValidator(as_scalars)]


class CategoryColumn(Column):
    """A published column with the values that mean each category; `constant` is a category.

    Attributes:
        unknown: values that state no category; blank ones do not either.
        otherwise: the category of values that are listed nowhere, where not all of them are known; else an error.
    """

    unknown: PublishedValues = ()
    otherwise: Literal["unknown"] | None = None

    @model_validator(mode="after")
    def _require_distinct_values(self) -> Self:
        categories: dict[str, str] = {}
        for category, values in self.values_by_category.items():
            for value in values:
                text = comparable(value)
                if categories.setdefault(text, category) != category:
                    raise ValueError(f"{value!r} stands under {categories[text]} and under {category}; keep one")
        return self

    @property
    def values_by_category(self) -> dict[str, tuple[Scalar | bool, ...]]:
        """The published values of each category."""
        own = [name for name in type(self).model_fields if name not in {*Column.model_fields, "otherwise"}]
        return {name: getattr(self, name) for name in sorted(own, key=lambda name: name == UNKNOWN)}


class StatusColumn(CategoryColumn):
    """The status of an installation.

    Attributes:
        operating: values that mean that it is in operation.
        construction: that it is being built.
        planned: that it is not being built yet.
        retired: that it is no longer in operation.
        rejected: that it will not be built: refused, withdrawn, abandoned, expired.
    """

    constant: Status | None = None
    operating: PublishedValues = ()
    construction: PublishedValues = ()
    planned: PublishedValues = ()
    retired: PublishedValues = ()
    rejected: PublishedValues = ()


class TechnologyColumn(CategoryColumn):
    """The technology of an installation.

    Attributes:
        pv: values that mean photovoltaics.
        csp: concentrating solar power, which is solar thermal.
    """

    constant: Technology | None = None
    pv: PublishedValues = ()
    csp: PublishedValues = ()


class MountingColumn(CategoryColumn):
    """The mounting of the panels.

    Attributes:
        ground: values that mean on the ground.
        roof: on a building.
        water: floating.
        other: elsewhere, such as over a car park.
    """

    constant: Mounting | None = None
    ground: PublishedValues = ()
    roof: PublishedValues = ()
    water: PublishedValues = ()
    other: PublishedValues = ()


def comparable(value: Scalar | bool) -> str:
    """A value of the settings as published ones are compared: trimmed text, without regard to case."""
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if is_whole else value).strip().casefold()
