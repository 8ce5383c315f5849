"""The funnel: from the published records to the installations, with the reason of each loss."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from loaders.contract import REASONS
from loaders.report.page.figures import Figures
from loaders.warehouse.build_metrics import BuildMetrics


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the funnel.

    Attributes:
        label: what the number counts.
        count: records, or installations at the end.
        losses: records that are lost after this step, by reason.
        unit: what is counted.
    """

    label: str
    count: int
    losses: Mapping[str, int]
    unit: str = "records"


def funnel(figures: Figures, metrics: Iterable[Mapping[str, Any]], build: BuildMetrics) -> list[Step]:
    """The steps in their order.

    Args:
        figures: of the curated tables.
        metrics: the row accounting of each dataset, for the reasons of rejects.
        build: the metrics of the build, for the reasons of what is left out.
    """
    read, kept, not_allowed, left_out = (
        sum(row[name] for row in figures.datasets)
        for name in ("records_read", "records_kept", "records_not_allowed", "records_left_out")
    )
    rejected = Counter[str]()
    for each in metrics:
        rejected.update(each["rejected"])
    reasons = Counter[str]()
    for each in build.get("left_out_records", {}).values():
        reasons.update(each["reasons"])
    return [
        Step("read", read, {_rejection(name): rejected[name] for name in _sorted(rejected)}),
        Step("usable", kept, _licence_losses(build)),
        Step("of an allowed licence", kept - not_allowed, {name: reasons[name] for name in _sorted(reasons)}),
        Step("of an included status and technology", kept - not_allowed - left_out, {}),
        Step("installations", figures.headline["installations"], {}, "installations"),
    ]


def _rejection(reason: str) -> str:
    """The reason in words, as the contract states it."""
    return f"{reason}: {REASONS[reason]}" if reason in REASONS else reason


def _licence_losses(build: BuildMetrics) -> dict[str, int]:
    losses = Counter[str]()
    for by_licence in build.get("left_out", {}).values():
        for licence, each in by_licence.items():
            losses[f"licence {licence}, {each['licence_kind'].replace('_', ' ')}"] += each["records"]
    return {name: losses[name] for name in _sorted(losses)}


def _sorted(counts: Mapping[str, int]) -> list[str]:
    """Names with a count, the largest first."""
    return sorted((name for name, count in counts.items() if count), key=lambda name: (-counts[name], name))
