"""The fictitious installations that the sample datasets observe, each in its own way."""

import csv
import math
import random
from dataclasses import dataclass
from pathlib import Path

ANCHORS = Path(__file__).with_name("anchors.csv")
SCATTER_DEG = 0.08
SEPARATION_M = 500.0
FOOTPRINTS = ("rectangle", "l_shape", "rectangle", "courtyard")

ROOF_TOWNS = {
    "Fresno": (-119.79, 36.74),
    "Stockton": (-121.29, 37.96),
    "Modesto": (-121.00, 37.64),
    "Oxnard": (-119.17, 34.20),
}
ROOFS_PER_TOWN = 9


@dataclass(frozen=True, slots=True)
class Country:
    """How many plants to invent in a country, how large and how old."""

    code: str
    plants: int
    area_ha: tuple[float, float]
    years: tuple[int, int]


COUNTRIES = (
    Country("USA", 72, (0.3, 300.0), (2010, 2022)),
    Country("GBR", 42, (0.6, 60.0), (2010, 2020)),
    Country("IND", 42, (1.0, 300.0), (2010, 2021)),
    Country("CHN", 62, (2.0, 300.0), (2010, 2020)),
    Country("ESP", 8, (1.0, 200.0), (2010, 2020)),
    Country("DEU", 8, (0.5, 60.0), (2010, 2020)),
    Country("ITA", 8, (0.5, 60.0), (2010, 2020)),
    Country("CHL", 8, (5.0, 300.0), (2012, 2022)),
    Country("ZAF", 8, (5.0, 300.0), (2012, 2022)),
    Country("JPN", 8, (0.5, 40.0), (2012, 2022)),
    Country("AUS", 8, (5.0, 300.0), (2014, 2022)),
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A spot on dry land, far enough inside its country that the scatter around it stays there."""

    country: str
    region: str
    county: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Installation:
    """One solar installation as it would be found on the ground.

    `lon` and `lat` are the centre of the `width_m` x `height_m` box that the footprint is cut from;
    `azimuth_deg` turns that box counter-clockwise.
    """

    number: int
    anchor: Anchor
    lon: float
    lat: float
    footprint: str
    width_m: float
    height_m: float
    azimuth_deg: float
    mw_per_km2: float
    year: int
    is_roof: bool = False

    @property
    def name(self) -> str:
        """A name that no other installation has; it also seeds whatever is random about the installation."""
        return f"{self.anchor.country}-{'roof' if self.is_roof else 'plant'}-{self.number:03d}"

    @property
    def reach_m(self) -> float:
        """Radius of the circle around the centre that holds the whole box."""
        return math.hypot(self.width_m, self.height_m) / 2


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Length of one degree of longitude and of latitude on WGS 84 (the NGA's series).

    Not `loaders.geo.earth`, which differs by a few centimetres: the bytes of the bundled samples follow from this.
    """
    phi = math.radians(lat)
    east = 111412.84 * math.cos(phi) - 93.5 * math.cos(3 * phi) + 0.118 * math.cos(5 * phi)
    north = 111132.92 - 559.82 * math.cos(2 * phi) + 1.175 * math.cos(4 * phi) - 0.0023 * math.cos(6 * phi)
    return east, north


def installations() -> tuple[Installation, ...]:
    """All plants and roofs, every two of them at least `SEPARATION_M` apart."""
    found = _roofs()
    anchors = _anchors()
    for country in COUNTRIES:
        spots = [anchor for anchor in anchors if anchor.country == country.code]
        for number in range(country.plants):
            found.append(_plant(country, number, spots[number % len(spots)], found))
    return tuple(found)


def _anchors() -> list[Anchor]:
    with ANCHORS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Anchor(r["country"], r["region"], r["county"], float(r["lon"]), float(r["lat"])) for r in rows]


def _plant(country: Country, number: int, anchor: Anchor, others: list[Installation]) -> Installation:
    """The first draw that keeps its distance from the others."""
    rng = random.Random(f"{country.code}/{number}")
    while True:
        plant = _draw(rng, country, number, anchor)
        if all(_are_apart(plant, other) for other in others):
            return plant


def _draw(rng: random.Random, country: Country, number: int, anchor: Anchor) -> Installation:
    smallest, largest = country.area_ha
    box_m2 = 1e4 * smallest * (largest / smallest) ** rng.random()
    slenderness = rng.uniform(0.7, 1.4)
    # Rounded here, so that the last bit of a libm function cannot travel on into the coordinates.
    return Installation(
        number=number,
        anchor=anchor,
        lon=round(anchor.lon + rng.uniform(-SCATTER_DEG, SCATTER_DEG), 6),
        lat=round(anchor.lat + rng.uniform(-SCATTER_DEG, SCATTER_DEG), 6),
        footprint=FOOTPRINTS[number % len(FOOTPRINTS)],
        width_m=round(math.sqrt(box_m2) * slenderness, 1),
        height_m=round(math.sqrt(box_m2) / slenderness, 1),
        azimuth_deg=round(rng.uniform(0, 90), 1),
        mw_per_km2=round(rng.uniform(30, 60), 1),
        year=rng.randrange(country.years[0], country.years[1] + 1),
    )


def _roofs() -> list[Installation]:
    roofs: list[Installation] = []
    for town, (lon, lat) in ROOF_TOWNS.items():
        anchor = Anchor("USA", "California", town, lon, lat)
        roofs += [_roof(len(roofs) + place, place, anchor) for place in range(ROOFS_PER_TOWN)]
    return roofs


def _roof(number: int, place: int, anchor: Anchor) -> Installation:
    """A roof of 20 to 2000 m2 at its place in a grid of three by three streets."""
    rng = random.Random(f"roof/{number}")
    side_m = math.sqrt(20 * 100 ** rng.random())
    return Installation(
        number=number,
        anchor=anchor,
        lon=round(anchor.lon + 0.008 * (place % 3 - 1) + rng.uniform(-0.0005, 0.0005), 6),
        lat=round(anchor.lat + 0.008 * (place // 3 - 1) + rng.uniform(-0.0005, 0.0005), 6),
        footprint="rectangle",
        width_m=round(side_m * 1.2, 1),
        height_m=round(side_m / 1.2, 1),
        azimuth_deg=round(rng.uniform(0, 90), 1),
        mw_per_km2=150.0,
        year=rng.randrange(2010, 2014),
        is_roof=True,
    )


def _are_apart(one: Installation, other: Installation) -> bool:
    east, north = metres_per_degree(one.lat)
    distance_m = math.hypot((one.lon - other.lon) * east, (one.lat - other.lat) * north)
    return distance_m > one.reach_m + other.reach_m + SEPARATION_M
