"""Columns that say which plants were refused, are planned, are not in operation, or are gone."""

import re
from collections import Counter

from loaders.add.guess_technology import NO_KIND, SOLAR, categories, counted
from loaders.add.inspection import Look
from loaders.add.names import tokens
from loaders.add.values import UNKNOWN_WORDS
from loaders.core.escape import one_line

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
YES = frozenset({"1", "true", "yes", "y", "t", "ja", "oui", "si", "sí", "sim", "sì"})
STATED_NO = frozenset({"0", "false", "no", "n", "f", "nein", "non", "não"})
STANDING_WORDS = frozenset({"active", "built", "commissioned", "existing", "operating", "operational", "inbetrieb"})
PLAIN_STATUS = frozenset(
    {"situacao", "situação", "状态", "status", "statut", "estatus", "betriebsstatus"}
)  # "estado" is also a state of Mexico
STATUS_WORDS = frozenset(
    {
        "etat",
        "fase",
        "situacion",
        "situación",
        "status",
        "stage",
        "phase",
        "stato",
        "estado",
        "estatus",
        "état",
        "statut",
        "betriebsstatus",
    }
)
IDLE = re.compile(
    r"refus|reject|denied|withdrawn|abandon|cancel|shelv|expired|lapsed|suspend|on hold|mothball|retire|decommission"
    r"|dismantl|demolish|removed|closed|inactive|not built|unbuilt|never built|await|planned|planning|proposed"
    r"|announced|pre-?construction|under construction|in construction|permitted|permission|consent|application"
    r"|submitted|approved|pending|candidate|speculative|in planung|geplant|im bau|stillgelegt|au(?:ß|ss)er betrieb"
    r"|en projet|en proyecto|retirad|desmantel|dismess|autorizz|in costruzione|in progett|annull|revogad|não inici"
    r"|em constru|gepland|in aanbouw|buiten bedrijf|nedlagt|planlagt|wycofan|w budowie|取消|在建|拟建|规划|退役|停运"
    r"|not operational|non-?operational|no longer",
    re.IGNORECASE,
)
STANDING = re.compile(
    r"^(?:\(\w+\) ?)?(?:fully )?(?:operat|operação|in esercizio|in bedrijf|i drift|运行|投运"
    r"|built|complete|commissioned|in service|in operation|in betrieb|active|existing|installed"
    r"|energi[sz]ed|online|en service|en funcionamiento|en operaci[oó]n|em opera)",
    re.IGNORECASE,
)
ENOUGH = 0.8  # of the categories are known to be statuses, where the column's name does not say so


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


def denied(look: Look) -> list[str]:
    """What to know of a column of yes and no that says which records are solar, or in operation."""
    found = {
        name: sum(value is not None and value.lower() in STATED_NO for value in column)
        for name, column in look.columns.items()
        if (SOLAR.search(name.replace("_", " ")) or set(tokens(name)) & STANDING_WORDS)
        and {value.lower() for value in column if value} <= YES | STATED_NO
    }
    return [
        f"{one_line(name)} says no for {count:,} of the {len(look.columns[name]):,} records looked at: they count as "
        f"installations as well, unless where leaves them out"
        for name, count in found.items()
        if count
    ][:1]


def _states_status(look: Look, name: str) -> bool:
    column = look.columns[name]
    kinds = categories(column)
    words = set(tokens(name))
    if words & PLAIN_STATUS:
        return not all(map(_is_standing, kinds))
    if not any(map(IDLE.search, kinds)):
        return False
    if words & STATUS_WORDS:
        return True
    known = [value for value in kinds if IDLE.search(value) or STANDING.search(value)]
    return len(known) >= ENOUGH * len(kinds) and 2 * len(kinds) <= len(column) and not words & (NO_KIND - {"project"})


def _is_standing(value: str) -> bool:
    return bool(STANDING.search(value)) and not IDLE.search(value)


def _kinds(look: Look, name: str) -> int:
    return len(set(look.columns[name]))
