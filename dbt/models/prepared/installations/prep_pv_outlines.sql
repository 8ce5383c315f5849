-- Only outlines of several records are united: an aggregate would unite those of one, which are most, all the same.
with outlines as (

    select * from {{ ref('prep_pv_installation_records') }}
    where geometry_kind = 'polygon' and not is_repeat

),

counts as (

    select
        installation_id,
        dataset_key,
        count(*) as outlines
    from outlines
    group by installation_id, dataset_key

),

united as (

    select
        outlines.installation_id,
        outlines.dataset_key,
        any_value(outlines.priority) as priority,
        any_value(counts.outlines) as outlines,
        st_setcrs(st_union_agg(shapes.geometry order by outlines.record_number), 'EPSG:4326') as geometry
    from outlines
    inner join counts
        on outlines.installation_id = counts.installation_id and outlines.dataset_key = counts.dataset_key
    inner join {{ ref('prep_pv_match_records') }} as shapes on outlines.record_number = shapes.record_number
    where counts.outlines > 1
    group by outlines.installation_id, outlines.dataset_key

)

select
    outlines.installation_id,
    outlines.dataset_key,
    outlines.priority,
    counts.outlines,
    shapes.geometry,
    outlines.area_m2
from outlines
inner join counts on outlines.installation_id = counts.installation_id and outlines.dataset_key = counts.dataset_key
inner join {{ ref('prep_pv_match_records') }} as shapes on outlines.record_number = shapes.record_number
where counts.outlines = 1

union all

select
    *,
    {{ ellipsoidal_m2('geometry') }} as area_m2
from united
