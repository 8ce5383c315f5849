"""What makes matching hard: one function for each kind of trap, from sites to the records of all datasets.

Each was seen in published inventories. The evidence for the right answer is in the records: in names, capacities,
sizes, or distances.
"""

from collections.abc import Callable, Sequence

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
    with_company,
)
from loaders.core.arrays import Rows

Trap = Callable[[Rows, np.random.Generator], list[pd.DataFrame]]
POINTS = (REGISTER, NEXT_EDITION, PLANNING, MARKET)


def _all(farm: pd.DataFrame, random: np.random.Generator, ways: Sequence[Listed]) -> list[pd.DataFrame]:
    return [listed(farm, how, random) for how in ways]


def plain(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """One plant, at nearly the same place in all datasets."""
    return _all(
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
    return _all(
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
    return _all(
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
        *_all(farm, random, [Listed(REGISTER), Listed(MARKET, (0, 0.1), share=0.6, named=0.9)]),
        *_all(there, random, [Listed(NEXT_EDITION), Listed(PLANNING, (0, 0.1), share=0.6)]),
        *_all(newcomer, random, [Listed(NEXT_EDITION, metres=(0, 8)), Listed(PLANNING, metres=(0, 8), share=0.6)]),
    ]


def one_spot_by_capacity(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Two to three plants at the same coordinates, without names: only their capacities differ."""
    farm = farms(sites[::2], random, (1, 20), 3)
    farm["mw"] = (farm["mw"] * 1.7 ** farm["member"]).round(2)
    farm = farm[(farm["member"] < 2) | (farm["site"] % 4 == 0)]
    ways = [Listed(key, named=0) for key in (REGISTER, NEXT_EDITION, PLANNING, MARKET)]
    return _all(farm, random, ways)


def one_spot_by_name(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Four plants of one capacity at the coordinates of a post code: only their names differ."""
    farm = farms(sites[::4], random, (1, 10), 4)
    farm["name"] = farms(np.arange(len(farm)), random)["name"]
    farm["number"] = 0
    ways = [Listed(key) for key in POINTS]
    return [rows.assign(mw=rows["mw"].round(0) + 1) for rows in _all(farm, random, ways)]


def running_numbers(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Phases beside each other that differ by a number in their name; the oldest dataset knows the first one only."""
    farm = farms(sites[::2], random, (1, 30), 3)
    farm["x_m"] = farm["member"] * 2.2 * farm["radius_m"]
    return [
        *_all(farm[farm["member"] == 0], random, [Listed(REGISTER)]),
        *_all(
            farm,
            random,
            [
                Listed(NEXT_EDITION, (0, 0.3)),
                Listed(PLANNING, (0, 0.5), share=0.8),
                Listed(MARKET, (0, 0.5), share=0.8),
            ],
        ),
    ]


def resubmitted(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """A planning register lists the site twice; the refused application was for a larger plant, which nobody built."""
    farm = farms(sites, random)
    refused = farm.assign(
        plant=farm["plant"] + len(farm),
        mw=(farm["mw"] * random.uniform(1.25, 1.7, len(farm))).round(2),
        name=farm["name"] + np.where(random.random(len(farm)) < 0.5, " (resubmission)", ""),
        year=0,
    )
    ways = [
        Listed(REGISTER, (0, 0.1), share=0.8),
        Listed(NEXT_EDITION, (0, 0.1)),
        Listed(PLANNING, (0, 0.1)),
        Listed(MARKET, (0, 0.3), share=0.5),
    ]
    return [*_all(farm, random, ways), *_all(refused, random, [Listed(PLANNING, (0, 0.1))])]


def rounded(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Coordinates of one dataset are rounded to 0.01°; what is small has a name there."""
    farm = with_company(farms(sites, random, (1, 150)), random)
    rows = _all(
        farm, random, [Listed(REGISTER, share=0.8), Listed(NEXT_EDITION), Listed(PLANNING, (0, 0.1), share=0.7)]
    )
    market = listed(farm, Listed(MARKET, (0, 0.1), named=1.0), random)
    is_large = (market["mw"] > 30) & (random.random(len(market)) < 0.5)
    return [*rows, market.assign(name=market["name"].mask(is_large, ""), is_rounded=True)]


def placeholder(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Plants whose position is not known: at (0, 0), or all of a region at one spot. Only names tell them apart."""
    farm = farms(np.where(np.arange(len(sites)) % 2, -1, sites[len(sites) - 1]), random, (1, 50))
    farm = farm.assign(number=0).drop_duplicates("name")
    return _all(farm, random, [Listed(PLANNING, share=0.65), Listed(MARKET, share=0.65)])


def spelling(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Kilometres apart: the same name in another spelling is the only evidence."""
    farm = with_company(farms(sites, random, (1, 20)), random)
    ways = [Listed(REGISTER), Listed(NEXT_EDITION, (0, 0.1)), Listed(PLANNING, (3.2, 3.5), (300, 2500), share=0.7)]
    return _all(farm, random, [*ways, Listed(MARKET, (3.2, 3.5), (300, 2500), share=0.7)])


def same_name(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Two plants of one name some kilometres apart, one several times larger than the other."""
    farm = farms(sites[::2], random, (1, 8))
    other = farm.assign(
        plant=farm["plant"] + len(farm),
        mw=(farm["mw"] * random.uniform(4, 9, len(farm))).round(2),
        area_m2=farm["area_m2"] * 6,
        radius_m=farm["radius_m"] * np.sqrt(6),
        y_m=random.uniform(3000, 8000, len(farm)),
    )
    both = pd.concat([farm, other], ignore_index=True)
    ways = [Listed(REGISTER), Listed(NEXT_EDITION, (0, 0.1)), Listed(PLANNING, (0, 0.2)), Listed(MARKET, (0, 0.4))]
    return _all(both, random, ways)


def neighbours(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Two farms without names, one dataset moved so far that the nearest point is the other farm's."""
    farm = farms(sites[::2], random, (5, 60), 2)
    farm["mw"] = (farm["mw"] * np.where(farm["member"] == 1, 1.4, 1)).round(2)
    farm["x_m"] = farm["member"] * 2.1 * farm["radius_m"]
    far = random.uniform(0.5, 1.5, len(farm) // 2).repeat(2)
    shifted = farm.assign(x_m=farm["x_m"] + far * farm["radius_m"])
    there = listed(shifted, Listed(PLANNING, named=0), random)
    return [*_all(farm, random, [Listed(REGISTER, named=0), Listed(NEXT_EDITION, (0, 0.1), named=0)]), there]


def roofs(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Roofs along a street, without names; a few metres off."""
    farm = farms(sites[::8], random, (0.005, 0.1), 16)
    farm["mw"] = np.exp(random.uniform(np.log(0.005), np.log(0.1), len(farm))).round(4)
    farm["number"] = 0
    farm["area_m2"], farm["radius_m"] = farm["mw"] * 6000, np.sqrt(farm["mw"] * 6000 / np.pi)
    farm["x_m"], farm["y_m"] = farm["member"] % 4 * 60.0, farm["member"] // 4 * 60.0
    ways = [Listed(key, metres=(0, 4), share=0.8, named=0) for key in (PLANNING, SATELLITE)]
    return _all(farm, random, ways)


def outlines_shifted(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Small outlines, both drawn with a shift of 8 to 12 m; every other one has a neighbour at some distance."""
    farm = farms(sites, random, (0.02, 0.1), 2)
    farm["area_m2"] = random.uniform(30, 60, len(sites)).repeat(2) ** 2 * random.uniform(0.95, 1.05, len(farm))
    farm["x_m"] = farm["member"] * (np.sqrt(farm["area_m2"]) + random.uniform(30, 60, len(sites)).repeat(2))
    farm = farm[(farm["member"] == 0) | (farm["site"] % 2 == 0)]
    return _all(farm, random, [Listed(OUTLINES, metres=(8, 12)), Listed(TRACED, metres=(8, 12))])


def around_an_outline(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Points outside of the outline that they mean, by names in common and their capacity."""
    farm = farms(sites, random, (1, 60))
    ways = [
        Listed(OUTLINES),
        Listed(NEXT_EDITION, (0, 0.4)),
        Listed(PLANNING, (1.0, 1.5), share=0.8),
        Listed(MARKET, (1.0, 1.5), share=0.8),
    ]
    return _all(farm, random, ways)


def wrong_names(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Moved, half of the capacities resized; half of the names are missing, 30 % of the others are another plant's."""
    farm = with_company(farms(sites, random, (1, 100)), random)
    ways = [
        Listed(REGISTER, share=0.8),
        Listed(NEXT_EDITION, (0, 0.2)),
        Listed(PLANNING, (0, 2), (0, 400), share=0.7, named=0.5, resized=0.3),
        Listed(MARKET, (0, 2), (0, 400), share=0.7, named=0.5, resized=0.3),
    ]
    register, following, *others = _all(farm, random, ways)
    return [register, following, *(_misnamed(rows, random) for rows in others)]


TRAPS: dict[str, Trap] = {
    trap.__name__: trap
    for trap in (
        plain, moved, moved_without_names, new_neighbour, one_spot_by_capacity, one_spot_by_name, running_numbers,
        resubmitted, rounded, placeholder, spelling, same_name, neighbours, roofs, outlines_shifted, around_an_outline,
        wrong_names,
    )
}  # fmt: skip


def _placed(farm: pd.DataFrame, far_m: "pd.Series[float]", random: np.random.Generator) -> pd.DataFrame:
    """The farms somewhere else, at these distances."""
    way = random.uniform(0, 2 * np.pi, len(farm))
    return farm.assign(x_m=farm["x_m"] + far_m * np.cos(way), y_m=farm["y_m"] + far_m * np.sin(way))


def _misnamed(rows: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """The same records, of which 30 % have the name of another one."""
    is_wrong = (random.random(len(rows)) < 0.3) & (rows["name"] != "")
    return rows.assign(name=rows["name"].mask(is_wrong, random.choice(rows["name"][rows["name"] != ""], len(rows))))
