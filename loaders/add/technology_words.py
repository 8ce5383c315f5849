"""Words for photovoltaics, solar heat and other technologies, in the languages of public inventories."""

import re

SUN = (
    r"solar|solaire|sonne|zonne|photovolt|fotovolt|fotowolt|güneş|słonecz|солнеч|фотовольт|фотоэл|ηλιακ|φωτοβολτ|光伏|太阳能|slunečn"
    r"|solcell"
    r"|太陽光|태양광"
)
SOLAR = re.compile(rf"{SUN}|(?<![a-z])(?:pva?|ufv)(?![a-z])", re.IGNORECASE)
NOT_SOLAR = re.compile(
    r"\b(?:no|non|not|ohne|kein|keine|nicht|sans|sin|without)[ _-]*(?:solar|photo|foto|pv)", re.IGNORECASE
)
PHOTOVOLTAIC = re.compile(
    r"photovolt|fotovolt|fotowolt|solcell|\bpva\b|фотовольт|фотоэл|φωτοβολτ|光伏|太陽光|태양광|(?<![a-z])(?:c?pv|ufv)(?![a-z])|thin.?film"
    r"|c-?si\b|silicon|crystal|cd-?te|cigs|bifacial|\bmono\b|\bpoly\b",
    re.IGNORECASE,
)
HEAT = r"therm|térmic|termi|热|heat"
MIRRORS = r"\bcsp\b|concentrat|parabol|trough|heliostat|fresnel|stirling|termosol"
SOLAR_HEAT = re.compile(rf"{HEAT}|{MIRRORS}", re.IGNORECASE)  # solar thermal and CSP, not photovoltaics
CONCENTRATING = re.compile(rf"{MIRRORS}|(?:{SUN}).{{0,20}}(?:{HEAT})", re.IGNORECASE)
OTHER_TECHNOLOGY = re.compile(
    r"wind|wave|tidal|\btide|marine|hydro|wasser|hidr[oá]|hidráu|idroel|idrico|coal|kohle|lignite|charbon|carb[oó]n|carv[aã]o|peat"
    r"|\bgas\b|erdgas|\bg[aá]s|\boil\b|diesel|petcoke|petrol|fossil|nuclear|nukle|kern|nucl[eé]|uran|biomass|biogas"
    r"|biofuel|\bbio|waste|landfill|sewage|incinerat|digestion|geo-?therm|thermal|steam|turbine|cogenerat|\bchp\b"
    r"|storage|batter|flywheel|hydrogen|fuel cell|[eé][oóò]li|\beol\b|viento|vento\b|vindkraft|wiatr|rüzgar|hidroel"
    r"|\bwil\b|větrn|vodní|plynov|\bu[ht]e\b|\bpch\b|\bcgh\b"
    r"|conversion|carbone|węgl|kömür|ветр|уголь|угол|гидро|атом|αιολικ|风|風|煤|水电|水力|火电|核电|원자력|풍력|수력",
    re.IGNORECASE,
)
