"""Namespaces of identifiers that inventories have in common, and the columns that hold such identifiers."""

from collections.abc import Mapping

# by namespace its columns, in lower case with underscores between the words; each with other columns that must stand
# next to it where other files use its name too. An identifier of OpenStreetMap needs the type of the object as well.
SHARED_IDENTIFIERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ceg": dict.fromkeys(("codceg", "cod_ceg", "ceg"), ()),
    "eia_plant": dict.fromkeys(("eia_id", "eia_plant_id", "eia_plant_code", "plant_id_eia", "ref_us_eia"), ())
    | {"plant_code": ("utility_id",), "plant_id": ("generator_id", "energy_source_code")},
    "eic": dict.fromkeys(("codeeicresourceobject", "eic", "eic_code", "eic_g", "ref_eu_entsoe_eic"), ()),
    "gem_location": {"gem_location_id": ()},
    "gem_phase": {"gem_phase_id": ()},
    "gppd": dict.fromkeys(("gppd_idnr", "gppd_id"), ()),
    "mastr": dict.fromkeys(("einheitmastrnummer", "mastr_nr_der_einheit", "einheit_mastr_nummer", "mastr_nr"), ()),
    "osm": {},
    "repd": {"repd_id": (), "repd_ref_id": (), "ref_id": ("old_ref_id", "operator_or_applicant")},
    "uspvdb_case": {"uspvdb_case_id": (), "case_id": ("eia_id", "p_name")},
    "wikidata": dict.fromkeys(("wikidata", "wikidata_id", "plant_wikidata"), ()),
}
SHARED_NAMESPACES = frozenset(SHARED_IDENTIFIERS)
