with yields as (

    select * from {{ ref('prep_pv_yield') }}

),

installations as (

    select * from {{ ref('prep_pv_installations') }}

)

select
    yields.installation_id,
    installations.country,
    installations.region,
    yields.irradiance_cell,
    yields.panel_capacity_mw,
    yields.panel_capacity_method,
    yields.irradiance_provider,
    yields.ghi_kwh_per_m2,
    yields.poa_kwh_per_m2,
    yields.specific_yield_kwh_per_kwp,
    yields.energy_mwh,
    yields.capacity_factor,
    yields.tilt_deg,
    yields.azimuth_deg,
    yields.losses,
    yields.model_chain,
    yields.is_upper_bound,
    yields.no_energy,
    installations.licence,
    installations.licence_kind,
    installations.is_synthetic
from yields
inner join installations on yields.installation_id = installations.installation_id
