"""What the whole run should reach, next to what it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.measure import Figures
from benchmarks.phases import REST
from benchmarks.ways import BUILD, IRRADIANCE, LOAD, REPORT, Way


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that should not be larger than its aim."""

    name: str
    figure: float
    aim: float
    unit: str = ""

    @property
    def row(self) -> tuple[str, ...]:
        """As it is printed."""
        verdict = "reached" if self.figure <= self.aim else "missed"
        return self.name, f"{self.figure:,.2f}{self.unit}", f"≤ {self.aim:,g}{self.unit}", verdict


def ratio_targets(ways: Sequence[Way]) -> list[Target]:
    """Ratios of one run, and the memory of the largest process; the build is measured at about 400,000 records."""
    floor, today, whole = ways
    without = whole.figures.seconds - whole.phases[IRRADIANCE].seconds
    return [
        Target("whole run / what people do today", whole.figures.seconds / today.figures.seconds, 1.3),
        Target("the same without irradiance", without / today.figures.seconds, 1.1),
        Target(
            "the same without the report, too", (without - whole.phases[REPORT].seconds) / today.figures.seconds, 1.1
        ),
        Target("loads / loads of the floor", whole.phases[LOAD].seconds / floor.phases[LOAD].seconds, 1.5),
        Target("build", whole.phases[BUILD].seconds, 40, " s"),
        Target("memory of the largest process", whole.figures.peak_mb / 1000, 1.9, " GB"),
    ]


def fixed_targets(start: Figures, again: Figures, nothing: Figures) -> list[Target]:
    """What does not depend on the number of records."""
    return [
        Target("a stage with nothing to do", start.seconds, 0.4, " s"),
        Target("`make all ARGS=--force` on the samples", again.seconds, 30, " s"),
        Target("`make all` with nothing to do", nothing.seconds, 2.5, " s"),
    ]


def way_rows(ways: Sequence[Way], records: int) -> list[tuple[str, ...]]:
    """The three ways side by side."""
    floor, today, _ = (way.figures for way in ways)
    return [
        (way.name, *_figures(way.figures, records), f"{way.figures.seconds / floor.seconds:.2f}",
         f"{way.figures.seconds / today.seconds:.2f}",
         f"{way.figures.cpu_s / today.cpu_s:.2f}", *_grade(way))
        for way in ways
    ]  # fmt: skip


def phase_rows(way: Way, records: int, base: Mapping[str, Figures]) -> list[tuple[str, ...]]:
    """The phases of a way, each with its share of the whole, and its ratio to the same phase of the floor."""
    rows = []
    for name, figures in way.phases.items():
        comparable = name != REST and name in base and base[name].seconds > 0
        ratio = f"{figures.seconds / base[name].seconds:.2f}" if comparable else ""
        share = f"{figures.seconds / way.figures.seconds:.0%}"
        rows.append((name, *_figures(figures, records), share, ratio))
    return rows


def _figures(figures: Figures, records: int) -> tuple[str, ...]:
    per_second = f"{records / figures.seconds:,.0f}" if figures.seconds else ""
    return (
        f"{figures.seconds:,.1f}", f"{figures.cpu_s:,.1f}", f"{figures.peak_mb:,.0f}", f"{figures.tree_mb:,.0f}",
        per_second,
    )  # fmt: skip


def _grade(way: Way) -> tuple[str, str]:
    return (f"{way.score.recall:.3f}", f"{way.score.precision:.3f}") if way.score else ("", "")
