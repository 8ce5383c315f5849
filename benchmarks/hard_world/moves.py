"""Positions and names that differ from dataset to dataset: one function for each kind of trap."""

import numpy as np
import pandas as pd

from benchmarks.hard_world.farms import (
    MARKET,
    NEXT_EDITION,
    OUTLINES,
    PLANNING,
    REGISTER,
    SATELLITE,
    TRACED,
    Listed,
    farms,
    listed,
    records_of,
    with_company,
)
from loaders.core.arrays import Rows


def plain(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """One plant, at nearly the same place in all datasets."""
    return records_of(
        farms(sites, random),
        random,
        [
            Listed(REGISTER, share=0.8),
            Listed(NEXT_EDITION, (0, 0.05)),
            Listed(PLANNING, (0, 0.2), share=0.7, named=0.8),
            Listed(MARKET, (0, 0.3), share=0.7, named=0.8),
            Listed(SATELLITE, (0, 0.2), share=0.6),
            Listed(OUTLINES, share=0.5),
            Listed(TRACED, (0, 0.02), share=0.4),
        ],
    )


def moved(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Relocated in proportion to its size, by two radii at most, some with another plant nearby."""
    return records_of(
        with_company(farms(sites, random), random),
        random,
        [
            Listed(REGISTER, share=0.9),
            Listed(NEXT_EDITION, (0.1, 0.6)),
            Listed(PLANNING, (0, 0.3), share=0.7),
            Listed(MARKET, (0.3, 2), share=0.7, named=0.7),
            Listed(SATELLITE, (0, 0.3), share=0.5),
        ],
    )


def moved_without_names(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """The same without names."""
    return records_of(
        with_company(farms(sites, random), random),
        random,
        [
            Listed(REGISTER, named=0),
            Listed(NEXT_EDITION, (0.1, 0.6), named=0),
            Listed(MARKET, (0.3, 1.2), share=0.7, named=0),
            Listed(SATELLITE, (0, 0.3), share=0.5),
        ],
    )


def new_neighbour(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """The plant was corrected to another place, and a new plant stands where the old edition has it."""
    farm = farms(sites, random, (1, 80))
    newcomer = farms(sites, random).assign(
        plant=farm["plant"] + len(farm),
        mw=(farm["mw"] * random.uniform(0.7, 1.3, len(farm))).round(2),
        radius_m=farm["radius_m"],
        area_m2=farm["area_m2"],
        year=random.integers(2021, 2023, len(farm)),
    )
    there = _placed(farm, random.uniform(1.0, 1.6, len(farm)) * farm["radius_m"] + 20, random)
    return [
        *records_of(farm, random, [Listed(REGISTER), Listed(MARKET, (0, 0.1), share=0.6, named=0.9)]),
        *records_of(there, random, [Listed(NEXT_EDITION), Listed(PLANNING, (0, 0.1), share=0.6)]),
        *records_of(
            newcomer, random, [Listed(NEXT_EDITION, metres=(0, 8)), Listed(PLANNING, metres=(0, 8), share=0.6)]
        ),
    ]


def expanded(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Extended by up to 80 % between two datasets, and moved a little: the same plant, with other figures."""
    farm = with_company(farms(sites, random, (1, 100)), random)
    larger = farm.assign(mw=(farm["mw"] * random.uniform(1.2, 1.8, len(farm))).round(2))
    return [
        *records_of(farm, random, [Listed(REGISTER), Listed(MARKET, (0, 0.3), share=0.7, named=0.7)]),
        *records_of(larger, random, [Listed(NEXT_EDITION, (0, 0.4)), Listed(PLANNING, (0, 0.3), share=0.7)]),
    ]


def rounded(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Coordinates of one dataset are rounded to 0.01°; what is small has a name there."""
    farm = with_company(farms(sites, random, (1, 150)), random)
    rows = records_of(
        farm, random, [Listed(REGISTER, share=0.8), Listed(NEXT_EDITION), Listed(PLANNING, (0, 0.1), share=0.7)]
    )
    market = listed(farm, Listed(MARKET, (0, 0.1), named=1.0), random)
    is_large = (market["mw"] > 30) & (random.random(len(market)) < 0.5)
    return [*rows, market.assign(name=market["name"].mask(is_large, ""), decimals=2)]


def placeholder(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Plants whose position is not known: at (0, 0), or all of a region at one spot. Only names tell them apart."""
    farm = farms(np.where(np.arange(len(sites)) % 2, -1, sites[len(sites) - 1]), random, (1, 50))
    farm = farm.assign(number=0).drop_duplicates("name")
    return records_of(farm, random, [Listed(PLANNING, share=0.65), Listed(MARKET, share=0.65)])


def spelling(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Kilometres apart: the same name in another spelling is the only evidence."""
    farm = with_company(farms(sites, random, (1, 20)), random)
    ways = [Listed(REGISTER), Listed(NEXT_EDITION, (0, 0.1)), Listed(PLANNING, (3.2, 3.5), (300, 2500), share=0.7)]
    return records_of(farm, random, [*ways, Listed(MARKET, (3.2, 3.5), (300, 2500), share=0.7)])


def wrong_names(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Moved, half of the capacities resized; half of the names are missing, 30 % of the others are another plant's."""
    farm = with_company(farms(sites, random, (1, 100)), random)
    ways = [
        Listed(REGISTER, share=0.8),
        Listed(NEXT_EDITION, (0, 0.2)),
        Listed(PLANNING, (0, 1.5), (0, 250), share=0.7, named=0.5, resized=0.3),
        Listed(MARKET, (0, 1.5), (0, 250), share=0.7, named=0.5, resized=0.3),
    ]
    register, following, *others = records_of(farm, random, ways)
    return [register, following, *(_misnamed(rows, random) for rows in others)]


def _placed(farm: pd.DataFrame, far_m: "pd.Series[float]", random: np.random.Generator) -> pd.DataFrame:
    """The farms somewhere else, at these distances."""
    way = random.uniform(0, 2 * np.pi, len(farm))
    return farm.assign(x_m=farm["x_m"] + far_m * np.cos(way), y_m=farm["y_m"] + far_m * np.sin(way))


def _misnamed(rows: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """The same records, of which 30 % have the name of another one."""
    is_wrong = (random.random(len(rows)) < 0.3) & (rows["name"] != "")
    return rows.assign(name=rows["name"].mask(is_wrong, random.choice(rows["name"][rows["name"] != ""], len(rows))))
