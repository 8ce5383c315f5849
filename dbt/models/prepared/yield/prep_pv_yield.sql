-- Null is no estimate: no_energy says why. The cell to look up is null at a placeholder: a second condition on the join
-- would compare each installation with each cell.
with installations as (

    select
        shapes.installation_id,
        coalesce(shapes.is_placeholder, false) as is_placeholder,
        h3_cell_of(shapes.record_lon, shapes.record_lat, settings.irradiance_h3_resolution) as irradiance_cell,
        case when not coalesce(shapes.is_placeholder, false) then irradiance_cell end as known_cell
    from {{ ref('prep_pv_installation_shapes') }} as shapes
    cross join {{ ref('stg_settings') }} as settings

),

panels as (

    select
        installations.installation_id,
        {{ panel_capacity_method() }} as panel_capacity_method,
        {{ panel_capacity_mw() }} as panel_capacity_mw
    from {{ ref('prep_pv_installations') }} as installations
    cross join {{ ref('stg_settings') }} as settings

),

years as (

    select * from {{ ref('stg_solar_irradiance') }}
    where month is null

)

select
    installations.installation_id,
    installations.irradiance_cell,
    panels.panel_capacity_mw,
    panels.panel_capacity_method,
    years.provider as irradiance_provider,
    years.ghi_kwh_per_m2,
    years.poa_kwh_per_m2,
    years.specific_yield_kwh_per_kwp,
    round(panels.panel_capacity_mw * years.specific_yield_kwh_per_kwp, 3) as energy_mwh,
    case when panels.panel_capacity_mw is not null then years.specific_yield_kwh_per_kwp / 8760 end as capacity_factor,
    years.tilt_deg,
    years.azimuth_deg,
    years.losses,
    years.model_chain,
    years.is_upper_bound,
    case
        when installations.is_placeholder then 'placeholder position'
        when years.h3_cell is null then coalesce(refused.provider || ': ' || refused.reason, 'no irradiance')
        when panels.panel_capacity_mw is null then 'neither capacity nor outline'
    end as no_energy
from installations
inner join panels on installations.installation_id = panels.installation_id
left join years on installations.known_cell = years.h3_cell
left join {{ ref('stg_irradiance_refused') }} as refused on installations.irradiance_cell = refused.h3_cell
