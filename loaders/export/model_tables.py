"""Installations as input of energy system models: powerplantmatching, PyPSA-Eur and PyPSA.

Columns of powerplantmatching: `target_columns` of its configuration. Columns of PyPSA's generators: its component
attributes. docs/how-to/export.md has the mapping.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa

OPERATING = "status IN ('operating', 'unknown')"
USABLE = f"{OPERATING} AND capacity_mw IS NOT NULL"  # a model needs a capacity, of a plant that stands
TECHNOLOGY = {"pv": "PV", "csp": "CSP"}
CARRIER = {"pv": "solar", "csp": "csp", "unknown": "solar"}
# the names of powerplantmatching's `target_countries`; it uses no other country
COUNTRY_NAMES = {
    "AL": "Albania", "AT": "Austria", "BA": "Bosnia and Herzegovina", "BE": "Belgium", "BG": "Bulgaria",
    "CH": "Switzerland", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "EE": "Estonia", "ES": "Spain",
    "FI": "Finland", "FR": "France", "GB": "United Kingdom", "GR": "Greece", "HR": "Croatia", "HU": "Hungary",
    "IE": "Ireland", "IT": "Italy", "LT": "Lithuania", "LU": "Luxembourg", "LV": "Latvia", "MD": "Moldova",
    "ME": "Montenegro", "MK": "North Macedonia", "NL": "Netherlands", "NO": "Norway", "PL": "Poland",
    "PT": "Portugal", "RO": "Romania", "RS": "Serbia", "SE": "Sweden", "SI": "Slovenia", "SK": "Slovakia",
    "UA": "Ukraine", "XK": "Kosovo",
}  # fmt: skip
NEEDED = (
    *("installation_id", "name", "technology", "status", "country", "capacity_mw", "capacity_basis", "installed_to"),
    *("centroid_lon", "centroid_lat"),
)
POWER_PLANT = pa.schema(
    [
        ("id", pa.int64()),
        *((name, pa.string()) for name in ("Name", "Fueltype", "Technology", "Set", "Country")),
        *((name, pa.float64()) for name in ("Capacity", "Efficiency", "DateIn", "DateRetrofit", "DateOut")),
        *((name, pa.float64()) for name in ("lat", "lon", "Duration", "Volume_Mm3", "DamHeight_m")),
        *(("StorageCapacity_MWh", pa.float64()), ("EIC", pa.string()), ("projectID", pa.string())),
    ]
)
GENERATOR = pa.schema(
    [
        *((name, pa.string()) for name in ("name", "bus", "carrier")),
        *(("p_nom", pa.float64()), ("build_year", pa.int64()), ("lon", pa.float64()), ("lat", pa.float64())),
        *(("country", pa.string()), ("plant_name", pa.string())),
    ]
)
Row = dict[str, Any]


def model_table(installations: pa.Table, model: str, dc_per_ac: float) -> pa.Table:
    """Installations in the columns and units of a model.

    Args:
        installations: those that meet USABLE, with the columns NEEDED.
        model: one of MODELS.
        dc_per_ac: capacity of panels over that of inverters, for capacities in DC; models want AC.
    """
    rows = [row | {"ac_mw": _ac_mw(row, dc_per_ac)} for row in installations.select(NEEDED).to_pylist()]
    schema, convert = MODELS[model]
    return pa.Table.from_pylist(list(convert(rows)), schema)


def _ac_mw(row: Row, dc_per_ac: float) -> float:
    """Capacity [MW AC]; an unknown basis is taken for AC."""
    capacity = float(row["capacity_mw"])
    return round(capacity / dc_per_ac, 6) if row["capacity_basis"] == "dc" else capacity


def _power_plants(rows: Iterable[Row], country: Callable[[str | None], str | None]) -> Iterable[Row]:
    for number, row in enumerate(rows):
        yield {
            "id": number,
            "Name": row["name"] or row["installation_id"],
            "Fueltype": "Solar",
            "Technology": TECHNOLOGY.get(row["technology"]),
            "Set": "PP",
            "Country": country(row["country"]),
            "Capacity": row["ac_mw"],
            "DateIn": _year(row),
            "lat": row["centroid_lat"],
            "lon": row["centroid_lon"],
            "projectID": repr({"eo-pv": [row["installation_id"]]}),
        }


def _powerplantmatching(rows: Iterable[Row]) -> Iterable[Row]:
    return _power_plants(rows, lambda code: COUNTRY_NAMES.get(code or "", code))


def _pypsa_eur(rows: Iterable[Row]) -> Iterable[Row]:
    return _power_plants(rows, lambda code: code)


def _generators(rows: Iterable[Row]) -> Iterable[Row]:
    for row in rows:
        yield {
            "name": row["installation_id"],
            "carrier": CARRIER[row["technology"]],
            "p_nom": row["ac_mw"],
            "build_year": _year(row),
            "lon": row["centroid_lon"],  # PyPSA warns of `x` and `y`, which belong to buses
            "lat": row["centroid_lat"],
            "country": row["country"],
            "plant_name": row["name"],
        }


def _year(row: Row) -> int | None:
    """The year by whose end it stood; null where no publisher says so."""
    return None if row["installed_to"] is None else int(row["installed_to"].year)


MODELS: dict[str, tuple[pa.Schema, Callable[[Iterable[Row]], Iterable[Row]]]] = {
    "powerplantmatching": (POWER_PLANT, _powerplantmatching),
    "pypsa-eur": (POWER_PLANT, _pypsa_eur),
    "pypsa": (GENERATOR, _generators),
}
