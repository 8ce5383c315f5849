"""Licences: their SPDX identifiers, obligations, and consequences for a merged table.

The obligations are summaries for readers in a hurry; the texts at the addresses are binding.
license-expression 30.4 parses SPDX expressions only: of 74 ways in which repositories state a licence (our tests), it
knows 26, and neither "CC BY 4.0" nor an address.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

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
        return self.name == "ODbL-1.0" or "-SA-" in self.name

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

# the consequences for a table merged from all parts
_MERGED: dict[Kind, str] = {
    "no_derivatives": "Some parts forbid adaptation ({}): do not publish a table that they are merged into.",
    "non_commercial": "Some parts forbid commercial use ({}): a table that they are merged into is not for it either.",
    "unknown": "Some parts have no known licence ({}): do not publish a merged table until they are cleared.",
}
_ALL_PERMISSIVE = (
    "All parts have permissive licences: a merged table may be published, if what they ask for goes with it."
)

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
    obligation = "This licence is not known here: read it, or ask the authors, before passing the data on."
    return Terms(str(licence), "Unknown licence", None, (obligation,), "unknown")


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


def consequences(parts: Mapping[Terms, Sequence[str]]) -> list[str]:
    """The consequences for a table merged from all parts: a sentence for each kind, the strictest first.

    Args:
        parts: the datasets under each licence, as they are to be named.
    """
    names_by_kind = {kind: [name for each in parts if each.kind == kind for name in parts[each]] for kind in _MERGED}
    sentences = [text.format(", ".join(names_by_kind[kind])) for kind, text in _MERGED.items() if names_by_kind[kind]]
    return [*sentences, *_share_alike_sentences(parts)] or [_ALL_PERMISSIVE]


def _share_alike_sentences(parts: Mapping[Terms, Sequence[str]]) -> list[str]:
    """The licence that share-alike parts require of a merged table; no single one may satisfy them all."""
    share_alike = sorted((each for each in parts if each.is_share_alike), key=lambda each: each.name)
    if not share_alike:
        return []
    subject = f"Some parts are share-alike ({', '.join(name for each in share_alike for name in parts[each])})"
    non_commercial = {each for each in parts if "-NC-" in each.name}
    if len({each.family for each in share_alike}) == 1 and (not non_commercial or set(share_alike) <= non_commercial):
        return [f"{subject}: publish a merged table under {share_alike[-1].name}, with what the others ask for."]
    names = sorted({each.name for each in (*share_alike, *non_commercial)})
    return [f"{subject}, and no one licence satisfies {' and '.join(names)}: publish these parts as separate tables."]


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
