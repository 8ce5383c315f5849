"""A name for each column of a table."""

from collections.abc import Sequence


def column_names(published: Sequence[str]) -> list[str]:
    """Names for columns, each once: those without one get their place (`column_7`), repeated ones a number (`id_2`)."""
    taken = set(published)
    names: dict[str, None] = {}
    for place, name in enumerate(published, 1):
        base = name if name.strip() else f"column_{place}"
        number, new = 1, base
        while new in names or (new in taken and (number > 1 or base != name)):
            number += 1
            new = f"{base}_{number}"
        names[new] = None
    return list(names)
