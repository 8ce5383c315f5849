with features as (

    select * from {{ ref('stg_pv_features') }}

)

select
    *,
    source_area_m2 / nullif(area_m2, 0) as stated_area_ratio,
    1e6 * capacity_mw / nullif(coalesce(area_m2, source_area_m2), 0) as power_density_w_per_m2
from features
