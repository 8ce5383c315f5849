with records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

reasons as (

    select
        records.dataset_key,
        placed.left_out,
        count(*) as records,
        {{ exact_sum('records.capacity_mw', 6) }} as capacity_mw
    from records
    inner join {{ ref('prep_pv_record_installations') }} as placed on records.record_id = placed.record_id
    where placed.left_out is not null
    group by records.dataset_key, placed.left_out

)

select
    accounting.dataset_key,
    coalesce(sum(reasons.records), 0)::bigint as records_left_out,
    {{ exact_sum('reasons.capacity_mw', 6) }} as capacity_left_out_mw,
    map_from_entries(
        coalesce(
            list((reasons.left_out, reasons.records) order by reasons.left_out)
                filter (where reasons.left_out is not null),
            []
        )
    ) as left_out
from {{ ref('stg_dataset_accounting') }} as accounting
left join reasons on accounting.dataset_key = reasons.dataset_key
group by accounting.dataset_key
