with countries as (

    select * from {{ ref('prep_pv_country_totals') }}

)

select
    country,
    installations,
    outlines,
    high_confidence,
    area_km2,
    installations_with_capacity,
    capacity_ac_mw,
    capacity_dc_mw,
    capacity_unknown_basis_mw,
    licence,
    licence_kind,
    is_synthetic,
    installations_with_energy,
    panel_capacity_mw,
    energy_mwh,
    capacity_factor,
    energy_is_upper_bound
from countries
