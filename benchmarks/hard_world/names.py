"""Names of plants, and how other publishers write them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

FIRST, SECOND = (
    line.split() for line in Path(__file__).with_name("words.txt").read_text(encoding="ascii").splitlines()
)
PROPER = ("{} Solar Farm", "{} Solar Project", "{} Solar", "{} Solar Park")
ELSEWHERE = (
    "{} Solar, LLC", "{} Solar Ltd", "{} PV GmbH", "{} Photovoltaic Plant", "{} Energy Center",
    "{} Solar Power Station", "{} Solar Limited", "{}", "{} Solar (CSG)", "{} Solar Inc.",
)  # fmt: skip
ROMAN = ("", "I", "II", "III", "IV", "V")
ACCENTS = str.maketrans({"a": "á", "e": "é", "o": "ö", "u": "ü"})
LEAST_MISSPELT = 14  # letters: one wrong letter of fewer is another name


def base_names(count: int, random: np.random.Generator) -> list[str]:
    """Two words each; a few occur more than once."""
    first, second = (random.integers(0, len(words), count) for words in (FIRST, SECOND))
    return [f"{FIRST[one]} {SECOND[other]}" for one, other in zip(first, second, strict=True)]


def proper(names: Sequence[str], numbers: Sequence[int], random: np.random.Generator) -> list[str]:
    """As the register writes them, with the running number where there is one."""
    forms = random.integers(0, len(PROPER), len(names))
    return [
        PROPER[form].format(f"{name} {number}" if number else name)
        for name, number, form in zip(names, numbers, forms, strict=True)
    ]


def elsewhere(names: Sequence[str], numbers: Sequence[int], random: np.random.Generator) -> list[str]:
    """As other publishers write them: another legal form, capitals, accents, Roman numerals, a wrong letter."""
    draws = random.integers(0, (20, 4, len(ELSEWHERE)), (len(names), 3)).tolist()
    return [
        ELSEWHERE[form].format(_misspelt(name, error) + _numbered(number, numeral))
        for name, number, (error, numeral, form) in zip(names, numbers, draws, strict=True)
    ]


def _misspelt(name: str, error: int) -> str:
    """With accents, without a letter, or in capitals; 60 % are as they were."""
    if error < 3:
        return name.translate(ACCENTS)
    if error < 6 and len(name) >= LEAST_MISSPELT:
        return name[:5] + name[6:]
    return name.upper() if error < 8 else name


def _numbered(number: int, numeral: int) -> str:
    roman = ROMAN[number] if number < len(ROMAN) else number
    return (f" {number}", f"{number}", f" {roman}", f" Phase {number}")[numeral] if number else ""
