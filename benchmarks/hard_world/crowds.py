"""Several plants where one is easily taken for another, and outlines: one function for each kind of trap."""

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
)
from loaders.core.arrays import Rows

ROOFS_MW = (0.003, 0.03)


def one_spot_by_capacity(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Two to three plants at the same coordinates, without names: only their capacities differ."""
    farm = farms(sites[::2], random, (1, 20), 3)
    farm["mw"] = (farm["mw"] * 1.7 ** farm["member"]).round(2)
    farm = farm[(farm["member"] < 2) | (farm["site"] % 4 == 0)]
    ways = [Listed(key, named=0) for key in (REGISTER, NEXT_EDITION, PLANNING, MARKET)]
    return records_of(farm, random, ways)


def one_spot_by_name(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Four plants of one capacity at the coordinates of a post code: only their names differ."""
    farm = farms(sites[::4], random, (1, 10), 4)
    farm["name"] = farms(np.arange(len(farm)), random)["name"]
    farm["number"] = 0
    ways = [Listed(key) for key in (REGISTER, NEXT_EDITION, PLANNING, MARKET)]
    return [rows.assign(mw=rows["mw"].round(0) + 1) for rows in records_of(farm, random, ways)]


def running_numbers(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Phases next to each other that differ by a number in their name; the oldest dataset knows the first one only."""
    farm = farms(sites[::2], random, (1, 30), 3)
    farm["x_m"] = farm["member"] * 2.2 * farm["radius_m"]
    return [
        *records_of(farm[farm["member"] == 0], random, [Listed(REGISTER)]),
        *records_of(
            farm,
            random,
            [
                Listed(NEXT_EDITION, (0, 0.3)),
                Listed(PLANNING, (0, 0.5), share=0.8),
                Listed(MARKET, (0, 0.5), share=0.8),
            ],
        ),
    ]


def one_developer(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Four plants of one size around a crossing, of one developer: if names are stated, they differ by a number."""
    farm = farms(sites[::3], random, (2, 8), 4)
    farm["number"] += random.integers(8, 40, len(farm) // 4).repeat(4)
    farm["x_m"] = farm["member"] % 2 * 3 * farm["radius_m"]
    farm["y_m"] = farm["member"] // 2 * 3 * farm["radius_m"]
    ways = [
        Listed(REGISTER, share=0.7),
        Listed(NEXT_EDITION, (0, 0.5)),
        Listed(PLANNING, (0, 0.7), share=0.8),
        Listed(MARKET, (0, 0.4), share=0.8, named=0.6),
    ]
    return records_of(farm, random, ways)


def resubmitted(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """A planning register lists the site twice; the refused application was for a larger plant, never built."""
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
    return [*records_of(farm, random, ways), *records_of(refused, random, [Listed(PLANNING, (0, 0.1))])]


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
    return records_of(both, random, ways)


def neighbours(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Two farms without names, one dataset moved so far that the nearest point is the other farm's."""
    farm = farms(sites[::2], random, (5, 60), 2)
    farm["mw"] = (farm["mw"] * np.where(farm["member"] == 1, 1.4, 1)).round(2)
    farm["x_m"] = farm["member"] * 2.1 * farm["radius_m"]
    far = random.uniform(0.5, 1.5, len(farm) // 2).repeat(2)
    shifted = farm.assign(x_m=farm["x_m"] + far * farm["radius_m"])
    there = listed(shifted, Listed(PLANNING, named=0), random)
    return [*records_of(farm, random, [Listed(REGISTER, named=0), Listed(NEXT_EDITION, (0, 0.1), named=0)]), there]


def roofs(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Roofs along a street, without names; a few metres off."""
    farm = farms(sites[::8], random, ROOFS_MW, 16)
    farm["mw"] = np.exp(random.uniform(np.log(ROOFS_MW[0]), np.log(ROOFS_MW[1]), len(farm))).round(4)
    farm["number"] = 0
    farm["area_m2"], farm["radius_m"] = farm["mw"] * 6000, np.sqrt(farm["mw"] * 6000 / np.pi)
    farm["x_m"], farm["y_m"] = farm["member"] % 4 * 60.0, farm["member"] // 4 * 60.0
    ways = [Listed(key, metres=(0, 4), share=0.8, named=0) for key in (PLANNING, SATELLITE)]
    return records_of(farm, random, ways)


def outlines_shifted(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Small outlines, both drawn with a shift of 8 to 12 m; every other one has a neighbour at some distance."""
    farm = farms(sites, random, (0.02, 0.1), 2)
    farm["area_m2"] = random.uniform(30, 60, len(sites)).repeat(2) ** 2 * random.uniform(0.95, 1.05, len(farm))
    farm["x_m"] = farm["member"] * (np.sqrt(farm["area_m2"]) + random.uniform(30, 60, len(sites)).repeat(2))
    farm = farm[(farm["member"] == 0) | (farm["site"] % 2 == 0)]
    return records_of(farm, random, [Listed(OUTLINES, metres=(8, 12)), Listed(TRACED, metres=(8, 12))])


def around_an_outline(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Points outside of the outline that they mean, by names in common and their capacity."""
    farm = farms(sites, random, (1, 60))
    ways = [
        Listed(OUTLINES),
        Listed(NEXT_EDITION, (0, 0.4)),
        Listed(PLANNING, (1.0, 1.5), share=0.8),
        Listed(MARKET, (1.0, 1.5), share=0.8),
    ]
    return records_of(farm, random, ways)


def side_by_side(sites: Rows, random: np.random.Generator) -> list[pd.DataFrame]:
    """Three small outlines in a row; at each site, one dataset has all of them shifted by the same 6 to 12 m."""
    farm = farms(sites[::2], random, (0.02, 0.1), 3)
    farm["area_m2"] = random.uniform(30, 60, len(farm) // 3).repeat(3) ** 2
    farm["x_m"] = farm["member"] * (np.sqrt(farm["area_m2"]) + random.uniform(3, 10, len(farm) // 3).repeat(3))
    far_m = random.uniform(6, 12, len(farm) // 3).repeat(3)
    way = random.uniform(0, 2 * np.pi, len(farm) // 3).repeat(3)
    there = farm.assign(x_m=farm["x_m"] + far_m * np.cos(way), y_m=farm["y_m"] + far_m * np.sin(way))
    outlines, traced = listed(farm, Listed(OUTLINES), random), listed(there, Listed(TRACED, metres=(0, 0.5)), random)
    return [outlines, traced]
