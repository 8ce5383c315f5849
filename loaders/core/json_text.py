"""Parsing of JSON from publishers and other programs."""

import json
from typing import Any

# raised where a document holds other types than expected, in more ways than can be listed
MALFORMED_DOCUMENT_ERRORS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def parse_json(text: str | bytes) -> Any:
    """Parse a JSON document.

    Raises:
        ValueError: it is invalid, nested too deep, or holds a number of thousands of digits.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None  # its traceback has a thousand lines
