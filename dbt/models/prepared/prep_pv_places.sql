with features as (

    select * from {{ ref('stg_pv_features') }}

),

claims as (

    select
        claims.*,
        boundaries.country,
        boundaries.region
    from {{ ref('prep_pv_place_claims') }} as claims
    inner join {{ ref('stg_admin_boundaries') }} as boundaries on claims.boundary_id = boundaries.boundary_id

),

countries as (

    select
        *,
        count(*) filter (where is_inside) over each as insides,
        sum(share) over each as shares,
        nth_value(share, 2) over best as second_share
    from claims
    where subtype = 'country'
    window
        each as (partition by record_id),
        best as (
            partition by record_id
            order by share desc, distance_m, country nulls last, boundary_id
            rows between unbounded preceding and unbounded following
        )
    qualify row_number() over best = 1

),

regions as (

    select claims.*
    from claims
    inner join countries on claims.record_id = countries.record_id and claims.country = countries.country
    where claims.subtype = 'region'
    qualify row_number() over (
        partition by claims.record_id order by claims.share desc, claims.distance_m, claims.region, claims.boundary_id
    ) = 1

)

select
    features.record_id,
    countries.country,
    regions.region,
    case
        when countries.distance_m > 0 then 'nearest'
        when countries.record_id is null then null
        when features.geometry_kind = 'polygon' then 'shared_area'
        else 'contained'
    end as admin_method,
    countries.distance_m as admin_distance_m,
    {{ place_flags() }} as admin_flags
from features
left join countries on features.record_id = countries.record_id
left join regions on features.record_id = regions.record_id
