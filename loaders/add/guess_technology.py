"""Technology columns: finds the categories that are photovoltaics, and the `where` filter for them."""

import re
from collections import Counter

from loaders.add.draft import Guess
from loaders.add.inspection import Inspection
from loaders.add.names import tokens
from loaders.add.technology_words import (
    CONCENTRATING,
    NOT_SOLAR,
    OTHER_TECHNOLOGY,
    PHOTOVOLTAIC,
    SOLAR,
    SOLAR_HEAT,
)
from loaders.add.values import Texts, format_part, null_values
from loaders.core.escape import one_line
from loaders.harmonise.values.value_counts import format_value_counts, shorten

KIND_WORDS = frozenset(
    {"energy", "fuel", "primary", "tech", "technology", "type", "technologie", "tecnologia", "tecnología", "kind"}
    | {
        "tipo",
        "tipus",
        "typ",
        "soort",
        "fonte",
        "filiere",
        "filière",
        "rodzaj",
        "druh",
        "türü",
        "prim",
        "τεχνολογία",
        "τεχνολογια",
    }
    | {"类型", "发电类型", "能源类型", "発電設備区分", "에너지원"}
    | {"category", "energietraeger", "energieträger", "einheittyp", "combustible", "energie", "energia", "energía"}
)
SECOND_WORDS = frozenset({"backup", "battery", "mounting", "other", "secondary", "storage", "turbine", "turbines"})
NOT_KIND_WORDS = frozenset(
    {"address", "comment", "comments", "company", "description", "developer", "link", "name", "note", "notes"}
    | {"operator", "owner", "project", "reference", "remark", "remarks", "site", "title", "url"}
)
QUALIFIERS = frozenset(
    {
        "and",
        "energie",
        "energy",
        "farm",
        "ground",
        "mounted",
        "off",
        "offshore",
        "on",
        "onshore",
        "other",
        "park",
        "plant",
    }
    | {"power", "roof", "rooftop", "shore", "small", "large", "river", "run", "of", "the"}
)
# a column about these tells nothing of the plant, even if it calls itself a type, unless it names energy
PROVENANCE_WORDS = frozenset(
    {"address", "area", "cell", "company", "contact", "data", "developer", "document", "entity", "grid", "image"}
    | {"imagery", "investor", "land", "licence", "license", "location", "manufacturer", "neighbour", "neighbor"}
    | {"offtaker", "operator", "owner", "ownership", "parent", "provider", "publication", "reference", "road"}
    | {"roof", "sector", "source", "street", "survey", "tariff", "via", "website"}
)
ENERGY_WORDS = frozenset(
    {"energy", "fuel", "generation", "generator", "plant", "power", "prim", "primary", "tech", "technology"}
    | {"energia", "energie"}
)
FUEL_WORDS = frozenset({"fuel", "tech", "technology", "technologie", "energietraeger", "energieträger", "combustible"})
MAX_CATEGORIES, MAX_CATEGORY_CHARACTERS = 60, 100  # categories, and characters of one
COMPOUNDS = ("category", "fuel", "technology", "type")
CODED_WORDS = frozenset({"category", "fuel", "technology", "energietraeger"})
CODE = re.compile(r"[^\W\d]*_?\d+")  # subcat_2, 2495
MAX_CATEGORY_WORDS = 2  # of a category, where the column's name is no technology word


def technology_filter(inspection: Inspection) -> Guess | None:
    """The `where` filter for photovoltaics; null where no column distinguishes technologies."""
    names = [
        name
        for name in inspection.columns
        if _distinguishes_technologies(inspection, name)
        and _solar_values(inspection.columns[name])
        and not _is_solar_throughout(inspection.columns[name])
    ]
    if not names:
        return None
    name = max(names, key=lambda name: len(KIND_WORDS & kind_words(name)))
    column = inspection.columns[name]
    solar = _solar_values(column)
    others = Counter(value for value in column if value is not None and value not in solar)
    blank_count = column.count(None)
    left_out = others.total() + blank_count
    blanks = f", blank ({blank_count:,})" if blank_count else ""
    reason = f"{format_part(left_out, len(column))} are left out: {format_value_counts(others)}{blanks}"
    heat_values = [value for value in others if value and SOLAR.search(value) and SOLAR_HEAT.search(value)]
    reason += f"; {', '.join(repr(shorten(value)) for value in heat_values)} as well, as heat" if heat_values else ""
    return Guess({name: sorted(solar)}, reason, is_doubtful=True)


def no_solar_warnings(inspection: Inspection) -> list[str]:
    """Warns of a technology column without any photovoltaics."""
    names = [
        name
        for name, column in inspection.columns.items()
        if not set(tokens(name)) & SECOND_WORDS
        and 2 * column.count(None) <= len(column)
        and _distinguishes_technologies(inspection, name)
        and not _solar_values(column)
    ]
    return [
        f"{one_line(name)} holds no photovoltaics in the {len(inspection.columns[name]):,} records looked at: "
        f"{_counts(inspection.columns[name])}. Every one of them would count as a solar "
        f"installation: choose another file with --file, or add where"
        for name in names[:1]
    ]


def mixed_technology_warnings(inspection: Inspection) -> list[str]:
    """Warns of a technology column with photovoltaics and values of unknown technology."""
    return [
        f"{one_line(name)} holds more than photovoltaics: {_counts(column)}. None of it "
        f"is left out: if some of it is something else, add where"
        for name, column in inspection.columns.items()
        if set(tokens(name)) & FUEL_WORDS
        and not set(tokens(name)) & SECOND_WORDS
        and set() < _solar_values(column) < categories(column)
        and not _distinguishes_technologies(inspection, name)
    ][:1]


def coded_kind_warnings(inspection: Inspection) -> list[str]:
    """Warns of a column of categories in codes, some of which may be other technologies."""
    names = [
        name
        for name, column in inspection.columns.items()
        if kind_words(name) & CODED_WORDS and (values := categories(column)) and all(map(CODE.fullmatch, values))
    ]
    return [
        f"{one_line(name)} holds codes: {_counts(inspection.columns[name])}. If some of "
        f"them are other technologies, add where: every record counts as a solar installation"
        for name in names[:1]
        if len(categories(inspection.columns[name])) > 1
    ]


def kind_words(name: str) -> set[str]:
    """The words of a name, and the parts of one such as primaryfueltype."""
    words = tokens(name)
    return {*words, *(part for word in words for part in COMPOUNDS if part in word)}


def _counts(column: Texts) -> str:
    return format_value_counts(Counter(filter(None, column)))


def _solar_values(column: Texts) -> set[str]:
    return {value for value in set(column) if value and _is_solar(value)}


def _is_solar(value: str) -> bool:
    return bool(SOLAR.search(value)) and not SOLAR_HEAT.search(value) and not NOT_SOLAR.search(value)


def _is_other(value: str) -> bool:
    return bool(OTHER_TECHNOLOGY.search(value) or SOLAR_HEAT.search(value) or NOT_SOLAR.search(value))


def _is_solar_throughout(column: Texts) -> bool:
    """Whether a column distinguishes photovoltaics from concentrating plants only: `columns.technology` does that."""
    values = categories(column)
    others = values - _solar_values(column)
    return any(map(PHOTOVOLTAIC.search, values - others)) and all(map(CONCENTRATING.search, others))


def _distinguishes_technologies(inspection: Inspection, name: str) -> bool:
    """Whether a column holds technologies or fuels that include others than photovoltaics."""
    column = inspection.columns[name]
    words = kind_words(name)
    if words & PROVENANCE_WORDS and not words & ENERGY_WORDS:
        return False
    values = categories(column)
    non_solar = values - _solar_values(column)
    counts = Counter(value for value in column if value in non_solar)
    if not counts:
        return False
    other_count = sum(counts[value] for value in non_solar if _is_other(value))
    if words & KIND_WORDS or ("source" in words and words & ENERGY_WORDS):
        return 2 * other_count >= counts.total()
    is_named = not words & NOT_KIND_WORDS and all(map(_is_technology_name, values))
    return other_count == counts.total() and is_named and 2 * len(values) <= len(column)


def _is_technology_name(value: str) -> bool:
    """Whether each word is a technology word, as in Onshore wind, and not part of a company, street or remark."""
    words = re.findall(r"[^\W\d_]+", value)
    return len(value.split()) <= MAX_CATEGORY_WORDS and all(
        word.lower() in QUALIFIERS
        or (
            (word[1:] == word[1:].lower() or word == word.upper())
            and any(kind.match(word) for kind in (SOLAR, OTHER_TECHNOLOGY, SOLAR_HEAT))
        )
        for word in words
    )


def categories(column: Texts) -> set[str]:
    """The distinct values of a column if they are categories: few, short, no URLs; else none."""
    nulls = set(map(str, null_values(column)))
    values = {value for value in set(column) if value and value not in nulls}
    is_free_text = len(values) > MAX_CATEGORIES or any(map(_is_free_text, values))
    return set() if is_free_text else values


def _is_free_text(value: str) -> bool:
    return len(value) > MAX_CATEGORY_CHARACTERS or "://" in value or "www." in value or "@" in value or "\n" in value
