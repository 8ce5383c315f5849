"""Words of column names that state when a plant was built, or another event."""

CONSTRUCTION_WORDS = frozenset(
    {"built", "commission", "commissioned", "commissioning", "completed", "completion", "cod", "inbetriebnahme", "inst"}
    | {"constructed", "erected", "baujahr", "inbetriebnahmejahr", "inbetriebnahmedatum", "instalacion", "instalación"}
    | {"instalação", "instalacao", "installazione", "operacao", "operação", "operacion", "operación", "esercizio"}
    | {"realisatie", "indienststelling", "gebruik", "nettilslutning", "idriftsatt", "rozpoczęcia", "zahájení"}
    | {"投产时间", "并网时间", "運転開始報告年月", "준공일"}
    | {"install", "installation", "installed", "online", "operating", "operation", "operational"}
)
DATE_WORDS = frozenset(
    {"date", "year", "yr", "jahr", "datum", "año", "ano", "anno", "année", "annee", "fecha", "jaar", "dato", "år"}
    | {"rok"}
)
START_WORDS = frozenset({"start"})
IN_SERVICE = ({"mise", "service"}, {"puesta", "servicio"})  # put into service
DATA_IS_DATE = frozenset({"esercizio", "operacao", "operação", "rozpoczęcia"})  # "data" is a date in these languages
OTHER_EVENT_WORDS = frozenset(
    {"access", "appeal", "capacity", "created", "data", "digitized", "edited", "expired", "image", "imagery", "img"}
    | {"lodged", "modified", "record", "refused", "retired", "retirement", "source", "status", "submitted", "updated"}
    | {"accessed", "decommissioning", "decommissioned", "withdrawn", "cap", "researched", "received", "approved"}
    | {
        "application",
        "app",
        "closure",
        "geplant",
        "geplantes",
        "granted",
        "permit",
        "planned",
        "registration",
        "registrierungsdatum",
    }
)
AFTER_WORDS, BEFORE_WORDS = frozenset({"after"}), frozenset({"before", "until"})
LOWER_WORDS, UPPER_WORDS = (
    frozenset({"earliest", "lower", "min", "minimum"}),
    frozenset({"latest", "upper", "max", "maximum"}),
)
NEGATION_WORDS = frozenset({"not"})
BUILDING_WORDS = frozenset({"build", "building", "construction"})
DETECTION_WORDS, FIRST_WORDS = frozenset({"detected", "detection", "observed", "seen"}), frozenset({"first"})
REGISTER_NUMBER_WORDS = frozenset({"ceg", "codceg"})  # of Brazil; `cod` is the commercial operation date
