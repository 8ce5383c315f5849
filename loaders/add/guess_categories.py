"""Value lists: proposes `columns.status`, `columns.technology` and `columns.mounting`, values under our words.

A value that the vocabulary does not know stands under `unknown`, and under the points to review.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from loaders.add.draft import Guess
from loaders.add.guess_technology import (
    FUEL_WORDS,
    KIND_WORDS,
    NOT_KIND_WORDS,
    PROVENANCE_WORDS,
    SECOND_WORDS,
    categories,
    kind_words,
)
from loaders.add.inspection import Inspection
from loaders.add.names import tokens
from loaders.add.quantity_column import filled_share
from loaders.add.technology_words import OTHER_TECHNOLOGY, SOLAR
from loaders.add.values import format_part, null_values
from loaders.add.vocabulary import MOUNTING, STATUS, TECHNOLOGY, SortedValues, Vocabulary
from loaders.core.escape import one_line
from loaders.harmonise.values.value_counts import format_value_counts

STATUS_WORDS = frozenset(
    {"betriebsstatus", "durumu", "etat", "état", "estado", "estatus", "fase", "phase", "regime", "situacao", "situação"}
    | {
        "situacion",
        "situación",
        "stage",
        "stan",
        "stato",
        "status",
        "statut",
        "states",
        "tilstand",
        "tila",
        "状态",
        "状況",
        "상태",
    }
    | {"στάδιο", "σταδιο"}
)
OTHER_STATUS_WORDS = frozenset(
    {"battery", "billing", "check", "data", "image", "land", "legal", "licence", "license", "mapping", "marital", "osm"}
    | {"owner", "ownership", "pruefung", "qa", "qc", "quality", "record", "review", "storage", "systemstatus"}
    | {"netzbetreiberpruefung", "tariff", "validation", "verification", "wind"}
)
MOUNTING_WORDS = frozenset(
    {"mount", "mounting", "mounted", "located", "placement", "place", "lage", "roof", "rooftop", "siting", "tipologia"}
    | {"emplacement", "implantation", "location", "locatie", "opstelling", "placering", "plassering"}
)
NOT_MOUNTING_WORDS = frozenset(
    {
        "accuracy",
        "city",
        "cover",
        "grid",
        "grndcvr",
        "image",
        "land",
        "landcover",
        "landuse",
        "lulc",
        "soil",
        "source",
        "use",
    }
)
SORTED_SHARE = 0.8  # of the records with a value, where the name of the column does not say what it holds
CATEGORY_SHARE = 0.5  # categories in relation to records, up to which a column without a fitting name holds categories
OPERATING, CSP, ROOF = "operating", "csp", "roof"
WORDS = ("operating", "construction", "planned", "retired", "rejected", "pv", "csp", "ground", "roof", "water", "other")


def status(inspection: Inspection) -> Guess | None:
    """The column with the operating status, its values under our words; null where none is recognised."""
    best = _best_column(inspection, STATUS, _states_status)
    if best is None:
        return None
    values = best[1]
    left_out = values.counts.total() - values.count(OPERATING) - sum(values.counts[each] for each in values.unsorted)
    consequence = "are not operating, and count as installations only if include_status says so"
    return _category_guess(inspection, *best, left_out, consequence)


def technology(inspection: Inspection) -> Guess | None:
    """The column that tells photovoltaics from concentrating plants; null where none is recognised."""
    best = _best_column(inspection, TECHNOLOGY, _states_technology)
    consequence = "are no photovoltaics, and count as installations only if include_technology says so"
    return best and _category_guess(inspection, *best, best[1].count(CSP), consequence)


def mounting(inspection: Inspection) -> Guess | None:
    """The column with the mounting of the panels; null where none is recognised."""
    best = _best_column(inspection, MOUNTING, _states_mounting)
    return best and _category_guess(inspection, *best)


def is_on_roofs(inspection: Inspection) -> bool:
    """Whether most records with a stated mounting are on roofs."""
    best = _best_column(inspection, MOUNTING, _states_mounting)
    return best is not None and 2 * best[1].count(ROOF) > best[1].counts.total()


def unsorted_status_warnings(inspection: Inspection) -> list[str]:
    """Points out a column named like a status of whose values no word is known."""
    if status(inspection):
        return []
    names = [
        name
        for name in inspection.columns
        if "status" in (words := _status_words(name))
        and not words & OTHER_STATUS_WORDS
        and len(categories(inspection.columns[name])) > 1
    ]
    return [
        f"{one_line(name)} may state a status, but no word explains its values: "
        f"{format_value_counts(_counts(inspection, name))}. All of them count as installations: if it does, add "
        f"columns.status {{column: {one_line(name)}, operating: [..], planned: [..], retired: [..], rejected: [..]}}"
        for name in names[:1]
    ]


Recognised = Callable[[Inspection, str, SortedValues], bool]


def _best_column(
    inspection: Inspection, vocabulary: Vocabulary, is_recognised: Recognised
) -> tuple[str, SortedValues] | None:
    """The recognised column most of whose records have a known value; of several, the one with the fewest values."""
    sorted_columns = {
        name: vocabulary.sort(name, counts)
        for name in inspection.columns
        if (counts := _counts(inspection, name)) and categories(inspection.columns[name])
    }
    names = [
        name for name, values in sorted_columns.items() if values.words and is_recognised(inspection, name, values)
    ]
    if not names:
        return None

    def rank(name: str) -> tuple[float, float, int]:
        values = sorted_columns[name]
        return round(values.sorted_share * filled_share(inspection, name), 1), values.sorted_share, -len(values.counts)

    best = max(names, key=rank)
    return best, sorted_columns[best]


def _states_status(inspection: Inspection, name: str, values: SortedValues) -> bool:
    words = _status_words(name)
    if words & OTHER_STATUS_WORDS:
        return False
    if words & STATUS_WORDS:
        return values.sorted_share >= CATEGORY_SHARE or "status" in words
    is_varied = len(values.counts) <= CATEGORY_SHARE * len(inspection.columns[name]) and len(values.words) > 1
    return is_varied and values.sorted_share >= SORTED_SHARE and not words & (NOT_KIND_WORDS - {"project"})


def _status_words(name: str) -> set[str]:
    """The words of a name; a word that ends in `status` is that word as well, and what stands before it."""
    words = set(tokens(name))
    compounds = {word for word in words if word.endswith("status")}
    return words | {"status" for _ in compounds} | {word.removesuffix("status") for word in compounds}


def _states_technology(_: Inspection, name: str, values: SortedValues) -> bool:
    """Whether a column tells kinds of solar plants apart, and holds no other technologies."""
    words = kind_words(name)
    if not words & (KIND_WORDS | FUEL_WORDS) or words & (SECOND_WORDS | PROVENANCE_WORDS):
        return False
    others = [value for value in values.unsorted if OTHER_TECHNOLOGY.search(value) and not SOLAR.search(value)]
    return "pv" in values.words and not others and values.sorted_share >= CATEGORY_SHARE


def _states_mounting(inspection: Inspection, name: str, values: SortedValues) -> bool:
    words = set(tokens(name))
    if words & (NOT_MOUNTING_WORDS | NOT_KIND_WORDS):
        return False
    if words & MOUNTING_WORDS:
        return values.sorted_share >= CATEGORY_SHARE
    is_varied = len(values.counts) <= CATEGORY_SHARE * len(inspection.columns[name])
    return is_varied and values.sorted_share >= SORTED_SHARE


def _counts(inspection: Inspection, name: str) -> Counter[str]:
    """Number of records by value, without blank values and words for unknown; of spellings in other case, one."""
    column = inspection.columns[name]
    nulls = set(map(str, null_values(column)))
    return Counter(value for value in column if value is not None and value not in nulls)


def _category_guess(
    inspection: Inspection, column: str, values: SortedValues, left_out: int = 0, consequence: str = ""
) -> Guess:
    """The setting with the values of each word; values without one are `unknown` and doubtful.

    Args:
        inspection: of the file.
        column: its name.
        values: its values, sorted by word.
        left_out: number of records that are no installations by this column.
        consequence: what becomes of them.
    """
    reason = "sorted by the words in its values"
    if left_out:
        reason += f"; {format_part(left_out, len(inspection.columns[column]))} {consequence}"
    words = sorted(values.words, key=WORDS.index)
    setting: dict[str, Any] = {"column": column, **{word: _distinct(values.words[word]) for word in words}}
    if values.unsorted:
        setting["unknown"] = _distinct(values.unsorted)
        unsorted = Counter({value: values.counts[value] for value in values.unsorted})
        reason += f"; under unknown stands what no word explains: {format_value_counts(unsorted)}"
    if nulls := null_values(inspection.columns[column]):
        setting["null_values"] = nulls
    return Guess(setting, reason, bool(left_out or values.unsorted))


def _distinct(values: Iterable[str]) -> list[str]:
    """One spelling of each value: settings are compared without regard to case."""
    return list({value.casefold(): value for value in reversed(list(values))}.values())[::-1]
