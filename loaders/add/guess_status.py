"""Status columns: warns of plants that are refused, planned, out of operation or decommissioned."""

import re
from collections import Counter

from loaders.add.guess_technology import NOT_KIND_WORDS, SOLAR, categories, format_counts
from loaders.add.inspection import Inspection
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
BLANK_OR_NO_WORDS = UNKNOWN_WORDS | {"0", "-1", "-9999", "false", "no", "n", "f"}
YES_WORDS = frozenset({"1", "true", "yes", "y", "t", "ja", "oui", "si", "sí", "sim", "sì"})
NO_WORDS = frozenset({"0", "false", "no", "n", "f", "nein", "non", "não"})
OPERATING_WORDS = frozenset({"active", "built", "commissioned", "existing", "operating", "operational", "inbetrieb"})
STATUS_NAMES = frozenset(
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
NOT_OPERATING = re.compile(
    r"refus|reject|denied|withdrawn|abandon|cancel|shelv|expired|lapsed|suspend|on hold|mothball|retire|decommission"
    r"|dismantl|demolish|removed|closed|inactive|not built|unbuilt|never built|await|planned|planning|proposed"
    r"|announced|pre-?construction|under construction|in construction|permitted|permission|consent|application"
    r"|submitted|approved|pending|candidate|speculative|in planung|geplant|im bau|stillgelegt|au(?:ß|ss)er betrieb"
    r"|en projet|en proyecto|retirad|desmantel|dismess|autorizz|in costruzione|in progett|annull|revogad|não inici"
    r"|em constru|gepland|in aanbouw|buiten bedrijf|nedlagt|planlagt|wycofan|w budowie|取消|在建|拟建|规划|退役|停运"
    r"|not operational|non-?operational|no longer",
    re.IGNORECASE,
)
OPERATING = re.compile(
    r"^(?:\(\w+\) ?)?(?:fully )?(?:operat|operação|in esercizio|in bedrijf|i drift|运行|投运"
    r"|built|complete|commissioned|in service|in operation|in betrieb|active|existing|installed"
    r"|energi[sz]ed|online|en service|en funcionamiento|en operaci[oó]n|em opera)",
    re.IGNORECASE,
)
STATUS_SHARE = 0.8  # share of known statuses among the categories, where the column's name is no status word


def retirement_warnings(inspection: Inspection) -> list[str]:
    """Warns of a column with retirement dates."""
    counts = {
        name: sum(value is not None and value.lower() not in BLANK_OR_NO_WORDS for value in column)
        for name, column in inspection.columns.items()
        if set(tokens(name)) & RETIRED_WORDS
    }
    return [
        f"{one_line(name)} is filled in for {count:,} of the {len(inspection.columns[name]):,} records looked at: "
        f"plants that are gone count as installations, unless where leaves them out"
        for name, count in counts.items()
        if count
    ][:1]


def status_warnings(inspection: Inspection) -> list[str]:
    """Warns of a column with statuses other than in operation."""
    names = sorted(
        (name for name in inspection.columns if _states_status(inspection, name)),
        key=lambda name: _category_count(inspection, name),
    )
    if not names:
        return []
    values = Counter(filter(None, inspection.columns[names[0]]))
    operating = [value for value in values if _is_operating(value)]
    also_named = f" (and so does {', '.join(map(one_line, names[1:4]))})" if names[1:] else ""
    suggestion = f", say {one_line(names[0])}: [{', '.join(map(one_line, operating))}]" if operating else ""
    return [
        f"{one_line(names[0])} states a status{also_named}: {format_counts(values)}. All of these count as "
        f"installations: add to where those that are wanted{suggestion}"
    ]


def denial_warnings(inspection: Inspection) -> list[str]:
    """Warns of a yes/no column that marks some records as not solar, or not in operation."""
    denials = {
        name: sum(value is not None and value.lower() in NO_WORDS for value in column)
        for name, column in inspection.columns.items()
        if (SOLAR.search(name.replace("_", " ")) or set(tokens(name)) & OPERATING_WORDS)
        and {value.lower() for value in column if value} <= YES_WORDS | NO_WORDS
    }
    return [
        f"{one_line(name)} says no for {count:,} of the {len(inspection.columns[name]):,} records looked at: they "
        f"count as installations as well, unless where leaves them out"
        for name, count in denials.items()
        if count
    ][:1]


def _states_status(inspection: Inspection, name: str) -> bool:
    column = inspection.columns[name]
    values = categories(column)
    words = set(tokens(name))
    if words & STATUS_NAMES:
        return not all(map(_is_operating, values))
    if not any(map(NOT_OPERATING.search, values)):
        return False
    if words & STATUS_WORDS:
        return True
    statuses = [value for value in values if NOT_OPERATING.search(value) or OPERATING.search(value)]
    return (
        len(statuses) >= STATUS_SHARE * len(values)
        and 2 * len(values) <= len(column)
        and not words & (NOT_KIND_WORDS - {"project"})
    )


def _is_operating(value: str) -> bool:
    return bool(OPERATING.search(value)) and not NOT_OPERATING.search(value)


def _category_count(inspection: Inspection, name: str) -> int:
    return len(set(inspection.columns[name]))
