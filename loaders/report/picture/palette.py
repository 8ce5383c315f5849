"""Colours of pictures, for paper and for a dark background."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours.

    Attributes:
        paper: background.
        ink, muted: text.
        land, other_land: of maps; the first is that of the country that is shown.
        border, own_border: between countries, and around the one that is shown.
        warning: text that must not be overlooked.
        ramp: four colours for ordered classes, the last stands out most.
        unknown: what is not known.
        first, second: of bars.
    """

    paper: str
    ink: str
    muted: str
    land: str
    other_land: str
    border: str
    own_border: str
    warning: str
    ramp: tuple[str, str, str, str]
    unknown: str
    first: str
    second: str


LIGHT = Theme(
    paper="#ffffff",
    ink="#1f2933",
    muted="#52606d",
    land="#dedbd3",
    other_land="#efede9",
    border="#ffffff",
    own_border="#8d897f",
    warning="#a4133c",
    ramp=("#e8a33d", "#dd5b3a", "#a4133c", "#3b0f4d"),
    unknown="#7b8794",
    first="#0072b2",
    second="#a9cfe6",
)
DARK = Theme(
    paper="#14181d",
    ink="#e4e7eb",
    muted="#a7b1bc",
    land="#3a444f",
    other_land="#262e36",
    border="#14181d",
    own_border="#7f8b98",
    warning="#ff9db0",
    ramp=("#b5438f", "#ee5d5e", "#fea772", "#fcf6b8"),
    unknown="#9aa5b1",
    first="#56b4e9",
    second="#2b5f7d",
)
# Okabe and Ito: safe for colour blindness
STATUSES: Mapping[str, str] = {
    "operating": "#009e73",
    "construction": "#e69f00",
    "planned": "#56b4e9",
    "retired": "#cc79a7",
    "rejected": "#d55e00",
}


def theme(*, is_dark: bool) -> Theme:
    """The colours for a background."""
    return DARK if is_dark else LIGHT
