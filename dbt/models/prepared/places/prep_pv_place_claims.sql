with land as (

    select * from {{ ref('prep_pv_land') }}

),

parts as (

    select * from {{ ref('prep_pv_border_parts') }}

),

near as (

    select * from {{ ref('prep_pv_near_land') }}

)

select distinct
    record_id,
    subtype,
    country,
    region,
    claimant,
    null::double as share,
    0::double as distance_m
from land
where not is_contested
union all
select
    record_id,
    subtype,
    country,
    region,
    claimant,
    {{ exact_sum('share', 6) }} as share,
    0::double as distance_m
from parts
group by record_id, subtype, country, region, claimant
union all
select
    record_id,
    subtype,
    country,
    region,
    claimant,
    null::double as share,
    distance_m
from near
