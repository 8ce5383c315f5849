"""Records that are no installation: retired ones, those that a yes/no column denies, and sums of several."""

from loaders.add.inspection import Inspection
from loaders.add.names import tokens
from loaders.add.technology_words import SOLAR
from loaders.add.values import UNKNOWN_WORDS, format_part, to_numbers
from loaders.core.escape import one_line

RETIRED_WORDS = frozenset(
    {
        "closure",
        "decommission",
        "decommissioned",
        "decommissioning",
        "deraccordement",
        "dismantled",
        "retire",
        "retired",
    }
    | {"retirement", "stilllegung"}
)
INSTALLATIONS_WORDS = frozenset({"anlagen", "installations", "nbinstallations", "plants", "systems"})
NUMBER_WORDS = frozenset({"anzahl", "count", "nb", "number", "num", "no"})
PLANNED_WORDS = frozenset({"expected", "planned", "projected", "scheduled"})
BLANK_OR_NO_WORDS = UNKNOWN_WORDS | {"0", "-1", "-9999", "false", "no", "n", "f"}
YES_WORDS = frozenset({"1", "true", "yes", "y", "t", "ja", "oui", "si", "sí", "sim", "sì"})
NO_WORDS = frozenset({"0", "false", "no", "n", "f", "nein", "non", "não"})
OPERATING_WORDS = frozenset({"active", "built", "commissioned", "existing", "operating", "operational", "inbetrieb"})


def retirement_warnings(inspection: Inspection) -> list[str]:
    """Warns of a column with retirement dates."""
    counts = {
        name: sum(value is not None and value.lower() not in BLANK_OR_NO_WORDS for value in column)
        for name, column in inspection.columns.items()
        if set(tokens(name)) & RETIRED_WORDS and not set(tokens(name)) & PLANNED_WORDS
    }
    return [
        f"{one_line(name)} is filled in for {format_part(count, len(inspection.columns[name]))}: "
        f"plants that are gone count as installations, unless where leaves them out"
        for name, count in counts.items()
        if count
    ][:1]


def aggregate_warnings(inspection: Inspection) -> list[str]:
    """Warns of a column with the number of installations, by which some records are sums of several."""
    counts = {
        name: int((to_numbers(column, inspection.marks) > 1).sum())
        for name, column in inspection.columns.items()
        if (words := set(tokens(name))) & INSTALLATIONS_WORDS and (words & NUMBER_WORDS or "nbinstallations" in words)
    }
    return [
        f"{one_line(name)} is more than 1 for {format_part(count, len(inspection.columns[name]))}: each of these "
        f"counts as one installation, unless where leaves them out"
        for name, count in counts.items()
        if count
    ][:1]


def denial_warnings(inspection: Inspection) -> list[str]:
    """Warns of a yes/no column that marks some records as not solar, or not in operation."""
    denials = {
        name: sum(value is not None and value.lower() in NO_WORDS for value in column)
        for name, column in inspection.columns.items()
        if (SOLAR.search(name.replace("_", " ")) or set(tokens(name)) & OPERATING_WORDS)
        and {value.lower() for value in column if value} <= YES_WORDS | NO_WORDS
    }
    return [
        f"{one_line(name)} says no for {format_part(count, len(inspection.columns[name]))}: they "
        f"count as installations as well, unless where leaves them out"
        for name, count in denials.items()
        if count
    ][:1]
