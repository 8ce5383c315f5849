-- Of all records, wherever they are: that of an operator, say, leads to no single plant. Rows that repeat each other
-- are one place.
with places as (

    select
        features.record_id,
        hash(
            features.centroid_lon,
            features.centroid_lat,
            features.area_m2,
            case when features.geometry_kind = 'point' then md5(features.source_attributes) end
        ) as place,
        {{ left_out() }} as left_out
    from {{ ref('stg_pv_features') }} as features
    cross join {{ ref('stg_settings') }} as settings
    inner join {{ ref('stg_licence_terms') }} as licences
        on features.dataset_key = licences.dataset_key and features.licence = licences.licence
    where licences.is_allowed

)

select
    stated.dataset_key,
    stated.namespace,
    stated.identifier
from {{ ref('prep_pv_stated_identifiers') }} as stated
inner join places on stated.record_id = places.record_id
where places.left_out is null
group by stated.dataset_key, stated.namespace, stated.identifier
having count(distinct places.place) > 1
