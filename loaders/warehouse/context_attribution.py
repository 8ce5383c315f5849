"""Attribution of boundaries and irradiance in the published tables."""

from collections.abc import Mapping

from loaders.boundaries.overture import ATTRIBUTION, LICENCE
from loaders.boundaries.overture.extract import kept_release
from loaders.core.escape import markdown
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Settings

IRRADIANCE: Mapping[str, str] = {
    "clearsky": "pvlib's sky without clouds, made here: no data of a provider.",
    "pvgis": (
        "[PVGIS](https://joint-research-centre.ec.europa.eu/photovoltaic-geographical-information-system-pvgis_en), "
        "Joint Research Centre of the European Commission: name it as the source."
    ),
    "nsrdb": (
        "[National Solar Radiation Database](https://nsrdb.nlr.gov), PSM4, {typical_year}: name it as the source."
    ),
    "google_solar": (
        "[Google Solar API](https://developers.google.com/maps/documentation/solar): **its results must not be passed "
        "on**. Keep `curated_pv_yield` and `curated_pv_by_country` to yourself."
    ),
}


def context_md(settings: Settings, paths: ProjectPaths) -> str:
    """Sources of boundaries and irradiance with their terms, in Markdown."""
    if settings.boundary_source == "overture":
        boundary_line = (
            f"[Overture Maps](https://docs.overturemaps.org/attribution/), divisions, release "
            f"{markdown(kept_release(settings.boundaries, paths) or settings.boundaries.release)} "
            f"({LICENCE}): name it as `{ATTRIBUTION}`; a database that is derived from it stays under {LICENCE}."
        )
    else:
        boundary_line = "[Natural Earth](https://www.naturalearthdata.com), 1:110 million (public domain)."
    irradiance = settings.irradiance
    irradiance_line = IRRADIANCE[irradiance.provider].format(typical_year=markdown(irradiance.nsrdb.typical_year))
    lines = f"- Countries and regions: {boundary_line}\n- Irradiance and energy: {irradiance_line}\n"
    return f"## What is around the records\n\n{lines}"
