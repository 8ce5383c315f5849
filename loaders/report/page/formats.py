"""Numbers of the page as people read them; unknown is a dash."""

from collections.abc import Callable

from loaders.core.escape import one_line, web_address

UNKNOWN = "\N{EN DASH}"
LONGEST = 200  # characters of a text of a publisher
MINUS = "\N{MINUS SIGN}"


def count(value: float | None) -> str:
    """A whole number with thousands separators."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def quantity(value: float | None) -> str:
    """Three significant digits below 100, none after the point above."""
    if value is None:
        return UNKNOWN
    digits = next((digits for least, digits in ((100, 0), (10, 1), (1, 2)) if abs(value) >= least), 3)
    return f"{value:,.{digits}f}".replace("-", MINUS)


def share(value: float | None) -> str:
    """A share in per cent; 100 % and 0 % only where it is exactly that."""
    if value is None:
        return UNKNOWN
    text = f"{value:.1%}" if value < 0.1 or value > 0.9 else f"{value:.0%}"
    if value < 1 and text == "100.0%":
        text = f"{value:.2%}" if value < 0.99995 else "> 99.9%"
    return text.replace("100.0%", "100%").replace("0.0%", "0%" if value == 0 else "< 0.1%").replace("%", "\xa0%")


def bias(value: float | None) -> str:
    """A relative difference in per cent, with its sign."""
    return UNKNOWN if value is None else f"{value:+.1%}".replace("-", MINUS).replace("%", "\xa0%")


def ratio(value: float | None) -> str:
    """Two digits after the point."""
    return UNKNOWN if value is None else f"{value:.2f}"


def short(text: str | None, longest: int = LONGEST) -> str:
    """A text of a publisher, cut after the first characters; the lock and the tables have all of it."""
    text = one_line(text)
    return text if len(text) <= longest else f"{text[:longest]}…"


FILTERS: dict[str, Callable[..., str | None]] = {
    "count": count,
    "quantity": quantity,
    "share": share,
    "bias": bias,
    "ratio": ratio,
    "short": short,
    "web_address": web_address,
}
