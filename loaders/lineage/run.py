"""A run as the parent of other runs."""

from typing import NamedTuple


class Parent(NamedTuple):
    """The parent run of an event."""

    job: str
    run_id: str
