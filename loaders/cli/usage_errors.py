"""Messages about wrong usage of a command: the value that was typed, what is expected, and the nearest option."""

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

EXPECTED = {
    "float_parsing": "a number",
    "float_type": "a number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "bool_parsing": "true or false",
    "greater_than": "a number greater than {gt:g}",
    "greater_than_equal": "a number of at least {ge:g}",
    "less_than": "a number less than {lt:g}",
    "less_than_equal": "a number of at most {le:g}",
}
OTHER = "another kind of value"


@contextmanager
def explained_usage_errors() -> Iterator[None]:
    """Put errors of the command line into our words; the kinds of errors are private to Typer."""
    try:
        yield
    except Exception as error:
        if message := _message(error):
            error.message, error.possibilities = message, None  # type: ignore[attr-defined]
        raise


def _message(error: Any) -> str:
    """Our message for a usage error; empty where the error's own will do."""
    option, known = getattr(error, "option_name", ""), getattr(error, "possibilities", None)
    if option and known:
        return f"{error.message}. Did you mean {get_close_matches(option, known, n=1, cutoff=0)[0]}?"
    if isinstance(error.__cause__, ValidationError) and hasattr(error, "message"):
        return _value_message(error.__cause__.errors()[0], getattr(error, "param", None))
    return ""


def _value_message(problem: Any, param: Any) -> str:
    value = problem["input"]
    if choices := [str(choice) for choice in param.type_descriptor.choices or ()] if param else []:
        nearest = get_close_matches(str(value), choices, n=1)
        hint = f" Did you mean {nearest[0]}?" if nearest else ""
        return f"{value!r} is none of {', '.join(choices)}.{hint}"
    expected = EXPECTED.get(problem["type"], OTHER).format(**problem.get("ctx", {}))
    return f"it is {value!r}; expected {expected}."
