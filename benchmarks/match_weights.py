"""The file with the weights of `match_probability`: dbt/macros/match_weights.sql."""

import ast
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.logistic import Floats

MACRO = Path(__file__).resolve().parents[1] / "dbt" / "macros" / "match_weights.sql"
# parts of the log-odds, and the features that each adds up; `1` is a constant
PARTS: dict[str, tuple[str, ...]] = {
    "base": ("1",),
    "distance": ("log_radii", "log_metres"),
    "capacity": ("has_capacities", "log_capacity_ratio"),
    "name": ("has_same_name", "has_similar_name", "has_other_name"),
    "crowding": ("log_rival_odds",),
}
FEATURES = tuple(feature for features in PARTS.values() for feature in features)
_BEFORE, _AFTER = "{{ return(", ") }}"
_TEXT = """\
{{# Weights of match_probability, fitted to pairs of points whose identifiers prove whether they are one plant.

   command: {command}
   data:    {data}
   fitted:  {date}, {pairs:,} pairs #}}
{{% macro match_weights() -%}}
    {before}{{
{parts}
    }}{after}
{{%- endmacro %}}
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """How weights came about.

    Attributes:
        command: that fitted them.
        data: that they were fitted to.
        date: when, as an ISO date.
        pairs: how many there were.
    """

    command: str
    data: str
    date: str
    pairs: int


def write_weights(weights: Floats, origin: Origin, path: Path = MACRO) -> None:
    """Write the macro.

    Args:
        weights: of each of `FEATURES`.
        origin: what its comment states.
        path: of the file.
    """
    by_feature = dict(zip(FEATURES, weights.tolist(), strict=True))
    lines = [f"        {part!r}: {_weights_of(features, by_feature)}," for part, features in PARTS.items()]
    text = _TEXT.format(before=_BEFORE, parts="\n".join(lines), after=_AFTER, **asdict(origin))
    path.write_text(text, encoding="utf-8")


def read_weights(path: Path = MACRO) -> Floats:
    """The weight of each of `FEATURES`, as the macro has them.

    Raises:
        ValueError: the macro has other parts or features.
    """
    text = path.read_text(encoding="utf-8")
    written: dict[str, dict[str, float]] = ast.literal_eval(text.partition(_BEFORE)[2].partition(_AFTER)[0])
    if {part: tuple(features) for part, features in written.items()} != PARTS:
        raise ValueError(f"{path}: expected the parts {PARTS}, found {written}")
    return np.array([weight for features in written.values() for weight in features.values()])


def _weights_of(features: Sequence[str], weights: dict[str, float]) -> str:
    return "{" + ", ".join(f"{feature!r}: {weights[feature]}" for feature in features) + "}"
