"""Columns of few categories, and which of them tell photovoltaics from other technologies."""

import re
from collections import Counter

from loaders.add.draft import Guess
from loaders.add.inspection import Look
from loaders.add.names import tokens
from loaders.add.values import Texts, null_values
from loaders.core.escape import one_line

SUN = (
    r"solar|solaire|sonne|zonne|photovolt|fotovolt|fotowolt|güneş|słonecz|солнеч|фотовольт|фотоэл|ηλιακ|φωτοβολτ|光伏|太阳能"
    r"|太陽光|태양광"
)
SOLAR = re.compile(rf"{SUN}|(?<![a-z])(?:pv|ufv)(?![a-z])", re.IGNORECASE)
NOT_SOLAR = re.compile(
    r"\b(?:no|non|not|ohne|kein|keine|nicht|sans|sin|without)[ _-]*(?:solar|photo|foto|pv)", re.IGNORECASE
)
HEAT = re.compile(
    r"therm|térmic|termi|热|heat|\bcsp\b|concentrat", re.IGNORECASE
)  # solar, and no electricity from light
OTHER = re.compile(
    r"wind|wave|tidal|\btide|marine|hydro|wasser|hidr[oá]|hidráu|idroel|idrico|coal|kohle|lignite|charbon|carb[oó]n|carv[aã]o|peat"
    r"|\bgas\b|erdgas|\bg[aá]s|\boil\b|diesel|petcoke|petrol|fossil|nuclear|nukle|kern|nucl[eé]|uran|biomass|biogas"
    r"|biofuel|\bbio|waste|landfill|sewage|incinerat|digestion|geo-?therm|thermal|steam|turbine|cogenerat|\bchp\b"
    r"|storage|batter|flywheel|hydrogen|fuel cell|[eé]oli|\beol\b|viento|vento\b|vindkraft|wiatr|rüzgar|hidroel"
    r"|conversion|carbone|węgl|kömür|ветр|уголь|угол|гидро|атом|αιολικ|风|風|煤|水电|水力|火电|核电|원자력|풍력|수력",
    re.IGNORECASE,
)
KIND_WORDS = frozenset(
    {"energy", "fuel", "primary", "tech", "technology", "type", "technologie", "tecnologia", "tecnología", "kind"}
    | {"tipo", "fonte", "filiere", "filière", "rodzaj", "类型", "发电类型", "能源类型"}
    | {"category", "energietraeger", "energieträger", "einheittyp", "combustible", "energie", "energia", "energía"}
)
SECOND_WORDS = frozenset({"backup", "battery", "mounting", "other", "secondary", "storage", "turbine", "turbines"})
NO_KIND = frozenset(
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
FUEL_WORDS = frozenset({"fuel", "tech", "technology", "technologie", "energietraeger", "energieträger", "combustible"})
MOST_KINDS, LONGEST_KIND = 60, 60  # categories, and characters of one
MOST_WORDS = 2  # of a category, where the column's name does not say that it holds kinds
SHOWN = 8


def where(look: Look) -> Guess | None:
    """The rows that are photovoltaics, if a column tells them from other technologies; null where none does."""
    fitting = [name for name in look.columns if _tells_apart(look, name) and _solar(look.columns[name])]
    if not fitting:
        return None
    name = max(fitting, key=lambda name: len(KIND_WORDS & set(tokens(name))))
    column = look.columns[name]
    solar = _solar(column)
    others = Counter(value for value in column if value not in solar)
    blank = others.pop(None, 0)
    reason = (
        f"{others.total() + blank:,} of the {len(column):,} records looked at are left out: {counted(others)}"
        f"{f', blank ({blank:,})' * bool(blank)}"
    )
    heat = [value for value in others if value and SOLAR.search(value) and HEAT.search(value)]
    reason += f"; {', '.join(repr(_short(value)) for value in heat)} as well, as heat" if heat else ""
    return Guess({name: sorted(solar)}, reason, is_doubtful=True)


def not_solar(look: Look) -> list[str]:
    """What to know of a file whose column of technologies holds no photovoltaics at all."""
    names = [
        name
        for name, column in look.columns.items()
        if not set(tokens(name)) & SECOND_WORDS
        and 2 * column.count(None) <= len(column)
        and _tells_apart(look, name)
        and not _solar(column)
    ]
    return [
        f"{one_line(name)} holds no photovoltaics in the {len(look.columns[name]):,} records looked at: "
        f"{counted(Counter(filter(None, look.columns[name])))}. Every one of them would count as a solar installation: "
        f"choose another file with --file, or add where"
        for name in names[:1]
    ]


def undecided(look: Look) -> list[str]:
    """What to know of a column of technologies some of whose values are none that are known here."""
    return [
        f"{one_line(name)} holds more than photovoltaics: {counted(Counter(filter(None, column)))}. None of it is left "
        f"out: if some of it is something else, add where"
        for name, column in look.columns.items()
        if set(tokens(name)) & FUEL_WORDS
        and not set(tokens(name)) & SECOND_WORDS
        and set() < _solar(column) < categories(column)
        and not _tells_apart(look, name)
    ][:1]


def counted(values: Counter[str | None] | Counter[str] | dict[str, int]) -> str:
    """Values with their counts, the most frequent first, for people."""
    most = Counter(values).most_common(SHOWN)
    rest = len(values) - len(most)
    shown = ", ".join(f"{_short(value or '')!r} ({count:,})" for value, count in most)
    return shown + (f" and {rest:,} more" if rest else "")


def _short(value: str) -> str:
    text = one_line(value)
    return text if len(text) <= LONGEST_KIND else f"{text[: LONGEST_KIND - 1]}…"


def _solar(column: Texts) -> set[str]:
    return {value for value in set(column) if value and _is_solar(value)}


def _is_solar(value: str) -> bool:
    return bool(SOLAR.search(value)) and not HEAT.search(value) and not NOT_SOLAR.search(value)


def _is_other(value: str) -> bool:
    return bool(OTHER.search(value) or HEAT.search(value) or NOT_SOLAR.search(value))


def _tells_apart(look: Look, name: str) -> bool:
    """Whether a column holds kinds of technology or fuel, other ones than photovoltaics among them."""
    column = look.columns[name]
    words = set(tokens(name))
    kinds = categories(column)
    rest = kinds - _solar(column)
    others = Counter(value for value in column if value in rest)
    if not others:
        return False
    known = sum(others[value] for value in rest if _is_other(value))
    if words & KIND_WORDS:
        return 2 * known >= others.total()
    is_named = not words & NO_KIND and all(map(_is_nothing_but_technology, kinds))
    return known == others.total() and is_named and 2 * len(kinds) <= len(column)


def _is_nothing_but_technology(value: str) -> bool:
    """Whether each word is one of a technology, as in Onshore wind, and none of a company, a street or a remark."""
    words = re.findall(r"[^\W\d_]+", value)
    return len(value.split()) <= MOST_WORDS and all(
        word.lower() in QUALIFIERS
        or (
            (word[1:] == word[1:].lower() or word == word.upper())
            and any(kind.match(word) for kind in (SOLAR, OTHER, HEAT))
        )
        for word in words
    )


def categories(column: Texts) -> set[str]:
    """The values of a column if they are categories: few, short, and no addresses; else none."""
    nulls = set(map(str, null_values(column)))
    values = {value for value in set(column) if value and value not in nulls}
    is_free_text = len(values) > MOST_KINDS or any(map(_is_free_text, values))
    return set() if is_free_text else values


def _is_free_text(value: str) -> bool:
    return len(value) > LONGEST_KIND or "://" in value or "www." in value or "@" in value or "\n" in value
