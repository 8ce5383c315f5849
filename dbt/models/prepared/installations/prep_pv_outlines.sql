with records as (

    select * from {{ ref('prep_pv_installation_records') }}

),

joined as (

    select
        installation_id,
        dataset_key,
        any_value(priority) as priority,
        count(*) as outlines,
        any_value(area_m2) as single_m2,
        case
            when count(*) = 1 then any_value(geometry)
            else st_setcrs(st_union_agg(geometry order by record_number), 'EPSG:4326')
        end as geometry
    from records
    where geometry_kind = 'polygon' and not is_repeat
    group by installation_id, dataset_key

)

select
    installation_id,
    dataset_key,
    priority,
    outlines,
    geometry,
    case when outlines = 1 then single_m2 else {{ ellipsoidal_m2('geometry') }} end as area_m2
from joined
