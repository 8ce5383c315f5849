-- Of the records whose licence is allowed; the others are in prep_pv_rejected. Numbered before shapes and attributes
-- are joined, which a sort would copy.
with terms as (

    select * from {{ ref('stg_dataset_terms') }}

),

licences as (

    select * from {{ ref('stg_licence_terms') }}

),

places as (

    select * from {{ ref('prep_pv_places') }}

),

numbers as (

    select
        features.record_id,
        {{ left_out() }} as left_out,
        row_number() over (order by left_out is not null, features.record_id) as record_number,
        terms.priority,
        licences.licence_kind,
        licences.strictness
    from {{ ref('prep_pv_features') }} as features
    cross join {{ ref('stg_settings') }} as settings
    inner join terms on features.dataset_key = terms.dataset_key
    inner join licences on features.dataset_key = licences.dataset_key and features.licence = licences.licence
    where licences.is_allowed

)

select
    features.*,
    numbers.* exclude (numbers.record_id),
    features.source_area_m2 / nullif(features.area_m2, 0) as stated_area_ratio,
    1e6 * features.capacity_mw / nullif(coalesce(features.area_m2, features.source_area_m2), 0)
        as power_density_w_per_m2,
    places.country,
    places.region,
    places.admin_method,
    places.admin_distance_m,
    places.admin_flags
from {{ ref('prep_pv_features') }} as features
inner join numbers on features.record_id = numbers.record_id
inner join places on features.record_id = places.record_id
