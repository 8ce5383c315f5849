with installations as (

    select
        installations.*,
        yields.energy_mwh,
        yields.is_upper_bound,
        case when yields.energy_mwh is not null then yields.panel_capacity_mw end as panel_capacity_mw
    from {{ ref('prep_pv_installations') }} as installations
    inner join {{ ref('prep_pv_yield') }} as yields on installations.installation_id = yields.installation_id

)

select
    country,
    {{ installation_totals() }},
    count(energy_mwh) as installations_with_energy,
    {{ exact_sum('panel_capacity_mw', 6) }} as panel_capacity_mw,
    {{ exact_sum('energy_mwh', 3) }} as energy_mwh,
    {{ exact_sum('energy_mwh', 3) }} / nullif({{ exact_sum('panel_capacity_mw', 6) }} * 8760, 0) as capacity_factor,
    bool_or(is_upper_bound) filter (where energy_mwh is not null) as energy_is_upper_bound
from installations
group by country
