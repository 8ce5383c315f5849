"""Vocabulary of statuses, technologies and mountings: which of our words a published value means."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from loaders.add.technology_words import CONCENTRATING, NOT_SOLAR, PHOTOVOLTAIC


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of the settings, and how published values express them.

    Attributes:
        patterns: of each word, in order of precedence: the first that matches counts. The empty word means none.
        codes: closed lists of codes, each with the pattern of the column names that may hold it and the word of each
            code; a list holds where all values are in it.
        mixed: the word of values that match several words; empty where precedence decides.
    """

    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    codes: tuple[tuple[re.Pattern[str], Mapping[str, str]], ...] = ()
    mixed: str = ""

    def sort(self, column: str, counts: Counter[str]) -> "SortedValues":
        """Sort the values of a column by the words that they mean, the most frequent first."""
        meanings = self._code_meanings(column, counts)
        words: dict[str, list[str]] = {}
        unsorted = []
        for value in sorted(counts, key=lambda value: (-counts[value], value)):
            if word := meanings[value.upper()] if meanings else self._word(value):
                words.setdefault(word, []).append(value)
            else:
                unsorted.append(value)
        return SortedValues(words, unsorted, counts)

    def _code_meanings(self, column: str, counts: Counter[str]) -> Mapping[str, str]:
        """The closed list of codes that holds all values; empty where none does."""
        values = {value.upper() for value in counts}
        return next((codes for name, codes in self.codes if name.search(column) and values <= codes.keys()), {})

    def _word(self, value: str) -> str:
        matching = list(dict.fromkeys(word for word, pattern in self.patterns if pattern.search(value)))
        if self.mixed and len(matching) > 1:
            return self.mixed
        return matching[0] if matching else ""


@dataclass(frozen=True, slots=True)
class SortedValues:
    """Published values by the word that they mean.

    Attributes:
        words: values by word.
        unsorted: values that match no word.
        counts: number of records with each value.
    """

    words: dict[str, list[str]]
    unsorted: list[str]
    counts: Counter[str]

    def count(self, *words: str) -> int:
        """Number of records whose values mean one of these words."""
        return sum(self.counts[value] for word in words for value in self.words.get(word, ()))

    @property
    def sorted_share(self) -> float:
        """Share of the records with a value whose value means a word."""
        return self.count(*self.words) / max(self.counts.total(), 1)


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


# https://www.eia.gov/survey/form/eia_860: codes of "Status" and "Proposed Generator Status"
EIA_STATUSES = {
    **dict.fromkeys(("OP", "SB", "OA"), "operating"),
    **dict.fromkeys(("U", "V", "TS"), "construction"),
    **dict.fromkeys(("P", "L", "T"), "planned"),
    **dict.fromkeys(("RE", "OS"), "retired"),
    **dict.fromkeys(("CN", "IP"), "rejected"),
    "OT": "",
}
# "EinheitBetriebsstatus" in the exports of the Marktstammdatenregister
MASTR_STATUSES = {"31": "planned", "35": "operating", "37": "retired", "38": "retired"}

# of each status one line per language or two: English, German, French, Spanish, Portuguese, Italian, Dutch, the
# languages of Scandinavia, Polish, Chinese and Japanese
ANNOUNCED_END = _pattern("(?:announced|planned) (?:withdrawal|retirement|closure|decommissioning)")
REJECTED = _pattern(
    "refus|reject|denied|withdr[ae]w|abandon|cancel|shelv|expired|lapsed|revok|never built|no application made",
    "abgelehnt|verworfen|abgebrochen|zurückgezogen",
    "rejet|annul|retiré par",
    "rechaz|deneg|desist|anulad|caducad",
    "revogad|cassad|indeferid",
    "respint|archiviat|revocat",
    "ingetrokken|afgewezen|geannul",
    "avsl[aå]|[aå]terkall|indstillet|henlagt",
    "odrzuc",
    "否决|取消|搁置|中止",
)
NOT_STARTED = _pattern(
    "pre-?construction|await|unbuilt|to be (?:built|installed)|ready to build",
    r"(?<!but )\bnot (?:yet )?(?:built|under|in|started|begun|commissioned|connected|completed?|installed|operating)\b",
    "n[aã]o inici|in voorbereiding|in vorbereitung",
)
RETIRED = _pattern(
    r"retire|(?<!re)decommission|dismantl|demolish|removed|\bclosed|mothball|no longer|\bnot operational",
    r"non-?operational|out of (?:service|operation|order|use)|\binactive|defunct|disused|shut ?down",
    "stillgelegt|au(?:ß|ss)er betrieb|r[uü]ckgebaut|demontier",
    "hors service|d[eé]mantel|d[eé]class",
    "retirad|desmantel|fuera de servicio",
    "desativad",
    "dismess",
    "buiten (?:bedrijf|gebruik)|ontmanteld",
    "nedlagt|nedlagd|ur drift|u[td]e a[vf] drift",
    "wy[cł][oą]fan|wyłączon",
    "退役|停运|关停|廃止|停止",
)
CONSTRUCTION = _pattern(
    "(?:under|in|being) (?:construction|commissioning)|being built|construction (?:started|begun|complete)",
    r"partially built|^\W*constru[cç]\w*$",
    r"\bi[mn] bau\b",
    "en (?:construc|travaux|chantier)",
    r"en obras?\b",
    "em constru",
    "in costruzione",
    "in aanbouw",
    "under bygg|under opf|rakenteilla",
    "w (?:trakcie )?budow",
    "在建|建设中|建設中|공사",
)
PLANNED = _pattern(
    r"plann(?:ed|ing)|propos|announced|permi(?:t|ssion)|consent|applied|(?<!\bno )application|submitted|approv|pending",
    "candidate|speculative|prospective|committed|anticipated|development|granted|appeal|on hold|deferred|postponed",
    "paused|queue|tender|feasibility",
    r"\bgeplant|planung|genehmigt|beantragt",
    "en projet|autoris",
    "autori[zs]|en proyecto|en tr[aá]mit",
    "outorgad|contratad",
    "in progett|in sviluppo",
    "gepland|vergund",
    "planlagt|planerad|bevilj|suunnitteilla|tillst[aå]nd|konsesjon|ans[oö]k|s[oø]knad",
    "projektow|planow",
    "αδειοδ",
    "拟建|规划|計画|核准|认定",
)
OPERATING = _pattern(
    r"operati(?:ng|onal)|\bin operation|^\W*operation$|\bin (?:service|use)\b|\b(?:re)?commissioned|\bbuilt",
    r"\binterconnected|\bcomplete|\bactive|existing|\binstalled|energi[sz]ed|\bon-?line\b|\bconnected|generating|stand-?by",
    "in ?betrieb",
    "(?:en|on) service|raccord",
    r"en funcionamiento|en (?:operaci|explotaci)|\boperando",
    "opera[cç][aã]o|em opera",
    r"in esercizio|in funzione|\battiv[oi]",
    "in (?:bedrijf|gebruik)|gerealiseerd",
    r"\bi drift|^\W*drift\W*$|idriftsa|uppf[oö]r|toiminnassa",
    "w eksploatacj|czynn",
    "λειτουργ",
    "运行|投运|并网|已建|運転|稼働|운영",
)
STATUS = Vocabulary(
    (
        ("operating", ANNOUNCED_END),
        ("rejected", REJECTED),
        ("planned", NOT_STARTED),
        ("retired", RETIRED),
        ("construction", CONSTRUCTION),
        ("planned", PLANNED),
        ("operating", OPERATING),
    ),
    codes=((_pattern("status"), EIA_STATUSES), (_pattern("betriebsstatus"), MASTR_STATUSES)),
)
TECHNOLOGY = Vocabulary((("", NOT_SOLAR), ("pv", PHOTOVOLTAIC), ("csp", CONCENTRATING)))

FLOATING = _pattern(
    "float|schwimm|gew[aä]sser", "flott|flotant|flutuant|gallegg", r"drijvend|flytende|\bon water", "水上|水面"
)
ELSEWHERE = _pattern("canop|car ?port|car ?park|parking|ombri[eè]re|pergola|shade|balcon|balkon|stecker|overdækning")
ON_ROOFS = _pattern(
    r"roof|\brood\b|building|fa[cç]ad|\bbipv",
    "dach|geb[aä]ude|bauliche|fassade",
    "toit|b[aâ]timent",
    "tejado|techo|cubierta",
    "telhado",
    r"\btetto|copertura",
    r"\bdak|\btak\b|\btaket|\btag(?:anl|flade|mont)",
    "屋",
)
ON_THE_GROUND = _pattern(
    r"\bground|open[- ]?(?:field|space)",
    r"freifl|freiland|freistehend|\bboden",
    r"\bau sol\b",
    "suelo",
    "no solo",
    "a terra|terreno",
    r"grondgebonden|\bveld",
    r"\bmark(?:anl|mont)|bakkemont|\bjordmont",
    "naziemn|gruncie",
    "地面",
)
MOUNTING = Vocabulary(
    (("water", FLOATING), ("other", ELSEWHERE), ("roof", ON_ROOFS), ("ground", ON_THE_GROUND)), mixed="other"
)
