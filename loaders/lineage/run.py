"""A run as lineage events name it."""

from typing import NamedTuple

FILE = "EO_PV_LINEAGE"


class Parent(NamedTuple):
    """A run, for those that are a part of it."""

    job: str
    run_id: str
