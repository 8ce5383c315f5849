"""Plants of the harder world, and how a dataset lists them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.hard_world.names import base_names, elsewhere, proper
from loaders.core.arrays import Rows

REGISTER, NEXT_EDITION = "hard_register_2020", "hard_register_2023"
PLANNING, MARKET, SATELLITE = "hard_planning_2022", "hard_market_2021", "hard_satellite_2023"
COPY = "hard_copy_2024"
OUTLINES, TRACED = "hard_outlines_2022", "hard_traced_2024"
DATASETS = (NEXT_EDITION, REGISTER, PLANNING, MARKET, SATELLITE, COPY, OUTLINES, TRACED)

W_PER_M2 = 56.0
COMPANY_SHARE = 0.5
DENSITIES = (0.75, 1.35)  # of a plant, as a factor
Writing = Callable[[list[str], list[int], np.random.Generator], list[str]]


@dataclass(frozen=True, slots=True)
class Habit:
    """How a dataset lists plants.

    Attributes:
        writing: of names; None where it has none.
        capacity: least and most of the stated capacity, as a factor.
        has_area: whether it states areas.
        has_year: whether it states years.
        draws: whether it draws outlines.
    """

    writing: Writing | None = None
    capacity: tuple[float, float] = (1.0, 1.0)
    has_area: bool = False
    has_year: bool = False
    draws: bool = False


HABITS = {
    REGISTER: Habit(proper, has_area=True, has_year=True),
    NEXT_EDITION: Habit(proper, has_area=True, has_year=True),
    PLANNING: Habit(elsewhere, has_year=True),
    MARKET: Habit(elsewhere, (0.9, 1.1)),
    SATELLITE: Habit(capacity=(0.7, 1.4)),
    OUTLINES: Habit(draws=True),
    TRACED: Habit(draws=True),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """How a dataset lists the plants of one kind.

    Attributes:
        dataset: its key.
        radii: least and most distance from the plant, as a multiple of its radius.
        metres: the same in metres, in addition.
        share: of the plants that it lists.
        named: share of those that have their name.
        resized: standard deviation of the logarithm of the capacity, of half of them.
    """

    dataset: str
    radii: tuple[float, float] = (0.0, 0.0)
    metres: tuple[float, float] = (0.0, 0.0)
    share: float = 1.0
    named: float = 1.0
    resized: float = 0.0


def farms(
    sites: Rows, random: np.random.Generator, mw: tuple[float, float] = (0.5, 150), members: int = 1
) -> pd.DataFrame:
    """Plants, one or some at each site: those of a site share a name and have running numbers.

    Args:
        sites: numbers of the sites.
        random: source of chance.
        mw: least and most capacity [MW].
        members: plants at each site.
    """
    count = len(sites)
    capacity = np.exp(random.uniform(np.log(mw[0]), np.log(mw[1]), count)).round(2)
    area_m2 = capacity * 1e6 / W_PER_M2 * random.uniform(*DENSITIES, count)
    one = pd.DataFrame(
        {
            "site": sites,
            "mw": capacity,
            "area_m2": area_m2.round(),
            "radius_m": np.sqrt(area_m2 / np.pi),
            "year": random.integers(2008, 2021, count),
            "name": base_names(count, random),
            "x_m": 0.0,
            "y_m": 0.0,
        }
    )
    several = one.loc[one.index.repeat(members)].reset_index(drop=True)
    several["member"] = several.groupby("site").cumcount()
    several["number"] = several["member"] + 1 if members > 1 else 0
    several["plant"] = np.arange(len(several))
    return several


def with_company(farm: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """The same plants, half of them with another one of its own name and size nearby."""
    mw = farm["mw"] * random.uniform(0.4, 2.5, len(farm))
    radius_m = np.sqrt(mw * 1e6 / W_PER_M2 / np.pi)
    far_m = (farm["radius_m"] + radius_m) * random.uniform(1.1, 2.2, len(farm))
    way = random.uniform(0, 2 * np.pi, len(farm))
    other = farm.assign(
        plant=farm["plant"] + len(farm),
        name=base_names(len(farm), random),
        mw=mw.round(2),
        radius_m=radius_m,
        area_m2=(radius_m**2 * np.pi).round(),
        year=random.integers(2008, 2021, len(farm)),
        x_m=farm["x_m"] + far_m * np.cos(way),
        y_m=farm["y_m"] + far_m * np.sin(way),
    )
    return pd.concat([farm, other[random.random(len(farm)) < COMPANY_SHARE]], ignore_index=True)


def listed(farm: pd.DataFrame, how: Listed, random: np.random.Generator) -> pd.DataFrame:
    """Records of a dataset."""
    habit = HABITS[how.dataset]
    rows = farm[random.random(len(farm)) < how.share].reset_index(drop=True)
    count = len(rows)
    far_m = random.uniform(*how.radii, count) * rows["radius_m"] + random.uniform(*how.metres, count)
    way = random.uniform(0, 2 * np.pi, count)
    factor = random.uniform(*habit.capacity, count)
    factor *= np.exp(random.normal(0, 1, count) * how.resized * (random.random(count) < 0.5))
    is_named = random.random(count) < how.named
    written = habit.writing(rows["name"].tolist(), rows["number"].tolist(), random) if habit.writing else [""] * count
    return rows.assign(
        dataset=how.dataset,
        x_m=rows["x_m"] + far_m * np.cos(way),
        y_m=rows["y_m"] + far_m * np.sin(way),
        mw=(rows["mw"] * factor).round(3) if not habit.draws else np.nan,
        area_m2=rows["area_m2"] if habit.has_area else np.nan,
        year=rows["year"].where(habit.has_year & (rows["year"] > 0)).astype("Int64"),
        side_m=np.sqrt(rows["area_m2"]) if habit.draws else np.nan,
        name=np.where(is_named, written, ""),
        decimals=np.nan,
    )


def records_of(farm: pd.DataFrame, random: np.random.Generator, ways: Sequence[Listed]) -> list[pd.DataFrame]:
    """Records of several datasets."""
    return [listed(farm, how, random) for how in ways]
