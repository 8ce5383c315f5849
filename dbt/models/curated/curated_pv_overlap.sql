with statements as (

    select * from {{ ref('prep_pv_statements') }}

),

members as (

    select * from {{ ref('prep_pv_members') }}
    where not is_covered and not is_repeat

),

made_up as (

    select
        dataset_key,
        bool_or(is_synthetic) as is_synthetic
    from {{ ref('prep_pv_datasets_unified') }}
    group by dataset_key

),

pairs as (

    select
        number_a,
        number_b,
        shared_area_m2
    from {{ ref('prep_pv_pairs') }}
    union all
    select
        number_b as number_a,
        number_a as number_b,
        shared_area_m2
    from {{ ref('prep_pv_pairs') }}

),

shared as (

    select
        a.installation_id,
        a.dataset_key as dataset_a,
        b.dataset_key as dataset_b,
        {{ exact_sum('pairs.shared_area_m2', 2) }} as shared_m2
    from pairs
    inner join members as a on pairs.number_a = a.record_number
    inner join members as b on pairs.number_b = b.record_number
    where a.installation_id = b.installation_id and a.dataset_key != b.dataset_key
    group by all

),

common as (

    select
        a.dataset_key as dataset_a,
        b.dataset_key as dataset_b,
        a.records as records_a,
        b.records as records_b,
        case when b.area_m2 is not null then a.area_m2 end as area_a,
        case when a.area_m2 is not null then b.area_m2 end as area_b,
        case when a.area_m2 + b.area_m2 > 0 then least(shared.shared_m2, a.area_m2, b.area_m2) end as shared_m2,
        shared_m2 / (a.area_m2 + b.area_m2 - shared_m2) as iou,
        a.is_whole_capacity and b.is_whole_capacity and a.capacity_basis = b.capacity_basis as is_comparable,
        case when is_comparable then a.capacity_mw end as capacity_a,
        case when is_comparable then b.capacity_mw end as capacity_b,
        made_up_a.is_synthetic or made_up_b.is_synthetic as is_synthetic
    from statements as a
    inner join statements as b on a.installation_id = b.installation_id and a.dataset_key != b.dataset_key
    inner join made_up as made_up_a on a.dataset_key = made_up_a.dataset_key
    inner join made_up as made_up_b on b.dataset_key = made_up_b.dataset_key
    left join shared
        on
            a.installation_id = shared.installation_id
            and a.dataset_key = shared.dataset_a
            and b.dataset_key = shared.dataset_b

)

select
    dataset_a,
    dataset_b,
    count(*) as installations,
    sum(records_a)::bigint as records_a,
    sum(records_b)::bigint as records_b,
    count(iou) as installations_with_outlines,
    quantile_cont(iou, 0.25) as iou_q1,
    quantile_cont(iou, 0.5) as iou_median,
    quantile_cont(iou, 0.75) as iou_q3,
    {{ exact_sum('area_b', 2) }} / nullif({{ exact_sum('area_a', 2) }}, 0) - 1 as area_bias,
    count(capacity_a) as installations_with_capacity,
    {{ exact_sum('capacity_b', 6) }} / nullif({{ exact_sum('capacity_a', 6) }}, 0) - 1 as capacity_bias,
    bool_or(is_synthetic) as is_synthetic
from common
group by dataset_a, dataset_b
