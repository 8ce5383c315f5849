with cells as (

    select * from {{ ref('prep_pv_cell_totals') }}

)

select
    h3_cell,
    geometry,
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
    is_synthetic
from cells
