with features as (

    select * from {{ ref('prep_pv_features') }}

),

claims as (

    select * from {{ ref('prep_pv_place_claims') }}

),

countries as (

    select
        claims.*,
        count(claims.country) filter (where claims.share > 0.01) over (partition by claims.record_id) > 1 as is_across
    from claims
    where claims.subtype = 'country'
    qualify {{ is_best_claim('country') }}

),

regions as (

    select claims.*
    from claims
    inner join countries on claims.record_id = countries.record_id and claims.country = countries.country
    where claims.subtype = 'region'
    qualify {{ is_best_claim('region') }}

)

select
    features.record_id,
    countries.country,
    regions.region,
    case
        when countries.record_id is null then null
        when countries.distance_m > 0 then 'nearest'
        when features.geometry_kind = 'point' then 'contained'
        else 'shared_area'
    end as admin_method,
    countries.distance_m as admin_distance_m,
    case
        when {{ is_placeholder('features') }} then ['placeholder_position']
        when countries.record_id is null then ['no_land_near']
        when countries.country is null or double_claims.record_id is not null then ['doubly_claimed']
        when countries.is_across then ['across_border']
        else []::varchar[]
    end as admin_flags
from features
left join countries on features.record_id = countries.record_id
left join regions on features.record_id = regions.record_id
left join {{ ref('prep_pv_double_claims') }} as double_claims on features.record_id = double_claims.record_id
