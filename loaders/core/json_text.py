"""Parsing of JSON from publishers and other programs."""

import json
from typing import Any

# what code raises that finds a list where it looks for a name, or a name where it looks for a number: no list of the
# ways in which an answer may be wrong would be complete
MALFORMED_DOCUMENT_ERRORS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def parse_json(text: str | bytes) -> Any:
    """Parse a JSON document.

    Raises:
        ValueError: it is none, or is nested too deep, or holds a number of thousands of digits.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None  # its traceback has a thousand lines
