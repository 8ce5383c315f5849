"""The reference of the JSON documents, docs/reference/json-results.md."""

import re
from collections.abc import Mapping
from pathlib import Path

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "json-results.md"


def undocumented(*objects: Mapping[str, object]) -> set[str]:
    """The keys of JSON objects that the reference does not name."""
    documented = set(re.findall(r"`([a-z0-9_]+)`", REFERENCE.read_text(encoding="utf-8")))
    return {key for each in objects for key in each} - documented
