-- Of the datasets whose licence is allowed; the others are in prep_pv_rejected.
with features as (

    select * from {{ ref('prep_pv_features') }}

),

terms as (

    select * from {{ ref('stg_dataset_terms') }}

),

places as (

    select * from {{ ref('prep_pv_places') }}

)

select
    features.*,
    {{ left_out() }} as left_out,
    row_number() over (order by left_out is not null, features.record_id) as record_number,
    features.source_area_m2 / nullif(features.area_m2, 0) as stated_area_ratio,
    1e6 * features.capacity_mw / nullif(coalesce(features.area_m2, features.source_area_m2), 0)
        as power_density_w_per_m2,
    h3_cell_of(features.centroid_lon, features.centroid_lat, 5) as h3_cell_5,
    terms.priority,
    terms.licence_kind,
    terms.strictness,
    places.country,
    places.region,
    places.admin_method,
    places.admin_distance_m,
    places.admin_flags
from features
cross join {{ ref('stg_settings') }} as settings
inner join terms on features.dataset_key = terms.dataset_key
inner join places on features.record_id = places.record_id
where terms.is_allowed
