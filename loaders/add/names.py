"""Tokens of column names, and keys for new datasets."""

import re
import unicodedata
from collections.abc import Container

MAX_WORDS, MAX_CHARACTERS = 6, 48
FILLER_WORDS = frozenset(
    {"a", "an", "and", "by", "csv", "data", "database", "dataset", "file", "final", "for", "from", "geojson", "in"}
    | {"its", "of", "on", "shp", "the", "to", "update", "version", "with", "zip"}
)
YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20\d\d)(?!\d{2}(?!\d{2}(?!\d)))")


def tokens(name: str) -> list[str]:
    """The words of a column's name in lower case: those between separators first, then those within `camelCase`."""
    name = re.sub(r"(?i)(?<![a-z])(k?m) ?(?:\^|\*\*) ?2(?!\d)", r" \g<1>2 ", name)  # m^2
    joined = re.sub(r"(?i)\bsq(?:uare)?[ _.]*(k?m)(?:et(?:er|re)s?)?\b", r"sq\1", name.replace("_", " "))
    whole = re.findall(r"\w+", joined.replace("_", " "))
    parts = [part for word in whole for part in re.findall(r"[^\Wa-z]+[a-z]*|[a-z]+\d*", word)]
    return list(dict.fromkeys(word.lower() for word in (*whole, *parts)))


def dataset_key(title: str, year: int | None, existing_keys: Container[str]) -> str:
    """A free key for a dataset, from its title and year."""
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    year_match = YEAR.search(ascii_title)
    year_text = year_match[1] if year_match else str(year or "")
    words = [word for word in re.findall(r"[a-z]+|\d+", ascii_title.lower()) if word not in FILLER_WORDS]
    words = [word for word in words if len(word) > 1 and not word.isdigit()][:MAX_WORDS]
    name = "_".join([*(words or ["pv"]), year_text] if year_text else words or ["pv"])
    while len(name) > MAX_CHARACTERS and len(words) > 1:
        words.pop()
        name = "_".join([*words, year_text] if year_text else words)
    return next(
        key for number in range(1, 10_000) if (key := name if number == 1 else f"{name}_{number}") not in existing_keys
    )
