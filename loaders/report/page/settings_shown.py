"""The settings that decide what is in the tables, for the page."""

from dataclasses import dataclass

from loaders.settings.params import Settings


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting of params.yaml, its value, and what it decides."""

    name: str
    value: str
    meaning: str


def settings_shown(settings: Settings) -> list[Shown]:
    """The settings that change which installations there are, and what is said of them."""
    dedup, energy = settings.dedup, settings.energy
    return [
        Shown("origin", settings.origin, "the bundled samples, or the published records"),
        Shown("include_status", ", ".join(settings.include_status), "statuses of the installations in the tables"),
        Shown("include_technology", ", ".join(settings.include_technology), "their technologies"),
        Shown("licences.allow", ", ".join(settings.licences.allow), "licences whose records may be published"),
        Shown(
            "dedup.shared_of_smaller",
            f"{dedup.shared_of_smaller:g}",
            "share of the smaller outline that lies in the larger one, from which two are one installation",
        ),
        Shown("dedup.near_m", f"{dedup.near_m:g} m", "distance within which a point belongs to another record"),
        Shown("boundaries.source", settings.boundaries.source, "where the countries come from, of published records"),
        Shown("irradiance.provider", settings.irradiance.provider, "where the irradiance of the energy comes from"),
        Shown("energy.dc_per_ac", f"{energy.dc_per_ac:g}", "capacity of the panels per capacity of the inverters"),
        Shown("energy.mw_per_km2", f"{energy.mw_per_km2:g}", "capacity of the panels per km² where none is stated"),
    ]
