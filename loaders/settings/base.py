"""Base model and constrained types of all settings."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1)]


Positive = Annotated[float, Field(gt=0)]


Seconds = Annotated[float, Field(gt=0, le=86_400)]


Count = Annotated[int, Field(ge=1, le=32)]


class SettingsModel(BaseModel):
    """A branch of the settings: immutable, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


def as_tuple(value: object) -> object:
    """A tuple of a list, or of a single name."""
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str) else value


Executor = Literal["threads", "processes", "dask"]
