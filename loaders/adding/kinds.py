"""Columns of few categories: which of them tell photovoltaics from other technologies, and which state a status."""

import re
from collections import Counter

from loaders.adding.guess import Guess
from loaders.adding.look import Look
from loaders.adding.names import tokens
from loaders.adding.values import UNKNOWN_WORDS, Texts, null_values
from loaders.escape import one_line

SOLAR = re.compile(r"solar|photovolt|fotovolt|(?<![a-z])pv(?![a-z])", re.IGNORECASE)
NOT_SOLAR = re.compile(
    r"\b(?:no|non|not|ohne|kein|keine|nicht|sans|sin|without)[ _-]*(?:solar|photo|foto|pv)", re.IGNORECASE
)
HEAT = re.compile(r"therm|heat|\bcsp\b|concentrat", re.IGNORECASE)  # solar, and no electricity from light
OTHER = re.compile(
    r"wind|wave|tidal|\btide|marine|hydro|wasser|hidr[oá]|coal|kohle|lignite|charbon|carb[oó]n|carv[aã]o|peat"
    r"|\bgas\b|erdgas|\bg[aá]s|\boil\b|diesel|petcoke|petrol|fossil|nuclear|nukle|kern|nucl[eé]|uran|biomass|biogas"
    r"|biofuel|\bbio|waste|landfill|sewage|incinerat|digestion|geo-?therm|thermal|steam|turbine|cogenerat|\bchp\b"
    r"|storage|batter|flywheel|hydrogen|fuel cell|[eé]oli|viento|conversion",
    re.IGNORECASE,
)
KIND_WORDS = frozenset(
    {"energy", "fuel", "primary", "tech", "technology", "type", "technologie", "tecnologia", "tecnología", "kind"}
    | {"category", "energietraeger", "energieträger", "einheittyp", "combustible", "energie", "energia", "energía"}
)
SECOND_WORDS = frozenset({"backup", "battery", "mounting", "other", "secondary", "storage", "turbine", "turbines"})
NO_KIND = frozenset(
    {"address", "comment", "comments", "company", "description", "developer", "link", "name", "note", "notes"}
    | {"operator", "owner", "project", "reference", "remark", "remarks", "site", "title", "url"}
)
FUEL_WORDS = frozenset({"fuel", "tech", "technology", "technologie", "energietraeger", "energieträger", "combustible"})
RETIRED_WORDS = frozenset(
    {
        "decommission",
        "decommissioned",
        "decommissioning",
        "dismantled",
        "retire",
        "retired",
        "retirement",
        "stilllegung",
    }
)
NO = UNKNOWN_WORDS | {"0", "-1", "-9999", "false", "no", "n", "f"}
PLAIN_STATUS = frozenset({"status", "statut", "estatus", "betriebsstatus"})  # "estado" is also a state of Mexico
STATUS_WORDS = frozenset({"status", "stage", "phase", "stato", "estado", "estatus", "état", "statut", "betriebsstatus"})
IDLE = re.compile(
    r"refus|reject|denied|withdrawn|abandon|cancel|shelv|expired|lapsed|suspend|on hold|mothball|retire|decommission"
    r"|dismantl|demolish|removed|closed|inactive|not built|unbuilt|never built|await|planned|planning|proposed"
    r"|announced|pre-?construction|under construction|in construction|permitted|permission|consent|application"
    r"|submitted|approved|pending|candidate|speculative|in planung|geplant|im bau|stillgelegt|au(?:ß|ss)er betrieb"
    r"|en projet|en proyecto|retirad|desmantel|not operational|non-?operational|no longer",
    re.IGNORECASE,
)
STANDING = re.compile(
    r"^(?:fully )?(?:operat|built|complete|commissioned|in service|in operation|in betrieb|active|existing|installed"
    r"|energi[sz]ed|online|en service|en funcionamiento|en operaci[oó]n|em opera)",
    re.IGNORECASE,
)
MOST_KINDS, LONGEST_KIND = 60, 60  # categories, and characters of one
MOST_WORDS = 2  # of a category, where the column's name does not say that it holds kinds
ENOUGH = 0.8  # of the categories are known to be statuses, where the column's name does not say so
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
        and set() < _solar(column) < _categories(column)
        and not _tells_apart(look, name)
    ][:1]


def retired(look: Look) -> list[str]:
    """What to know of a column that says when plants were taken out of service."""
    filled = {
        name: sum(value is not None and value.lower() not in NO for value in column)
        for name, column in look.columns.items()
        if set(tokens(name)) & RETIRED_WORDS
    }
    return [
        f"{one_line(name)} is filled in for {count:,} of the {len(look.columns[name]):,} records looked at: plants "
        f"that are gone count as installations, unless where leaves them out"
        for name, count in filled.items()
        if count
    ][:1]


def statuses(look: Look) -> list[str]:
    """What to know of a column that states which plants were refused, are planned, or are gone."""
    names = sorted((name for name in look.columns if _states_status(look, name)), key=lambda name: _kinds(look, name))
    if not names:
        return []
    values = Counter(filter(None, look.columns[names[0]]))
    standing = [value for value in values if _is_standing(value)]
    also = f" (and so does {', '.join(map(one_line, names[1:4]))})" if names[1:] else ""
    wish = f", say {one_line(names[0])}: [{', '.join(map(one_line, standing))}]" if standing else ""
    return [
        f"{one_line(names[0])} states a status{also}: {counted(values)}. All of these count as installations: add to "
        f"where those that are wanted{wish}"
    ]


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
    kinds = _categories(column)
    rest = kinds - _solar(column)
    others = Counter(value for value in column if value in rest)
    if not others:
        return False
    known = sum(others[value] for value in rest if _is_other(value))
    if words & KIND_WORDS:
        return 2 * known >= others.total()
    is_short = all(len(value.split()) <= MOST_WORDS for value in kinds)
    return known == others.total() and is_short and not words & NO_KIND and 2 * len(kinds) <= len(column)


def _states_status(look: Look, name: str) -> bool:
    column = look.columns[name]
    kinds = _categories(column)
    words = set(tokens(name))
    if words & PLAIN_STATUS:
        return not all(map(_is_standing, kinds))
    if not any(map(IDLE.search, kinds)):
        return False
    if words & STATUS_WORDS:
        return True
    known = [value for value in kinds if IDLE.search(value) or STANDING.search(value)]
    return len(known) >= ENOUGH * len(kinds) and 2 * len(kinds) <= len(column) and not words & NO_KIND


def _is_standing(value: str) -> bool:
    return bool(STANDING.search(value)) and not IDLE.search(value)


def _categories(column: Texts) -> set[str]:
    """The values of a column if they are categories: few, short, and no addresses; else none."""
    nulls = set(map(str, null_values(column)))
    values = {value for value in set(column) if value and value not in nulls}
    is_free_text = len(values) > MOST_KINDS or any(map(_is_free_text, values))
    return set() if is_free_text else values


def _is_free_text(value: str) -> bool:
    return len(value) > LONGEST_KIND or "://" in value or "www." in value or "@" in value or "\n" in value


def _kinds(look: Look, name: str) -> int:
    return len(set(look.columns[name]))
