"""Which charts the report page has, each made of the figures."""

from collections.abc import Sequence

from loaders.report.page.charts import COUNTRIES_SHOWN, Bars, Chart, bar_chart
from loaders.report.page.datasets import Entry
from loaders.report.page.figures import Figures
from loaders.report.page.funnel import Step

STATED, ESTIMATED = "capacity stated", "capacity estimated from the area"
EXACT, SPAN = "year known", "at the latest in this year"
HIGH, OTHER = "high confidence", "other"
SHARED, ONLY_HERE = "in another dataset, too", "only here"
BASES = {"ac": "AC", "dc": "DC", "unknown": "basis unknown"}
INSTALLATIONS = "installations"
STEPS = (1, 2, 5)  # bins start at these times a power of ten
TO = "\N{EN DASH}"


def charts(figures: Figures, steps: Sequence[Step], datasets: Sequence[Entry]) -> dict[str, Chart]:
    """The charts by name."""
    found = [
        _funnel(steps),
        _inventories(figures),
        _datasets(datasets),
        _countries(figures),
        _sizes(figures),
        _years(figures),
        _density(figures),
    ]
    return {chart.name: chart for chart in found}


def _funnel(steps: Sequence[Step]) -> Chart:
    data = [{"category": step.label, "value": step.count} for step in steps]
    bars = Bars("step", "number", data, is_horizontal=True)
    return bar_chart("funnel", "From records to installations", "Number left after each step.", bars)


def _inventories(figures: Figures) -> Chart:
    data = [{"category": str(row["inventories"]), "value": row["installations"]} for row in figures.inventories]
    bars = Bars("independent inventories", INSTALLATIONS, data)
    title = "How many independent inventories have an installation"
    return bar_chart("inventories", title, "Editions of one inventory count once.", bars)


def _datasets(datasets: Sequence[Entry]) -> Chart:
    shown = sorted(
        (each for each in datasets if each.summary.installations),
        key=lambda each: (-(each.summary.installations or 0), each.key),
    )
    data = [
        {"category": each.key, "part": part, "value": value, "rank": rank}
        for each in shown
        for rank, (part, value) in enumerate(_shared_and_only(each).items())
    ]
    bars = Bars("dataset", INSTALLATIONS, data, (SHARED, ONLY_HERE), is_horizontal=True)
    return bar_chart("datasets", "Installations by dataset", "The largest dataset comes first.", bars)


def _shared_and_only(entry: Entry) -> dict[str, int]:
    installations, only_here = entry.summary.installations or 0, entry.summary.only_here or 0
    return {SHARED: installations - only_here, ONLY_HERE: only_here}


def _countries(figures: Figures) -> Chart:
    shown, others = figures.countries[:COUNTRIES_SHOWN], figures.countries[COUNTRIES_SHOWN:]
    counts = [(row["name"], row["high_confidence"], row["installations"]) for row in shown]
    if others:
        rest = [sum(row[name] for row in others) for name in ("high_confidence", "installations")]
        counts.append((f"{len(others)} more", rest[0], rest[1]))
    data = [
        {"category": name, "part": part, "value": value, "rank": rank}
        for name, high, installations in counts
        for rank, (part, value) in enumerate(((HIGH, high), (OTHER, installations - high)))
    ]
    bars = Bars("country", INSTALLATIONS, data, (HIGH, OTHER), is_horizontal=True)
    return bar_chart("countries", "Installations by country", "The country with most of them comes first.", bars)


def _sizes(figures: Figures) -> Chart:
    counts = {(3 * row["decade"] + STEPS.index(row["step"]), row["is_estimated"]): row for row in figures.sizes}
    bins = sorted({index for index, _ in counts})
    data = [
        {"category": size_label(index), "part": part, "value": row["installations"] if row else 0, "rank": rank}
        for index in (range(bins[0], bins[-1] + 1) if bins else ())
        for rank, (part, is_estimated) in enumerate(((STATED, False), (ESTIMATED, True)))
        for row in [counts.get((index, is_estimated))]
    ]
    bars = Bars("panel capacity", INSTALLATIONS, data, (STATED, ESTIMATED))
    return bar_chart(
        "sizes", "Installations by size", "Panel capacity on a logarithmic scale, three bins a decade.", bars
    )


def size_label(index: int) -> str:
    """A bin in words: bin 0 is from 1 to 2 MW, bin 1 from 2 to 5 MW, bin 3 from 10 to 20 MW."""
    low, high = _capacity(index), _capacity(index + 1)
    return (
        f"{low[0]:g}{TO}{high[0]:g} {high[1]}"
        if low[1] == high[1]
        else TO.join(f"{n:g} {unit}" for n, unit in (low, high))
    )


def _capacity(index: int) -> tuple[float, str]:
    """The lower end of a bin with its unit."""
    decade, step = divmod(index, 3)
    group = max(min(decade // 3, 1), -2)
    return STEPS[step] * 10.0 ** (decade - 3 * group), {1: "GW", 0: "MW", -1: "kW", -2: "W"}[group]


def _years(figures: Figures) -> Chart:
    by_year = {(row["year"], row["is_exact"]): row["installations"] for row in figures.years}
    years = [year for year, _ in by_year]
    data = [
        {"category": str(year), "part": part, "value": by_year.get((year, is_exact), 0), "rank": int(not is_exact)}
        for year in (range(min(years), max(years) + 1) if years else ())
        for part, is_exact in ((EXACT, True), (SPAN, False))
    ]
    bars = Bars("year", INSTALLATIONS, data, (EXACT, SPAN))
    return bar_chart("years", "Installations by year", "The last year in which each may have been installed.", bars)


def _density(figures: Figures) -> Chart:
    bins = [row["from_w_per_m2"] for row in figures.density]
    counts = {(row["from_w_per_m2"], row["basis"]): row["installations"] for row in figures.density}
    data = [
        {
            "category": f"{low}{TO}{low + 10}" if low < 300 else "over 300",
            "part": label,
            "value": counts.get((low, basis), 0),
            "rank": rank,
        }
        for low in (range(min(bins), max(bins) + 10, 10) if bins else ())
        for rank, (basis, label) in enumerate(BASES.items())
    ]
    bars = Bars("W/m²", INSTALLATIONS, data, tuple(BASES.values()))
    return bar_chart("density", "Installations by power density", "Stated capacity over the area of the outline.", bars)
