"""Names, operators and shared identifiers: detects their columns by unambiguous names."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from loaders.add.draft import Guess
from loaders.add.inspection import Inspection
from loaders.add.names import tokens
from loaders.add.quantity_column import filled_share
from loaders.add.values import UNKNOWN_WORDS, is_numeric, null_values
from loaders.core.escape import one_line
from loaders.settings.namespaces import SHARED_IDENTIFIERS

NAME_WORDS = frozenset(
    {"name", "names", "nom", "nombre", "nome", "bezeichnung", "denominazione", "denominación", "namn", "navn", "naam"}
    | {"nazwa", "název", "nimi", "ad\u0131", "项目名称", "电站名称", "発電所名", "발전소명"}
)
NAME_ENDINGS = ("name", "namn", "navn", "naam")
PLANT_WORDS = frozenset(
    {"array", "asset", "facility", "farm", "installation", "p", "park", "plant", "project", "site", "solar", "station"}
    | {"anlage", "anlagen", "anlægs", "centrale", "einheit", "empreendimento", "impianto", "instalacji", "instalación"}
    | {"kraftverk", "kraftwerks", "planta", "projekt", "provozovny", "stromerzeugungseinheit", "tesis", "usina"}
)
BARE_NAMES = frozenset({*NAME_WORDS, "plantname", "sitename", "projectname", "facilityname", "anlagenname"})
OPERATOR_WORDS = frozenset(
    {"operator", "betreiber", "anlagenbetreiber", "exploitant", "operador", "gestore"}
    | {"anlagenbetreibers", "verksamhetsutovare", "verksamhetsutövare", "発電事業者名"}
)
NOT_A_NAME = frozenset(
    {"code", "contact", "email", "id", "key", "number", "nr", "no", "phone", "status", "type", "url", "website"}
    | {"company", "county", "country", "developer", "owner", "operator", "parent", "region", "state", "utility"}
    | {"class", "column", "field", "file", "layer", "local", "other", "phase", "unit"}
)
NOT_AN_OPERATOR = frozenset(
    {"code", "contact", "email", "id", "key", "mastr", "nr", "number", "nummer", "phone", "status", "type", "url"}
    | {"grid", "market", "network", "system", "transmission", "utility"}
)

OSM_TYPE = re.compile(r"node|way|relation")
OSM_ID = re.compile(r"(?:node|way|relation)/\d+")
OSM_ID_NAMES = ("@id", "@osmid", "osm_id", "osm", "osmid", "id")
OSM_TYPE_NAMES = ("@type", "@osmtype", "osm_type", "osm_objtype", "osm_element_type", "element_type", "element")


def name(inspection: Inspection) -> Guess | None:
    """The column with the name of the installation; null where no column has a fitting name."""
    ranks = {column: _name_rank(column) for column in inspection.columns if _is_text(inspection, column)}
    return _named(inspection, {column: rank for column, rank in ranks.items() if rank}, "a name of the installation")


def operator(inspection: Inspection) -> Guess | None:
    """The column with the operator; null where no column has a fitting name: an owner is none."""
    fitting = {
        column: 1
        for column in inspection.columns
        if set(tokens(column)) & OPERATOR_WORDS
        and not set(tokens(column)) & NOT_AN_OPERATOR
        and _is_text(inspection, column)
    }
    return _named(inspection, fitting, "an operator")


def identifiers(inspection: Inspection) -> Guess | None:
    """The columns with identifiers that other inventories use as well, by namespace; null where there are none."""
    columns = {_plain(column): column for column in inspection.columns}
    settings: dict[str, Any] = {}
    for namespace, names in SHARED_IDENTIFIERS.items():
        fitting = [name for name, others in names.items() if {name, *others} <= columns.keys()]
        if fitting:
            settings[namespace] = _identifier(inspection, [columns[fitting[0]]])
    if osm := _osm_columns(inspection, columns):
        settings["osm"] = _identifier(inspection, osm, join="/")
    if not settings:
        return None
    return Guess(
        dict(sorted(settings.items())), "by their names; other inventories with the same ids are matched by them"
    )


def _name_rank(column: str) -> int:
    """How likely a column holds the name of the installation; 0 for other columns."""
    words = {part for word in tokens(column) for part in _parts(word)}
    if words & NOT_A_NAME:
        return 0
    if _plain(column) in BARE_NAMES or column.lower() in NAME_WORDS:
        return 1
    return 2 * bool(words & NAME_WORDS and words & PLANT_WORDS)


def _parts(word: str) -> tuple[str, ...]:
    """A word, and the parts of one such as Kraftwerksname."""
    ending = next((ending for ending in NAME_ENDINGS if word.endswith(ending) and word != ending), "")
    return (word, word.removesuffix(ending), ending) if ending else (word,)


def _named(inspection: Inspection, ranks: dict[str, int], what: str) -> Guess | None:
    """The likeliest of these columns, with its values for unknown."""
    if not ranks:
        return None
    column = max(ranks, key=lambda each: (ranks[each], round(filled_share(inspection, each), 2)))
    others = [one_line(each) for each in ranks if each != column]
    reason = f"{what}, by the name of its column"
    reason += f"; other candidates: {', '.join(others)}" if others else ""
    nulls = sorted({value for value in inspection.columns[column] if value and value.lower() in UNKNOWN_WORDS})
    return Guess({"column": column, "null_values": nulls} if nulls else column, reason)


def _is_text(inspection: Inspection, column: str) -> bool:
    return filled_share(inspection, column) > 0 and not is_numeric(inspection.columns[column], inspection.marks)


def _identifier(inspection: Inspection, columns: Sequence[str], join: str = "") -> Any:
    """The setting of an identifier; of several columns, its parts."""
    nulls = sorted({null for column in columns for null in null_values(inspection.columns[column])}, key=str)
    setting: dict[str, Any] = {"column": list(columns) if len(columns) > 1 else columns[0]}
    setting |= {"join": join} if len(columns) > 1 else {}
    setting |= {"null_values": nulls} if nulls else {}
    return setting if len(setting) > 1 else columns[0]


def _osm_columns(inspection: Inspection, columns: dict[str, str]) -> list[str]:
    """The columns with the type and the number of an object of OpenStreetMap, or with both; empty without a type."""
    ids = [columns[name] for name in OSM_ID_NAMES if name in columns]
    types = [columns[name] for name in OSM_TYPE_NAMES if name in columns]
    for column in ids:
        if _all_match(OSM_ID, inspection.columns[column]):
            return [column]
        for kind in types if column.lower() != "id" else ():
            if _all_match(OSM_TYPE, inspection.columns[kind]):
                return [kind, column]
    return []


def is_osm_number(inspection: Inspection, column: str) -> bool:
    """Whether a column holds numbers of OpenStreetMap without the type of the object."""
    name = _plain(column)
    is_named = name in OSM_ID_NAMES and name != "id"
    return is_named and not _all_match(OSM_ID, inspection.columns[column])


def identifier_warnings(inspection: Inspection) -> list[str]:
    """Points out numbers of OpenStreetMap without the type of the object."""
    columns = {_plain(column): column for column in inspection.columns}
    names = [columns[name] for name in OSM_ID_NAMES if "osm" in name and name in columns]
    if not names or _osm_columns(inspection, columns):
        return []
    return [
        f"{one_line(names[0])} may hold numbers of OpenStreetMap, but no column says whether they are of a node, "
        f"way or relation: they identify no object, and are left out of columns.identifiers"
    ]


def _all_match(pattern: re.Pattern[str], values: Iterable[str | None]) -> bool:
    """Whether there are values, and all of them are of this form."""
    known = [value for value in values if value is not None]
    return bool(known) and all(map(pattern.fullmatch, known))


def _plain(column: str) -> str:
    """The name of a column in lower case, with underscores between its words."""
    return "_".join(re.findall(r"[a-z0-9@]+", column.lower()))
