"""What all branches of the settings share: the base model and constrained types."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1)]


Positive = Annotated[float, Field(gt=0)]


Seconds = Annotated[float, Field(gt=0, le=86_400)]


Count = Annotated[int, Field(ge=1, le=32)]


class SettingsModel(BaseModel):
    """A branch of the settings: unknown keys are refused, nothing can be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def as_tuple(value: object) -> object:
    """One name stands for a list of one; YAML's lists become tuples, which stay as they are."""
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str) else value


Executor = Literal["threads", "processes", "dask"]
