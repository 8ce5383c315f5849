"""Licences: their SPDX identifiers, obligations, and consequences for a merged table.

The obligations are summaries for readers in a hurry; the texts at the addresses are binding.
license-expression knows SPDX's names and expressions, which settings use (licence_expressions.py); of 74 ways in which
repositories state a licence (our tests), it knows 26, and neither "CC BY 4.0" nor an address: these are read here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from loaders.settings.licence_expressions import alternatives, spdx_name

Kind = Literal["no_derivatives", "non_commercial", "unknown", "share_alike", "permissive"]  # the strictest first

PUBLIC_DOMAIN = "public-domain"  # our own identifier: SPDX has none
NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Terms:
    """A licence in plain words.

    Attributes:
        name: its SPDX identifier; of an unknown one, the statement.
        title: its full name.
        url: of its text; none without one.
        obligations: of users of the data, in plain sentences.
        kind: its effect on a table merged from several datasets.
    """

    name: str
    title: str
    url: str | None
    obligations: tuple[str, ...]
    kind: Kind

    @property
    def is_share_alike(self) -> bool:
        """Whether adaptations must be under this licence too."""
        return self.kind != "permissive" and ("ODbL-1.0" in self.name or "-SA-" in self.name)

    @property
    def family(self) -> str:
        """Its name without the version."""
        return self.name.rpartition("-")[0]


_CREDIT = "Credit the authors, link to the licence and say what was changed."
_NOTICES = "Credit the database, name its licence and keep its notices."
_NO_OBLIGATIONS = ("It asks for nothing; citing the authors is good practice.",)
_CC_ASKS = {
    "NC": "Do not use the data, or what is made of them, commercially.",
    "SA": "Share what is adapted from the data only under this licence, or one that it accepts in its place.",
    "ND": "Do not share adapted data; a merged table is an adaptation.",
}
_CC_TITLES = {"BY": "Attribution", "NC": "NonCommercial", "SA": "ShareAlike", "ND": "NoDerivatives"}
_CC_ELEMENTS = ("BY", "BY-SA", "BY-NC", "BY-NC-SA", "BY-ND", "BY-NC-ND")
_CC_VERSIONS = {"3.0": "Unported", "4.0": "International"}


def _creative_commons(elements: str, version: str) -> Terms:
    parts = elements.split("-")
    title = "-".join(_CC_TITLES[part] for part in parts)
    if version == "3.0":
        title = title.replace("NoDerivatives", "NoDerivs")
    kinds_by_element: dict[str, Kind] = {"ND": "no_derivatives", "NC": "non_commercial", "SA": "share_alike"}
    return Terms(
        name=f"CC-{elements}-{version}",
        title=f"Creative Commons {title} {version} {_CC_VERSIONS[version]}",
        url=f"https://creativecommons.org/licenses/{elements.lower()}/{version}/",
        obligations=(_CREDIT, *(_CC_ASKS[part] for part in parts[1:])),
        kind=next((kind for part, kind in kinds_by_element.items() if part in parts), "permissive"),
    )


_ODC_ADDRESS = "https://opendatacommons.org/licenses"
_CC0_ADDRESS = "https://creativecommons.org/publicdomain/zero/1.0/"
_OTHER_TERMS = (
    Terms("CC0-1.0", "Creative Commons Zero 1.0 Universal", _CC0_ADDRESS, _NO_OBLIGATIONS, "permissive"),
    Terms(
        "PDDL-1.0",
        "Open Data Commons Public Domain Dedication 1.0",
        f"{_ODC_ADDRESS}/pddl/1-0/",
        _NO_OBLIGATIONS,
        "permissive",
    ),
    Terms(PUBLIC_DOMAIN, "Public domain", None, _NO_OBLIGATIONS, "permissive"),
    Terms(
        "ODC-By-1.0", "Open Data Commons Attribution License 1.0", f"{_ODC_ADDRESS}/by/1-0/", (_NOTICES,), "permissive"
    ),
    Terms(
        name="ODbL-1.0",
        title="Open Data Commons Open Database License 1.0",
        url=f"{_ODC_ADDRESS}/odbl/1-0/",
        obligations=(
            _NOTICES,
            "Offer an adapted database under ODbL too, if you use it, or what is made of it, publicly.",
            "Keep it open: with a copy that technical measures restrict comes one without them.",
        ),
        kind="share_alike",
    ),
    Terms(
        name="CDLA-Permissive-2.0",
        title="Community Data License Agreement - Permissive - Version 2.0",
        url="https://cdla.dev/permissive-2-0/",
        obligations=("Pass the text of the licence, or a link to it, on with the data.",),
        kind="permissive",
    ),
    Terms(
        name="MIT",
        title="MIT License",
        url="https://opensource.org/license/mit",
        obligations=("Pass the copyright notice and the text of the licence on with every copy.",),
        kind="permissive",
    ),
)
_CC = tuple(_creative_commons(elements, version) for version in _CC_VERSIONS for elements in _CC_ELEMENTS)
_TERMS = {each.name: each for each in (*_CC, *_OTHER_TERMS)}

# abbreviations of stated words, applied in this order
_ABBREVIATIONS = (
    (r"\b(?:deed|legalcode)(?: [a-z]{2})?$", ""),  # suffix of a page, with its language
    (r"creative ?commons", "cc"),
    (r"\bcc 0\b", "cc zero"),
    (r"public ?domain", "pd"),
    (r"open ?data ?commons", "odc"),
    (r"odc pd dedication(?: and)?(?: licen[cs]e)?", "pddl"),
    (r"open database", "odbl"),
    (r"community data licen[cs]e agreement", "cdla"),
    (r"attribution", "by"),
    (r"non ?commercial", "nc"),
    (r"share ?alike", "sa"),
    (r"no ?deriv(?:ative)?s?(?: works)?\b", "nd"),
    (r"\b(\d) 0\b", r"\1.0"),  # in addresses: 1-0
)
_NOISE = frozenset(
    {"http", "https", "www", "org", "html", "spdx", "license", "licence", "licenses", "licences"}
    | {"the", "v", "version", "public", "international", "unported"}
)
# the required and the optional words of each licence; any other word makes it another licence
_WORDS = (
    ("CC0-1.0", {"cc", "zero"}, {"1.0", "universal", "pd", "dedication"}),
    ("ODbL-1.0", {"odbl"}, {"odc", "1.0"}),
    ("ODC-By-1.0", {"odc", "by"}, {"1.0"}),
    ("PDDL-1.0", {"pddl"}, {"odc", "1.0"}),
    ("CDLA-Permissive-2.0", {"cdla", "permissive", "2.0"}, {"dev"}),
    ("MIT", {"mit"}, {"opensource"}),
    (PUBLIC_DOMAIN, {"pd"}, {"u", "s", "us", "usgs", "united", "states", "government", "other", "cc", "mark", "1.0"}),
)


def spdx(licence: str | None) -> str | None:
    """The SPDX identifier of a licence as repositories state it: name, abbreviation or address.

    None for other statements ("Open Access"), for national versions, and without an unambiguous licence and version.
    """
    words = _words(licence or "")
    for name, required, optional in _WORDS:
        if required <= set(words) <= required | optional:
            return name
    return _spdx_of_creative_commons(words)


def terms(licence: str | None) -> Terms:
    """The terms of a licence, however it is stated."""
    name = spdx(licence)
    if name:
        return _TERMS[name]
    if not (licence or "").strip():
        obligation = "Nobody states a licence: ask the authors before passing the data on."
        return Terms(NOT_STATED, "No licence is stated", None, (obligation,), "unknown")
    text = " ".join(str(licence).split())
    choices = [[_single(name) for name in names] for names in alternatives(text)]
    if sum(map(len, choices)) > 1:
        return _combined(choices)
    return _unknown(spdx_name(text) or str(licence))


def _single(name: str) -> Terms:
    known = spdx(name)
    return _TERMS[known] if known else _unknown(name)


def _unknown(name: str) -> Terms:
    obligation = "This licence is not known here: read it, or ask the authors, before passing the data on."
    return Terms(name, "Unknown licence", None, (obligation,), "unknown")


def _combined(choices: Sequence[Sequence[Terms]]) -> Terms:
    """The terms of an expression: of its most permissive choice, all licences, with the strictest kind among them."""
    kinds = get_args(Kind)

    def strictness(choice: Sequence[Terms]) -> int:
        return -min(kinds.index(each.kind) for each in choice)

    choice = min(choices, key=strictness)
    title = "Read as " + " and ".join(each.name for each in choice)
    expression = " OR ".join(" AND ".join(each.name for each in names) for names in choices)
    obligations = tuple(dict.fromkeys(sentence for each in choice for sentence in each.obligations))
    return Terms(expression, title, None, obligations, kinds[-strictness(choice)])


def disagreement(settings: str | None, stated: str | None) -> str | None:
    """Why a licence needs a check: the settings and the repository differ.

    None if they agree, or the repository states none. Its statement is repeated verbatim: escape it.
    """
    ours, theirs = _quoted_licence(settings), _quoted_licence(stated)
    if theirs is None or ours == theirs:
        return None
    unclear = "" if spdx(stated) else ", which names no licence that is known here"
    if ours is None:
        remedy = "read it at the source" if unclear else "add it"
        return f"the settings state no licence, the repository says {theirs}{unclear}; {remedy}"
    return f"the settings say {ours}, the repository says {theirs}{unclear}"


def _quoted_licence(licence: str | None) -> str | None:
    """The identifier, or else the quoted text; null if it is empty."""
    text = " ".join((licence or "").split())
    return spdx(text) or (f"“{text}”" if text else None)


def _words(licence: str) -> list[str]:
    text = " ".join(re.findall(r"\d+(?:\.\d+)*|[^\W\d_]+", licence.casefold()))
    for pattern, abbreviation in _ABBREVIATIONS:
        text = re.sub(pattern, abbreviation, text)
    return [word for word in text.split() if word not in _NOISE]


def _spdx_of_creative_commons(words: Sequence[str]) -> str | None:
    """The identifier of a Creative Commons licence; repeated statements of it must agree."""
    versions = {word for word in words if word in _CC_VERSIONS}
    elements = " ".join(word.upper() for word in words if word not in versions and word != "cc")
    prefix, *clauses = re.split(r"\bBY\b", elements)
    element_sets = {"-".join(["BY", *clause.split()]) for clause in clauses}
    if prefix or len(element_sets) != 1 or len(versions) != 1:
        return None
    name = f"CC-{element_sets.pop()}-{versions.pop()}"
    return name if name in _TERMS else None
