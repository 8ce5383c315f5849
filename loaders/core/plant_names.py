"""What tells the names of solar plants apart: their words but forms of law and generic ones, and running numbers."""

import re
import unicodedata
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process

from loaders.core.arrays import Numbers

FORMS_OF_LAW = "ag bv co corp corporation gmbh inc kg lda limited llc llp lp ltd ltda nv plc pty pvt sa sas sl spa srl"
SMALL_WORDS = "and at by de del der des do du in la le near of off on the to und von"
LEFT_OUT = frozenset(f"{FORMS_OF_LAW} {SMALL_WORDS}".split())
_GENERIC = (
    "adjacent array center centre centrale central community complex csg development electric energia energie energy "
    "extension facility farm fotovoltaica fotovoltaico garden generating generation holdings hybrid land park parque "
    "phase photovoltaic photovoltaics photovoltaique planta plant power project projects pv renewable renewables "
    "resubmission revised site solaire solar solarpark solarfarm station sunlight system systems ufv unit usina"
)
GENERIC_WORDS = frozenset(_GENERIC.split())
CAPACITY = re.compile(r"\b\d+(?:[.,]\d+)?\s*[km]w(?:p|ac|dc|e)?\b")
ASIDE = re.compile(r"\((?:[a-z]{2}|resubmission[^)]*)\)")  # a state, or what a planning office adds
TOKEN = re.compile(r"[^\W\d_]+|\d+")  # letters apart from digits
SPELT_OUT = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "first": "1", "second": "2", "third": "3"}
ROMAN_DIGITS = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
ROMAN = {"x" * tens + unit: str(10 * tens + n) for tens in range(4) for n, unit in enumerate(ROMAN_DIGITS) if tens or n}


class NameParts(NamedTuple):
    """A name, taken apart.

    Attributes:
        words: what tells the plant from others, in lower case and without accents; empty for a name without a letter.
        numbers: its running numbers and letters, sorted: 2 of `Walton II Solar, LLC`.
    """

    words: str
    numbers: tuple[str, ...]


def name_parts(name: str) -> NameParts:
    """Take a name apart.

    Forms of law, generic words and stated capacities go, but never all of it: of `Park Farm`, both words stay.
    """
    tokens = _tokens(name)
    words: list[str] = []
    numbers: list[str] = []
    generic: list[str] = []
    for place, token in enumerate(tokens):
        number = _running_number(token, is_first=place == 0)
        if number is not None:
            numbers.append(number)
        elif token not in LEFT_OUT:
            (generic if token in GENERIC_WORDS else words).append(token)
    return NameParts(" ".join(words or generic or tokens), tuple(sorted(set(numbers))))


def similarity(a: list[str], b: list[str]) -> Numbers:
    """How much alike the words of two names are [0 to 1], pair by pair, whatever their order and spaces."""
    by_order = process.cpdist(a, b, scorer=fuzz.token_sort_ratio)
    by_set = process.cpdist(a, b, scorer=fuzz.token_set_ratio)
    joined = process.cpdist([_joined(each) for each in a], [_joined(each) for each in b], scorer=fuzz.ratio)
    alike: Numbers = np.maximum((by_order + by_set) / 200, joined / 100)
    return alike


def _tokens(name: str) -> list[str]:
    apart = unicodedata.normalize("NFKD", name)
    plain = unicodedata.normalize("NFC", "".join(each for each in apart if not unicodedata.combining(each))).casefold()
    text = CAPACITY.sub(" ", ASIDE.sub(" ", plain))
    return TOKEN.findall(re.sub(r"['`\u2019.]", "", text))


def _running_number(token: str, *, is_first: bool) -> str | None:
    """The number that a token stands for; None for a word. A name may begin with a single letter or `V`, as a word."""
    if token.isdigit():
        return token.lstrip("0") or "0"
    if token in SPELT_OUT:
        return SPELT_OUT[token]
    if is_first:
        return None
    if token in ROMAN:
        return ROMAN[token]
    return token if len(token) == 1 and token not in LEFT_OUT else None


def _joined(words: str) -> str:
    return words.replace(" ", "")
