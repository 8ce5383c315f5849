"""Everything that the report page tells of the data, read once."""

from dataclasses import dataclass
from pathlib import Path

from loaders.core.paths import ProjectPaths
from loaders.geo.geoparquet import read_parquet
from loaders.report.page import queries
from loaders.report.page.queries import Row, opened_tables, rows


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of the curated tables; areas in km², capacities in MW.

    Attributes:
        headline: totals over all installations.
        licences: installations by the licences of their records.
        inventories: installations by the number of independent inventories that have them.
        countries: by country, with its name.
        datasets: `curated_pv_dataset_summary`.
        synthetic: records of each dataset, and those that are synthetic.
        overlap: `curated_pv_overlap`.
        sizes: installations by panel capacity.
        years: installations by the last year in which they may have been installed.
        density: installations by capacity over area.
        flags: records and installations by flag, with examples.
    """

    headline: Row
    licences: list[Row]
    inventories: list[Row]
    countries: list[Row]
    datasets: list[Row]
    synthetic: list[Row]
    overlap: list[Row]
    sizes: list[Row]
    years: list[Row]
    density: list[Row]
    flags: list[Row]

    @property
    def is_synthetic(self) -> str:
        """Whether `all`, `some` or `none` of the records are synthetic."""
        synthetic, records = (sum(row[name] for row in self.synthetic) for name in ("synthetic", "records"))
        if not synthetic:
            return "none"
        return "all" if synthetic == records else "some"


def read_figures(paths: ProjectPaths) -> Figures:
    """Read the curated tables of an origin.

    Raises:
        BuildError: one is missing.
    """
    with opened_tables(paths) as connection:
        names = _country_names(paths.boundaries)
        countries = rows(connection, queries.COUNTRIES)
        return Figures(
            headline=rows(connection, queries.HEADLINE)[0],
            licences=rows(connection, queries.LICENCES),
            inventories=rows(connection, queries.INVENTORIES),
            countries=[row | {"name": _country_name(row["country"], names)} for row in countries],
            datasets=rows(connection, queries.DATASETS),
            synthetic=rows(connection, queries.SYNTHETIC_RECORDS),
            overlap=rows(connection, queries.OVERLAP),
            sizes=rows(connection, queries.SIZES),
            years=rows(connection, queries.YEARS),
            density=rows(connection, queries.DENSITY),
            flags=rows(connection, queries.FLAGS),
        )


def _country_names(boundaries: Path) -> dict[str, str]:
    """The name of each country; of several, the first in the order of the alphabet."""
    table = read_parquet(boundaries, ["subtype", "country", "name"])  # DuckDB would import pandas to see an Arrow table
    rows_of_countries = [row for row in table.to_pylist() if row["subtype"] == "country"]
    named = [(row["name"], row["country"]) for row in rows_of_countries if row["name"] is not None and row["country"]]
    return {country: name for name, country in sorted(named, reverse=True)}


def _country_name(code: str | None, names: dict[str, str]) -> str:
    return names.get(code, code) if code else "without a country"
